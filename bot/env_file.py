"""Where settings stand in `.env`, and the names there that nobody reads."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

SET = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")
ALIKE = 0.8  # of difflib: a letter more, less or another; less alike it is another program's


@dataclass(frozen=True, slots=True)
class Misspelt:
    """`where` as compilers say it; `meant` is the setting that `name` is nearly."""

    where: str
    name: str
    meant: str


def line_of(name: str, env_file: Path | None) -> str:
    """As compilers say it; nothing for what is set in the environment, which wins over the file."""
    if env_file is None or any(one.casefold() == name for one in os.environ):
        return ""
    lines = [line for line, found in _names(env_file) if found.casefold() == name]
    return f"{env_file}:{lines[-1]}: " if lines else ""


def misspelt(env_file: Path, known: Collection[str]) -> list[Misspelt]:
    """Names that are nearly those of `known`, in small letters: whoever wrote one believes it
    set."""
    found = []
    for line, name in _names(env_file):
        if name.casefold() not in known:
            for meant in get_close_matches(name.casefold(), known, n=1, cutoff=ALIKE):
                found.append(Misspelt(f"{env_file}:{line}", name, meant.upper()))
    return found


def _names(env_file: Path) -> Iterator[tuple[int, str]]:
    if not env_file.is_file():
        return
    for number, line in enumerate(env_file.read_text(encoding="utf-8").splitlines(), 1):
        if named := SET.match(line):
            yield number, named[1]

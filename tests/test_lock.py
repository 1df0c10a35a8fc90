"""Everything that is installed is pinned."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"^([\w.-]+)==([\w.]+)$", re.MULTILINE)
PINS = {
    canonicalize_name(name): version
    for name, version in PIN.findall((ROOT / "requirements.lock").read_text())
}


def declared() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    lines = PROJECT["dependencies"] + [line for extra in extras for line in extra]
    return [Requirement(line) for line in lines]


def test_every_dependency_is_pinned_to_a_version_that_the_project_allows() -> None:
    for requirement in declared():
        pinned = PINS[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pinned), requirement


def test_every_installed_dependency_of_a_dependency_is_pinned() -> None:
    installed = {canonicalize_name(each.metadata["Name"]): each for each in distributions()}
    seen: set[str] = set()
    waiting = [(canonicalize_name(each.name), each.extras) for each in declared()]
    while waiting:
        name, extras = waiting.pop()
        if name in seen or name not in installed:
            continue
        seen.add(name)
        for line in installed[name].requires or ():
            needed = Requirement(line)
            wanted = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if needed.marker is None or any(map(needed.marker.evaluate, wanted)):
                waiting.append((canonicalize_name(needed.name), needed.extras))
    assert seen - PINS.keys() == set()

"""Every sentence that a person reads: Fluent messages in `en.ftl` and `zh.ftl`, by key."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import structlog
from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent

log = structlog.get_logger(__name__)


class TextError(LookupError):
    """A sentence is missing or lacks an argument: raised in tests, logged in production."""


class Texts:
    """The sentences in one locale's language; a sentence missing there is said in English.

    `strict` is for tests: what production logs and survives is an error there.
    """

    strict: ClassVar[bool] = False

    def __init__(self, locale: str) -> None:
        self.language = language_of(locale)

    def say(self, key: str, /, **args: Any) -> str:
        """The sentence `key` with its arguments; numbers are written as the language does."""
        said, faults = _say(self.language, key, args)
        if said is None and self.language != "en":
            said, more_faults = _say("en", key, args)
            faults += more_faults
        if faults:
            self._complain(key, faults)
        return key if said is None else said

    def _complain(self, key: str, faults: list[str]) -> None:
        if self.strict:
            raise TextError(f"{key}: {'; '.join(faults)}")
        log.error("text.fault", key=key, language=self.language, faults=faults)


def language_of(locale: str) -> str:
    """`zh` for every Chinese locale, however it is written (zh-TW, zh_Hans, zh_CN.UTF-8)."""
    return "zh" if re.split(r"[^a-z]", locale.strip().lower(), maxsplit=1)[0] == "zh" else "en"


def _say(language: str, key: str, args: dict[str, Any]) -> tuple[str | None, list[str]]:
    bundle = _bundle(language)
    if not bundle.has_message(key) or (value := bundle.get_message(key).value) is None:
        return None, [f"no such sentence in {language}"]
    said, faults = bundle.format_pattern(value, args)
    return str(said), [str(fault) for fault in faults]


@cache
def _bundle(language: str) -> FluentBundle:
    # without the invisible marks around arguments: they show as boxes in some terminals
    bundle = FluentBundle([language], use_isolating=False)
    source = (FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    bundle.add_resource(FluentParser().parse(source))
    return bundle

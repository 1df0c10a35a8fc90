"""Names and descriptions of the commands, in every language that Discord can show them in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypedDict

from discord import Locale, app_commands
from discord.app_commands import Choice, TranslationContextTypes, locale_str

from bot.asking.choices import Choice as Setting
from bot.asking.option_words import NAMES, VALUES, word_in
from bot.texts import Texts, language_of


class Words(app_commands.Translator):
    """Chinese where Discord knows a Chinese, English for everybody else."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        if language_of(str(locale)) == "en":
            return None
        key = string.extras.get("key")
        said: str | None = Texts(str(locale)).say(key) if key else string.extras.get("chinese")
        return said


class CommandWords(TypedDict):
    name: locale_str
    description: locale_str


def called(*path: str) -> CommandWords:
    """Of a command, or of one below others, as `called("preset", "save")`."""
    return {
        "name": sentence(f"discord-command-{path[-1]}"),
        "description": sentence(f"discord-{'-'.join(path)}"),
    }


def sentence(key: str) -> locale_str:
    """A description or a name, from the texts."""
    return locale_str(Texts("en").say(key), key=key)


def name_of(option: str) -> locale_str:
    """A setting is called in Discord as people may type it."""
    return _with_chinese(option, NAMES[option])


def setting_of(choices: Mapping[str, Setting], name: str) -> locale_str:
    """As `name_of`, of what a person or a place chooses."""
    return _with_chinese(name, choices[name].also)


def setting_in(locale: str, choices: Mapping[str, Setting], name: str) -> str:
    return word_in(locale, name, choices[name].also)


def choices_of(option: str, kind: type[StrEnum]) -> list[Choice[str]]:
    words: Mapping[str, tuple[str, ...]] = VALUES.get(option, {})
    return [
        Choice(name=_with_chinese(each.value, words.get(each.value, ())), value=each.value)
        for each in kind
    ]


def _with_chinese(english: str, words: tuple[str, ...]) -> locale_str:
    chinese = word_in("zh", english, words)
    return locale_str(english, chinese=None if chinese == english else chinese)

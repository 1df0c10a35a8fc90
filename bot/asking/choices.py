"""What a place and a person can choose, by the names and values that are typed in a chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.asking.option_words import loosely
from bot.door.limits import QueueLimits
from bot.errors import RequestError
from bot.preferences import Notice, PersonSettings, PlaceSettings, Whose
from bot.request import not_one_of
from bot.texts import LANGUAGES

DEFAULT, OFF = "default", "off"
SWITCH = {"on": True, "off": False, "开": True, "关": False}
WHOLE = re.compile(r"[1-9][0-9]{0,8}")
LONGEST_LIST = 100  # words or roles; more are a mistake
LONGEST_ID = 100  # characters of a place or a role, more than any platform has


@dataclass(frozen=True, slots=True)
class Choice:
    """`field` of the settings that a name stands for; `read` takes the name, what was typed and
    the operator's ceilings, and raises `RequestError`; `write` gives back what could be typed."""

    field: str
    read: Callable[[str, str, QueueLimits], Any]
    write: Callable[[Any], str]
    also: tuple[str, ...] = ()


def _language(name: str, typed: str, _: QueueLimits) -> str:
    language = typed.casefold()
    if language not in (*LANGUAGES, DEFAULT):
        raise not_one_of(name, typed, (*LANGUAGES, DEFAULT))
    return "" if language == DEFAULT else language


def _one_of(kind: type[StrEnum]) -> Callable[[str, str, QueueLimits], StrEnum]:
    def read(name: str, typed: str, _: QueueLimits) -> StrEnum:
        for value in kind:
            if value == typed.casefold():
                return value
        raise not_one_of(name, typed, kind)

    return read


def _switch(name: str, typed: str, _: QueueLimits) -> bool:
    if typed.casefold() not in SWITCH:
        raise not_one_of(name, typed, ("on", "off"))
    return SWITCH[typed.casefold()]


def _say_switch(value: bool) -> str:
    return "on" if value else "off"


def _place(name: str, typed: str, _: QueueLimits) -> str:
    if len(typed) > LONGEST_ID:
        raise RequestError("request-text-too-long", name=name, length=len(typed), limit=LONGEST_ID)
    return "" if typed == OFF else typed


def _list(name: str, typed: str, _: QueueLimits) -> tuple[str, ...]:
    parts = typed.replace("，", ",").replace("、", ",").split(",")
    words = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if words == (OFF,):
        return ()
    if len(words) > LONGEST_LIST:
        raise RequestError("setting-list-too-long", name=name, limit=LONGEST_LIST)
    return words


def _up_to(ceiling: Callable[[QueueLimits], float | None]) -> Callable[..., int | None]:
    """A whole number that is never above the operator's own."""

    def read(name: str, typed: str, ceilings: QueueLimits) -> int | None:
        if typed == DEFAULT:
            return None
        high = ceiling(ceilings)
        if not WHOLE.fullmatch(typed):
            raise RequestError("setting-not-a-number", name=name, value=typed)
        if high is not None and int(typed) > high:
            raise RequestError("setting-above-ceiling", name=name, value=typed, high=int(high))
        return int(typed)

    return read


def _or_default(value: object) -> str:
    return DEFAULT if value in (None, "") else str(value)


def _or_off(value: str) -> str:
    return value or OFF


def _say_list(values: Iterable[str]) -> str:
    return ", ".join(values) or OFF


OF_PLACE: Mapping[str, Choice] = {
    "language": Choice("language", _language, _or_default, ("语言",)),
    "pictures": Choice("whose_pictures", _one_of(Whose), str, ("图片",)),
    "gallery": Choice("gallery", _place, _or_off, ("画廊",)),
    "gallery_adults": Choice("gallery_restricted", _switch, _say_switch, ("画廊成人",)),
    "moderators": Choice("moderators", _place, _or_off, ("管理处",)),
    "waiting": Choice(
        "waiting_per_person",
        _up_to(lambda ceilings: ceilings.waiting_per_person),
        _or_default,
        ("排队",),
    ),
    "gpu_seconds": Choice(
        "gpu_s_per_day",
        _up_to(lambda ceilings: ceilings.gpu_s_per_day),
        _or_default,
        ("显卡秒数",),
    ),
    "roles": Choice("allowed_roles", _list, _say_list, ("角色",)),
    "auto": Choice("auto_places", _list, _say_list, ("自动",)),
    "label": Choice("label", _switch, _say_switch, ("标识",)),
    "words": Choice("words", _list, _say_list, ("屏蔽词",)),
    "pause": Choice("paused", _switch, _say_switch, ("暂停",)),
}
OF_PERSON: Mapping[str, Choice] = {
    "language": Choice("language", _language, _or_default, ("语言",)),
    "notice": Choice("notice", _one_of(Notice), str, ("通知",)),
    "opt_out": Choice("opted_out", _switch, _say_switch, ("退出",)),
}
# What whoever runs the machine allows one person.
OF_GUEST: Mapping[str, Choice] = {
    "waiting": Choice("waiting_per_person", _up_to(lambda _: None), _or_default),
    "gpu_seconds": Choice("gpu_s_per_day", _up_to(lambda _: None), _or_default),
}


def read_choices(
    choices: Mapping[str, Choice], typed: Mapping[str, str], ceilings: QueueLimits
) -> dict[str, Any]:
    """The fields of the settings that were typed. Raises `RequestError`, which names what there
    is; then nothing is changed."""
    names = {
        loosely(word): name for name, choice in choices.items() for word in (name, *choice.also)
    }
    fields = {}
    for word, value in typed.items():
        name = names.get(loosely(word))
        if name is None:
            raise RequestError("option-unknown", name=word, names=", ".join(choices))
        fields[choices[name].field] = choices[name].read(name, value.strip(), ceilings)
    return fields


def write_choices(
    choices: Mapping[str, Choice], settings: PlaceSettings | PersonSettings
) -> dict[str, str]:
    """As they could be typed, by their names in chat."""
    return {name: one.write(getattr(settings, one.field)) for name, one in choices.items()}

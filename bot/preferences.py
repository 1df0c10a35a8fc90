"""What a place and a person have chosen: changed while the bot runs, kept in a store."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import TypeVar


class Whose(StrEnum):
    """Whose pictures may be animated in a place: one's own alone, others' when their author says
    yes, or anybody's. Whoever opted out is left alone under each of them."""

    OWN = "own"
    ASK = "ask"
    FREE = "free"


class Notice(StrEnum):
    """How a person hears of a clip that took long."""

    MENTION = "mention"
    DIRECT = "direct"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """What those who look after a community decide.

    `language` empty is the operator's. `gallery` and `moderators` are places on the same
    platform, where shared clips and reports go; `gallery_restricted` says that the gallery is for
    adults only. Limits are below the operator's ceilings (None: the ceiling itself). Where
    `allowed_roles` is empty everybody may; `label` counts where the operator leaves it open;
    `words` are refused in prompts besides the operator's. In `auto_places` every picture is meant,
    without anybody's saying so.
    """

    language: str = ""
    whose_pictures: Whose = Whose.ASK
    gallery: str = ""
    gallery_restricted: bool = False
    moderators: str = ""
    waiting_per_person: int | None = None
    gpu_s_per_day: int | None = None
    allowed_roles: tuple[str, ...] = ()
    auto_places: tuple[str, ...] = ()
    label: bool = True
    words: tuple[str, ...] = ()
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSettings:
    """What a person decides: `language` empty is their platform's; who `opted_out` is never
    animated by others, nor their pictures. The limits are what whoever runs the machine allows
    this person, above or below what holds for everybody (None)."""

    language: str = ""
    notice: Notice = Notice.MENTION
    opted_out: bool = False
    waiting_per_person: int | None = None
    gpu_s_per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who set what, and when. `subject` is a home or an owner (see `bot.origin`); `value` as
    it is read back, in JSON."""

    subject: str
    name: str
    value: str
    by: str
    at: datetime


S = TypeVar("S", PlaceSettings, PersonSettings)


def differences(old: S, new: S, *, subject: str, by: str, at: datetime) -> list[Change]:
    """One for each field that is another now."""
    values = {field.name: getattr(new, field.name) for field in fields(new)}
    told = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    return [
        Change(subject=subject, name=name, value=told[name], by=by, at=at)
        for name, value in values.items()
        if value != getattr(old, name)
    ]

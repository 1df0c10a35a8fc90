"""What a button carries: "cancel:01h…" or "crop:01h…:face=2", at most 64 bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.card import Action

LIMIT = 64


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that was pressed: what it does to which job, with which settings changed."""

    action: Action
    job_id: str
    changes: Mapping[str, str] = field(default_factory=dict)


def write(action: Action, job_id: str, changes: Mapping[str, str] | None = None) -> str:
    """Raises `ValueError` where it does not fit."""
    said = ";".join(f"{name}={value}" for name, value in (changes or {}).items())
    data = f"{action.value}:{job_id}:{said}" if said else f"{action.value}:{job_id}"
    if len(data.encode()) > LIMIT:
        raise ValueError(f"{len(data.encode())} bytes of callback data: {data}")
    return data


def read(data: str) -> Tap | None:
    """None: a button of another bot or another time."""
    action, _, rest = data.partition(":")
    job_id, _, said = rest.partition(":")
    pairs = [one.partition("=") for one in said.split(";") if one]
    try:
        return Tap(Action(action), job_id, {name: value for name, _, value in pairs})
    except ValueError:
        return None

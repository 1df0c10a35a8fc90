"""Reports of clips, the decisions on them, and what stays blocked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """KEEP shows the clip again; REMOVE takes it away; BLOCK does so, and its owner and its
    picture are not taken any more."""

    KEEP = "keep"
    REMOVE = "remove"
    BLOCK = "block"


class Blocked(StrEnum):
    PERSON = "person"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that asks for a decision: where it stands, and what its Messenger calls it."""

    platform: str
    place: str
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One person's report of one clip. `home` is the community it was shown in; `reason` what
    the person wrote. `cards` ask for the decision; those who report a clip that is reported
    already share them."""

    id: str
    job_id: str
    home: str
    reporter: str
    reported_at: datetime
    reason: str = ""
    decision: Decision | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    cards: tuple[Posted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`value` is a person's pseudonym, or a picture's perceptual hash in hexadecimal digits."""

    kind: Blocked
    value: str
    by: str
    at: datetime
    reason: str = ""

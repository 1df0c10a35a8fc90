"""Where the choices of places and people are kept, and what they show and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.preferences import Change, PersonSettings, PlaceSettings
from bot.reports import Block, Blocked, Decision, Posted, Report
from bot.sharing import Share


class SettingsStore(Protocol):
    """What places and people have chosen; who has chosen nothing has the defaults."""

    async def place(self, home: str) -> PlaceSettings: ...

    async def person(self, owner: str) -> PersonSettings: ...

    async def both(self, home: str, owner: str) -> tuple[PlaceSettings, PersonSettings]:
        """At once, as everything that anybody asks for begins with it."""

    async def change_place(self, home: str, by: str, at: datetime, **changes: Any) -> PlaceSettings:
        """The fields changed, with a `Change` for each that is another now, in one transaction."""

    async def change_person(
        self, owner: str, at: datetime, *, by: str = "", **changes: Any
    ) -> PersonSettings:
        """As `change_place`; by the person, where nobody is named."""

    async def changes(self, subject: str, limit: int = 50) -> list[Change]:
        """Newest first."""

    async def forget(self, owner: str) -> None:
        """The person's settings and their changes; what they set of places is set by nobody."""


class PresetStore(Protocol):
    """Settings by a name, of a person or of a place: `subject` is an owner or a home."""

    async def save(self, subject: str, name: str, options: Mapping[str, str]) -> None:
        """In place of what has that name."""

    async def get(self, subject: str, name: str) -> dict[str, str] | None: ...

    async def names(self, subject: str) -> list[str]:
        """Sorted."""

    async def drop(self, subject: str, name: str) -> bool:
        """Whether there was one."""

    async def forget(self, subject: str) -> None: ...


class ShareStore(Protocol):
    """Clips that are shown, and their stars."""

    async def put(self, share: Share) -> None:
        """In place of the one of the same job; its stars stay."""

    async def get(self, job_id: str) -> Share | None: ...

    async def drop(self, job_id: str) -> None:
        """With its stars. Gone already is as good."""

    async def star(self, job_id: str, person: str, at: datetime) -> bool:
        """One a person: a second takes the first back. Whether there is one now."""

    async def top(
        self,
        *,
        home: str | None = None,
        web: bool = False,
        since: datetime | None = None,
        restricted: bool = False,
        limit: int = 10,
    ) -> list[Share]:
        """The most starred, the newest of equals, of what is shared in a community or on the
        web, since then; stars count from then on, too. Nothing hidden or deleted; what is for
        adults only where `restricted` says so."""

    async def newest(self, *, web: bool = False, limit: int = 10, offset: int = 0) -> list[Share]:
        """As `top`, by their time."""

    async def of_person(self, owner: str) -> list[Share]:
        """Of a person's clips, newest first."""

    async def stars_of(self, person: str) -> list[str]:
        """The ids of the jobs that a person starred."""

    async def forget(self, person: str) -> None:
        """The stars that a person gave."""


class ReportStore(Protocol):
    """Reports and blocks. People stand in blocks as pseudonyms."""

    async def add(self, report: Report) -> bool:
        """False: this person has reported this clip already, and nothing changed."""

    async def get(self, report_id: str) -> Report:
        """Raises `JobGoneError`."""

    async def undecided(self, home: str | None = None) -> list[Report]:
        """Oldest first."""

    async def of_job(self, job_id: str) -> list[Report]:
        """Oldest first."""

    async def post(self, report_id: str, cards: Sequence[Posted]) -> None:
        """Keep where the messages stand that ask for its decision."""

    async def decide(self, job_id: str, decision: Decision, by: str, at: datetime) -> bool:
        """Every undecided report of the clip at once. False: there is none any more."""

    async def block_person(self, owner: str, by: str, at: datetime, reason: str = "") -> None: ...

    async def block_picture(self, phash: str, by: str, at: datetime, reason: str = "") -> None: ...

    async def unblock_person(self, owner: str) -> bool: ...

    async def unblock(self, kind: Blocked, value: str) -> bool: ...

    async def is_blocked(self, owner: str) -> bool: ...

    async def blocks(self, kind: Blocked | None = None) -> list[Block]:
        """Newest first."""

    async def forget(self, person: str) -> None:
        """Reports stay, without words, and are nobody's."""

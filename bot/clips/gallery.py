"""Clips that their owners show: in their community's gallery, on the web page, with stars."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.card import Action
from bot.cards.encoding import ClipRules
from bot.cards.showing import Showing
from bot.clips.acting import Acting, Allowed
from bot.clips.actions import Phase, Role, phase_of, roles_of
from bot.errors import JobGoneError, NotAllowedError
from bot.job import Job
from bot.origin import Origin
from bot.ports import Clock, JobStore, SettingsStore, ShareStore
from bot.request import Note
from bot.sharing import Share

log = structlog.get_logger(__name__)

KEPT_PRIVATE = Note("note-not-to-share")  # on the job of a clip that others do not want shown


class Period(StrEnum):
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


LENGTH = {Period.WEEK: timedelta(days=7), Period.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A shared clip in a list."""

    share: Share
    job: Job


class Gallery:
    def __init__(
        self,
        *,
        jobs: JobStore,
        shares: ShareStore,
        settings: SettingsStore,
        acting: Acting,
        showing: Showing,
        rules: ClipRules,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._shares = shares
        self._settings = settings
        self._acting = acting
        self._showing = showing
        self._rules = rules
        self._clock = clock

    async def share(self, job_id: str, person: Origin) -> Share:
        """Into the community that it was made in: its lists, and its gallery where it has one.
        Sharing what is shared changes nothing. Raises `NotAllowedError`."""
        async with self._acting.on(Action.SHARE, job_id, person) as held:
            job, share = held.job, await self._allowed_share(held)
            if job.origin.private:
                raise NotAllowedError("share-no-community")
            place = await self._settings.place(job.origin.home)
            if job.origin.restricted and place.gallery and not place.gallery_restricted:
                raise NotAllowedError("share-restricted")
            if not share.home:
                share = replace(share, home=job.origin.home, gallery=place.gallery)
                await self._write(share)
        await self._showing.tell(job_id, clip_is_there=held.clip_is_there)
        return share

    async def show_on_web(self, job_id: str, person: Origin, shown: bool) -> Share:
        """A yes of its own, which no other yes includes. Raises `NotAllowedError`."""
        async with self._acting.on(Action.WEB, job_id, person) as held:
            share = replace(await self._allowed_share(held), web=shown)
            if shown and not self._rules.page:
                raise NotAllowedError("share-no-page")
            if shown and held.job.origin.restricted:
                raise NotAllowedError("share-restricted-web")
            if held.share is not None or shown:
                await self._write(share)
        await self._showing.tell(job_id, clip_is_there=held.clip_is_there)
        return share

    async def unshare(self, job_id: str, person: Origin) -> Job:
        """Everywhere. What its owner did not ask for lasts: a picture's author has a veto, and who
        looks after a community decides what is shown there."""
        async with self._acting.on(Action.UNSHARE, job_id, person) as held:
            notes = held.job.notes
            if Role.OWNER not in roles_of(held.job, held.person) and KEPT_PRIVATE not in notes:
                notes = (*notes, KEPT_PRIVATE)
            job = await self._jobs.save(job_id, notes=notes, told=False)
            if held.share is not None:
                await self._shares.put(held.share.taken_back())
            log.info("clip.unshared")
        await self._showing.tell(job_id, clip_is_there=held.clip_is_there)
        return job

    async def star(self, job_id: str, person: Origin) -> Share | None:
        """One a person; a second takes the first back. The share with its stars as they are now,
        None where it was taken back in this moment."""
        async with self._acting.on(Action.STAR, job_id, person) as held:
            await self._shares.star(job_id, held.person.owner, self._clock.now())
            share = await self._shares.get(job_id)
        await self._showing.tell(job_id, clip_is_there=held.clip_is_there)
        return share

    async def top(self, person: Origin, period: Period, limit: int = 10) -> list[Exhibit]:
        """The most starred of the community that the person is in."""
        since = self._since(period)
        found = await self._shares.top(
            home=person.home, since=since, restricted=person.restricted, limit=limit
        )
        return await self._exhibits(found)

    async def top_of_all(
        self, period: Period, limit: int = 10, *, home: str | None = None
    ) -> list[Exhibit]:
        """For whoever runs the bot: of one community, or of all."""
        since = self._since(period)
        found = await self._shares.top(home=home, since=since, restricted=True, limit=limit)
        return await self._exhibits(found)

    async def web(self, limit: int = 24, offset: int = 0) -> list[Exhibit]:
        """What the web page shows, the newest first."""
        return await self._exhibits(await self._shares.newest(web=True, limit=limit, offset=offset))

    async def top_on_web(self, limit: int = 24) -> list[Exhibit]:
        """What the web page shows, the most starred first."""
        return await self._exhibits(await self._shares.top(web=True, limit=limit))

    async def on_web(self, job_id: str) -> Exhibit:
        """A clip that the web page shows to everybody. Raises `JobGoneError`."""
        share = await self._shares.get(job_id)
        if share is None or not share.web or share.restricted:
            raise JobGoneError
        for exhibit in await self._exhibits([share]):
            return exhibit
        raise JobGoneError

    async def _allowed_share(self, held: Allowed) -> Share:
        """The share as it is, or a new one of nothing yet. Raises `NotAllowedError` where others
        who are concerned don't want it shown."""
        job = held.job
        if KEPT_PRIVATE in job.notes:
            raise NotAllowedError("share-vetoed")
        if (await self._settings.person(job.origin.drawn_by)).opted_out:
            raise NotAllowedError("share-opted-out")
        if held.share is not None and held.share.shown:
            return held.share
        return Share(
            job_id=job.id,
            owner=job.origin.owner,
            author=job.origin.drawn_by,
            shared_at=self._clock.now(),
            ref=held.share.ref if held.share else "",
            gallery=held.share.gallery if held.share else "",
            restricted=job.origin.restricted,
        )

    async def _write(self, share: Share) -> None:
        """To be told first: a crash in between tells what is true already."""
        await self._jobs.save(share.job_id, told=False)
        await self._shares.put(share)
        log.info("clip.shared", home=share.home, web=share.web)

    def _since(self, period: Period) -> datetime | None:
        return self._clock.now() - LENGTH[period] if period in LENGTH else None

    async def _exhibits(self, shares: Sequence[Share]) -> list[Exhibit]:
        """Of those that are still there: one may go between two reads."""
        exhibits = []
        for share in shares:
            with suppress(JobGoneError):
                exhibits.append(Exhibit(share, await self._jobs.get(share.job_id)))
        return [one for one in exhibits if phase_of(one.job, one.share) is Phase.SHARED]

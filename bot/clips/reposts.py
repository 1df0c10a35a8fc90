"""A clip posted once more, where its owner is now: the same card, kept as true as the first."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

import structlog

from bot.card import Action, Card
from bot.cards.encoding import ASKED, ClipRules, Encoding
from bot.cards.endings import end_card
from bot.clip import ClipFile
from bot.clips.acting import Acting, Allowed
from bot.clips.actions import OUT_OF_SIGHT, phase_of
from bot.door.door import Door
from bot.errors import (
    CardGoneError,
    JobGoneError,
    NotAllowedError,
    PlaceGoneError,
    TooLargeError,
)
from bot.job import Job, Repost
from bot.origin import Origin, Rights
from bot.ports import JobStore, Messenger
from bot.sharing import Share

log = structlog.get_logger(__name__)

NONCE_DIGITS = 24  # hexadecimal: no longer than Discord takes


class Reposts:
    """Implements `bot.cards.showing.Beside`. They are taken away for good where the first card only
    hides its clip: whoever wants them back posts them again."""

    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        jobs: JobStore,
        encoding: Encoding,
        acting: Acting,
        door: Door,
        rules: ClipRules,
    ) -> None:
        self._messengers = messengers
        self._jobs = jobs
        self._encoding = encoding
        self._acting = acting
        self._door = door
        self._rules = rules
        # a double tap finds what the first one posted
        self._posting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def post(self, job_id: str, person: Origin) -> Card:
        """Into the place that the person is in; once, however often the same message
        (`Origin.message`) asks. Raises `NotAllowedError`, `JobGoneError`, `MessengerError`."""
        person = (await self._door.admit(person)).origin
        async with self._acting.on(Action.FORMATS, job_id, person) as held:
            _require_allowed(held)
        place, nonce = replace(held.person, rights=Rights()), _nonce(job_id, person)
        async with self._posting.setdefault(job_id, asyncio.Lock()):
            job = await self._jobs.get(job_id)
            card = self._card(job, held.share, place)
            if nonce in [one.nonce for one in job.reposts]:
                return card
            card, ref = await self._post(job, card, place, nonce)
            await self._keep_or_remove(job_id, Repost(place, ref, nonce), card)
        return card

    async def post_direct(self, job: Job, card: Card, nonce: str) -> None:
        """To its owner in private. Raises `MessengerError`, `StoreError`."""
        messenger = self._messengers[job.origin.platform]
        ref = await messenger.post_direct(job.origin, card, nonce)
        there = replace(job.origin, place_locale=job.origin.locale, private=True)
        await self._keep_or_remove(job.id, Repost(there, ref, nonce), card)

    async def show(self, job: Job, share: Share | None) -> None:
        """Their words and buttons, or nothing any more. Where only our own files are over, what
        people see there may stay."""
        gone = job.deleted_at is not None or job.hidden
        for repost in job.reposts:
            card = self._card(job, share, repost.origin)
            if gone:
                await self._remove(repost, card)
            else:
                await self._edit(repost, replace(card, clip_stays=card.clip is not None))
        if gone and job.reposts:
            await self._jobs.save(job.id, reposts=())

    async def _keep_or_remove(self, job_id: str, repost: Repost, card: Card) -> None:
        """What was reported, deleted or forgotten in this moment does not stay where it was just
        posted."""
        with suppress(JobGoneError):
            async with self._acting.alone(job_id) as held:
                if phase_of(held.job, held.share) not in OUT_OF_SIGHT:
                    others = [one for one in held.job.reposts if one.nonce != repost.nonce]
                    await self._jobs.save(job_id, reposts=(*others, repost))
                    log.info("clip.reposted")
                    return
        await self._remove(repost, replace(card, clip=None, buttons=()))

    async def _post(self, job: Job, card: Card, place: Origin, nonce: str) -> tuple[Card, str]:
        """With its clip, which is made smaller where the place takes less than it said."""
        file = await self._file(job, place)
        while True:
            card = replace(card, clip=file)
            try:
                return card, await self._messengers[place.platform].post(place, card, nonce)
            except TooLargeError as error:
                limit = min(error.limit_bytes, file.size_bytes - 1)
                file = await self._encoding.encode(job, limit, job.request.format, prefix=ASKED)

    async def _file(self, job: Job, place: Origin) -> ClipFile:
        """As on the first card, unless this place takes only smaller ones."""
        file = await self._encoding.file_of_card(job)
        limit = self._messengers[place.platform].size_limit(place)
        if limit is None or file.size_bytes <= limit:
            return file
        return await self._encoding.encode(job, limit, job.request.format, prefix=ASKED)

    def _card(self, job: Job, share: Share | None, place: Origin) -> Card:
        """In the language of the place where it stands."""
        return end_card(replace(job, origin=_in(place, job.origin)), share, self._rules)

    async def _edit(self, repost: Repost, card: Card) -> None:
        messenger = self._messengers[repost.origin.platform]
        with suppress(CardGoneError, PlaceGoneError):
            await messenger.edit(repost.origin, repost.ref, card)

    async def _remove(self, repost: Repost, card: Card) -> None:
        messenger = self._messengers[repost.origin.platform]
        with suppress(PlaceGoneError):
            await messenger.remove(repost.origin, repost.ref, card)


def _require_allowed(held: Allowed) -> None:
    """One's own, where whoever drew it and who looks after the place have nothing against it."""
    origin, person = held.job.origin, held.person
    if origin.owner != person.owner:
        raise NotAllowedError("not-your-job")
    elsewhere = person.home != origin.home and not person.private
    if elsewhere and not origin.own_picture:
        raise NotAllowedError("repost-not-your-picture")
    if elsewhere and origin.restricted and not person.restricted:
        raise NotAllowedError("repost-restricted")


def _nonce(job_id: str, person: Origin) -> str:
    asked = f"{job_id} {person.platform} {person.place} {person.message}"
    return hashlib.sha256(asked.encode()).hexdigest()[:NONCE_DIGITS]


def _in(place: Origin, origin: Origin) -> Origin:
    """The job's origin where this card stands."""
    return replace(
        origin,
        place=place.place,
        community=place.community,
        place_locale=place.place_locale,
        private=place.private,
        restricted=place.restricted or origin.restricted,
    )

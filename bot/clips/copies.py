"""The copies of shared clips in galleries: posted, starred, and taken away again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.card import Action, Card, CardState
from bot.cards.encoding import Encoding
from bot.cards.wording import button, card_of_job, credit_lines, renderer_line
from bot.clips.acting import Acting
from bot.clips.actions import Phase, phase_of
from bot.errors import CardGoneError, PlaceGoneError, TooLargeError
from bot.job import Job
from bot.origin import Origin
from bot.ports import Messenger, ReportStore, ShareStore
from bot.reports import Decision
from bot.sharing import Share
from bot.texts import Texts

log = structlog.get_logger(__name__)

NONCES = 16**6  # with the job's id in front no longer than Discord takes


class Copies:
    """Implements `bot.cards.showing.Beside`."""

    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        shares: ShareStore,
        reports: ReportStore,
        encoding: Encoding,
        acting: Acting,
    ) -> None:
        self._messengers = messengers
        self._shares = shares
        self._reports = reports
        self._encoding = encoding
        self._acting = acting

    async def show(self, job: Job, share: Share | None) -> None:
        """A copy stands in the gallery while the clip is shared there, and at no other time."""
        if share is None:
            return
        try:
            if phase_of(job, share) is Phase.SHARED and share.home and share.gallery:
                await self._put_up(job, share)
            elif share.ref:
                await self._take_down(job, share)
        except (PlaceGoneError, TooLargeError) as error:  # shared all the same, in the lists
            log.warning("gallery.not_shown", error=str(error))
        if not share.shown:
            await self._forget_unless_shared_again(job)

    async def _put_up(self, job: Job, share: Share) -> None:
        messenger, place = self._messengers[job.origin.platform], _gallery(job, share)
        file = await self._encoding.file_of_card(job)
        card = replace(shared_card(job, share), clip=file, clip_stays=bool(share.ref))
        if share.ref:
            try:
                await messenger.edit(place, share.ref, card)
            except CardGoneError:  # who looks after the gallery took it out, or it is too old
                log.info("gallery.not_edited")
            return
        ref = await messenger.post(place, card, await self._nonce(job, share))
        async with self._acting.alone(job.id) as held:
            if held.share is not None:
                await self._shares.put(replace(held.share, ref=ref))
                return
        await messenger.remove(place, ref, taken_card(job))

    async def _take_down(self, job: Job, share: Share) -> None:
        messenger = self._messengers[job.origin.platform]
        with suppress(PlaceGoneError):
            await messenger.remove(_gallery(job, share), share.ref, taken_card(job))
        async with self._acting.alone(job.id) as held:
            if held.share is not None and held.share.ref == share.ref:
                await self._shares.put(replace(held.share, ref=""))

    async def _forget_unless_shared_again(self, job: Job) -> None:
        async with self._acting.alone(job.id) as held:
            if held.share is not None and not held.share.shown:
                await self._shares.drop(job.id)

    async def _nonce(self, job: Job, share: Share) -> str:
        """The same whenever the same copy is posted once more, another after a report that took
        it down was found to be nothing."""
        kept = sum(one.decision is Decision.KEEP for one in await self._reports.of_job(job.id))
        return f"{job.id}s{(int(share.shared_at.timestamp()) + kept) % NONCES:06x}"


def shared_card(job: Job, share: Share) -> Card:
    """The clip with whom it is owed to."""
    texts = Texts(job.origin.place_locale)
    buttons = [button(texts, Action.STAR), button(texts, Action.REPORT)]
    return card_of_job(job, CardState.SHARED, _lines(texts, job, share), buttons)


def taken_card(job: Job) -> Card:
    """Where a copy can't be deleted."""
    texts = Texts(job.origin.place_locale)
    return card_of_job(job, CardState.DELETED, [texts.say("gallery-taken-back")])


def _lines(texts: Texts, job: Job, share: Share) -> Iterator[str]:
    if job.origin.person_name:
        yield texts.say("shared-by", person=job.origin.person_name)
    yield from credit_lines(texts, job)
    yield renderer_line(texts, job)
    if share.stars:
        yield texts.say("shared-stars", stars=share.stars)


def _gallery(job: Job, share: Share) -> Origin:
    return replace(job.origin, place=share.gallery, message="", private=False)

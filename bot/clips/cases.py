"""The cards that ask for a decision about a reported clip, where those sit who decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.card import Action, Card, CardState
from bot.cards.encoding import Encoding
from bot.cards.wording import button, card_of_job, credit_lines, settings_line
from bot.clips.actions import WITH_CLIP, phase_of
from bot.errors import CardGoneError, MachineError, PlaceGoneError, TooLargeError
from bot.job import Job
from bot.origin import Origin
from bot.ports import Messenger, ReportStore, SettingsStore
from bot.reports import Posted, Report
from bot.sharing import Share
from bot.texts import Texts

log = structlog.get_logger(__name__)

NEVER = datetime.min.replace(tzinfo=UTC)
DECISIONS = (Action.KEEP, Action.REMOVE)


class Cases:
    """Implements `bot.cards.showing.Beside`. Reports of one clip that wait for the same decision
    are a case. `operator_place` is the home (see `bot.origin`) that hears of every case, whatever
    community it is in; where it is empty, the log and the command line tell."""

    def __init__(
        self,
        *,
        messengers: Mapping[str, Messenger],
        reports: ReportStore,
        settings: SettingsStore,
        encoding: Encoding,
        operator_place: str,
        language: str,
    ) -> None:
        self._messengers = messengers
        self._reports = reports
        self._settings = settings
        self._encoding = encoding
        self._operator_place = operator_place
        self._language = language

    async def show(self, job: Job, share: Share | None) -> None:
        """Post what asks for a decision, or say on it what was decided."""
        case = _newest(await self._reports.of_job(job.id))
        if not case:
            return
        posted = [one for report in case for one in report.cards]
        for one in posted:
            await self._edit(job, case, one)
        if case[0].decision is None:
            new = [one for one in await self._places(job) if not _is_at(one, posted)]
            for number, place in enumerate(new):
                nonce = f"{case[0].id}q{len(posted) + number}"
                if ref := await self._post(job, case, place, nonce):
                    posted.append(replace(place, ref=ref))
                    await self._reports.post(case[0].id, posted)

    async def _places(self, job: Job) -> list[Posted]:
        """Where those sit who decide, as far as we speak there."""
        chosen = (await self._settings.place(job.origin.home)).moderators
        homes = {f"{job.origin.platform}:{chosen}"} if chosen else set()
        if self._operator_place:
            homes.add(self._operator_place)
        places = [home.partition(":") for home in sorted(homes)]
        return [
            Posted(platform, place, "")
            for platform, _, place in places
            if platform in self._messengers
        ]

    async def _post(
        self, job: Job, case: Sequence[Report], posted: Posted, nonce: str
    ) -> str | None:
        messenger = self._messengers[posted.platform]
        place = await self._origin(job, posted)
        card = await self._with_clip(job, await self._card(job, case, place))
        try:
            return await messenger.post(place, card, nonce)
        except TooLargeError:
            return await messenger.post(place, replace(card, clip=None), nonce)
        except PlaceGoneError as error:
            log.warning("report.not_shown", place=posted.place, error=str(error))
            return None

    async def _edit(self, job: Job, case: Sequence[Report], posted: Posted) -> None:
        """With the clip until it is decided that it goes, or it goes anyway."""
        messenger = self._messengers.get(posted.platform)
        if messenger is None:
            return
        place = await self._origin(job, posted)
        card = await self._card(job, case, place)
        waits = case[0].decision is None and job.files_gone_at is None
        if waits or phase_of(job, None) in WITH_CLIP:
            card = replace(card, clip=job.file, clip_stays=True)
        try:
            await messenger.edit(place, posted.ref, card)
        except (CardGoneError, PlaceGoneError) as error:
            log.info("report.not_edited", place=posted.place, error=str(error))

    async def _card(self, job: Job, case: Sequence[Report], place: Origin) -> Card:
        read_there = replace(job.origin, place_locale=place.place_locale)
        card = report_card(replace(job, origin=read_there), case)
        if card.buttons and place.home == self._operator_place:
            block = button(Texts(place.place_locale), Action.BLOCK)
            card = replace(card, buttons=(*card.buttons, block))
        return card

    async def _with_clip(self, job: Job, card: Card) -> Card:
        try:
            return replace(card, clip=await self._encoding.file_of_card(job))
        except MachineError as error:  # words are enough to decide by, where it comes to that
            log.warning("report.without_clip", error=str(error))
            return card

    async def _origin(self, job: Job, posted: Posted) -> Origin:
        chosen = (await self._settings.place(job.origin.home)).language
        at_operator = f"{posted.platform}:{posted.place}" == self._operator_place
        language = self._language if at_operator else chosen or self._language
        return Origin(
            platform=posted.platform,
            place=posted.place,
            person="",
            locale=language or job.origin.place_locale,
            place_locale=language or job.origin.place_locale,
        )


def report_card(job: Job, case: Sequence[Report]) -> Card:
    """Who asked for the clip, of whose picture, in which words, and what is said against it; of
    what is gone for good, what was decided and nothing else."""
    texts = Texts(job.origin.place_locale)
    if job.files_gone_at is not None:
        lines = [*_decision(texts, case)] or [texts.say("card-gone-for-good")]
        return card_of_job(job, CardState.REPORT, lines)
    decided = case[0].decision is not None
    buttons = () if decided else [button(texts, action) for action in DECISIONS]
    return card_of_job(job, CardState.REPORT, _lines(texts, job, case), buttons)


def _lines(texts: Texts, job: Job, case: Sequence[Report]) -> Iterator[str]:
    if job.origin.person_name:
        yield texts.say("shared-by", person=job.origin.person_name)
    yield from credit_lines(texts, job)
    yield settings_line(texts, job)
    if job.request.prompt:
        yield texts.say("report-prompt", prompt=job.request.prompt)
    yield texts.say("report-count", reports=len(case))
    for report in case:
        if report.reason:
            yield texts.say("report-reason", reason=report.reason)
    yield from _decision(texts, case)


def _decision(texts: Texts, case: Sequence[Report]) -> Iterator[str]:
    if (decision := case[0].decision) is not None:
        yield texts.say(f"report-decided-{decision.value}")


def _newest(reports: Sequence[Report]) -> list[Report]:
    """Those that nobody has decided about, else those that were decided last."""
    if undecided := [report for report in reports if report.decision is None]:
        return undecided
    last = max((report.decided_at or NEVER for report in reports), default=NEVER)
    return [report for report in reports if report.decided_at == last]


def _is_at(place: Posted, posted: Sequence[Posted]) -> bool:
    return any((one.platform, one.place) == (place.platform, place.place) for one in posted)

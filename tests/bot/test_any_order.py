"""Whatever people do with a few clips, in whatever order, and whoever is away meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.card import Action, Card, CardState
from bot.clips.actions import RULES, UNDO, WITH_CLIP, Phase, phase_of
from bot.clips.gallery import Period
from bot.errors import MessengerError, PersonError
from bot.job import Job
from bot.request import ClipFormat
from tests.bot.clips.test_actions import DEEDS
from tests.bot.making import (
    CLEO,
    DAN,
    EVE,
    MODERATOR,
    OF_CLEO,
    OPERATOR,
    delivered,
    let_everybody,
)
from tests.fakes.house import ADA, BEN, FakeHouse, build

T = TypeVar("T")
PEOPLE = (ADA, BEN, CLEO, DAN, EVE, MODERATOR, OPERATOR)
OWNERS = (ADA, OF_CLEO, BEN)
NEW_JOBS = {Action.AGAIN, Action.TWEAK, Action.LOOP, Action.GENTLE}
BESIDE = (CardState.SHARED, CardState.REPORT)


class Community(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.house: FakeHouse
        self.clips: list[str] = []

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(coroutine)

    @initialize()
    def open(self) -> None:
        self.house = build(Path(self.folder.name))
        let_everybody(self.house, gallery="wall", moderators="office")
        for owner in OWNERS:
            named = replace(owner, person_name=owner.person)
            self.clips.append(self.run(delivered(self.house, named)).id)

    @rule(
        action=st.sampled_from([action for action in RULES if action not in NEW_JOBS]),
        person=st.sampled_from(PEOPLE),
        clip=st.integers(0, len(OWNERS) - 1),
    )
    def act(self, action: Action, person: Any, clip: int) -> None:
        with suppress(PersonError):
            self.run(DEEDS[action](self.house.service, self.clips[clip], person))

    @rule(clip=st.integers(0, len(OWNERS) - 1))
    def take_off_the_web(self, clip: int) -> None:
        owner, gallery = OWNERS[clip], self.house.service.gallery
        with suppress(PersonError):
            self.run(gallery.show_on_web(self.clips[clip], owner, False))

    @rule(times=st.integers(1, 3))
    def be_away(self, times: int) -> None:
        self.house.messenger.failures.extend(MessengerError() for _ in range(times))

    @rule()
    def come_back(self) -> None:
        self.house.messenger.failures.clear()
        self.run(self._tell())

    async def _tell(self) -> None:
        for job in await self.house.jobs.untold(["fake"]):
            await self.house.delivery.tell(job)

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.run(self.house.clock.advance(hours * 3600))
        self.run(self._purge())

    async def _purge(self) -> None:
        house, before = self.house, self.house.clock.now() - UNDO
        for job in await house.jobs.deleted(before):
            async with house.core.acting.alone(job.id):
                house.media.drop(job.id)
                await house.jobs.save(job.id, files_gone_at=house.clock.now())

    @invariant()
    def nobody_is_shown_what_is_hidden_or_deleted(self) -> None:
        if self.clips:
            self.run(self._check())

    async def _check(self) -> None:
        gallery = self.house.service.gallery
        listed = [*await gallery.top_of_all(Period.EVER), *await gallery.web()]
        for exhibit in listed:
            phase = await self._phase(exhibit.job.id)
            assert phase is Phase.SHARED
            assert exhibit.share.stars <= len(PEOPLE)
        for job_id in self.clips:
            job = self.house.jobs.rows[job_id]
            await self._check_cards(job, await self._phase(job_id))

    async def _phase(self, job_id: str) -> Phase:
        return phase_of(self.house.jobs.rows[job_id], await self.house.shares.get(job_id))

    async def _check_cards(self, job: Job, phase: Phase) -> None:
        cards = self.house.messenger.of_job(job.id)
        own = [card for card in cards if card.state not in BESIDE]
        copies = [card for card in cards if card.state is CardState.SHARED]
        assert len(own) == 1
        assert len(copies) <= 1
        if phase not in WITH_CLIP:
            await self._check_nobody_gets_it(job)
        if job.told:
            share = await self.house.shares.get(job.id)
            assert bool(copies) is (phase is Phase.SHARED and bool(share and share.home))
            assert (own[0].clip is not None) is (phase in WITH_CLIP)

    async def _check_nobody_gets_it(self, job: Job) -> None:
        try:
            await self.house.service.clips.file_of(job.id, job.origin, ClipFormat.GIF)
        except PersonError:
            return
        raise AssertionError(f"{job.id} was handed out")

    @invariant()
    def a_clip_stays_only_where_it_is(self) -> None:
        if self.clips:
            for cards in self.house.messenger.history.values():
                shown = False
                for card in cards:
                    assert shown or not card.clip_stays, card
                    shown = _shows(card)

    def teardown(self) -> None:
        self.loop.close()
        self.folder.cleanup()


def _shows(card: Card) -> bool:
    return card.clip is not None


Community.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyOrder = Community.TestCase

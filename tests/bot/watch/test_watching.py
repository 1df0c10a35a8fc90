"""The machine's figures: what a year of jobs sums up to, and what platforms refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clip import Gpu, Renderer
from bot.door.rules import HouseRules
from bot.errors import CardGoneError, MessengerError
from bot.job import JobStatus
from bot.watch.tally import code_of
from bot.watch.totals import Total
from bot.watch.watching import Vitals, Watching
from tests.bot.making import delivered
from tests.fakes.house import FakeHouse, build
from tests.fakes.messenger import FakeMessenger

DAY_S = 24 * 3600.0


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, HouseRules(renderer=Renderer.MODEL))


def watching(house: FakeHouse) -> Watching:
    return house.service.operating.watching


async def rendered_for(house: FakeHouse, seconds: float) -> None:
    async with house.at_work():
        card = await house.submit_and_hold()
        await house.clock.advance(seconds)
        house.engine.gate.set()
        await house.until_status(card.job_id, JobStatus.DELIVERED)


def only(vitals: Vitals) -> Total:
    (total,) = vitals.totals
    return total


async def test_days_that_are_over_and_today_sum_up(house: FakeHouse) -> None:
    await rendered_for(house, 100)
    assert only(await watching(house).vitals()).jobs == 1
    await house.clock.advance(DAY_S)
    await rendered_for(house, 50)
    for _ in range(2):
        total = only(await watching(house).vitals())
        assert (total.renderer, total.outcome, total.jobs) == ("model", "delivered", 2)
        assert total.spent["rendered_s"].seconds == pytest.approx(150)
        assert total.spent["rendered_s"].within[6:8] == (2, 2)  # 120 s and 300 s
        assert total.spent["rendered_s"].within[5] == 1  # 60 s


async def test_the_energy_is_estimated_from_the_seconds_and_the_cards_limit(
    house: FakeHouse,
) -> None:
    house.engine.cards.append(Gpu("a card", 0, 0, limit_w=360.0))
    await rendered_for(house, 1000)
    vitals = await watching(house).vitals()
    assert vitals.gpu_s == pytest.approx(1000)
    assert vitals.gpu_kwh == pytest.approx(0.1)


async def test_what_platforms_refuse_is_counted_by_its_code(house: FakeHouse) -> None:
    house.messenger.failures += [
        MessengerError(status=500, code=0),
        MessengerError(status=403, code=50013),
        MessengerError(retry_after_s=3.0),
    ]
    async with house.at_work():
        card = await house.submit()
        for _ in range(30):
            await house.clock.advance(10)
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    tally = (await watching(house).vitals()).tally
    assert tally.errors == {
        ("fake", "500"): 1,
        ("fake", "50013"): 1,
        ("fake", "rate-limited"): 1,
    }
    assert tally.retries["fake"] >= 1


def test_sentences_are_no_codes() -> None:
    assert code_of(CardGoneError(reason="message 4711 not found")) == "CardGoneError"


async def test_a_platform_that_was_never_refused_anything_counts_nothing(
    house: FakeHouse,
) -> None:
    await delivered(house)
    vitals = await watching(house).vitals()
    assert (dict(vitals.tally.errors), dict(vitals.platforms)) == (
        {},
        {FakeMessenger.platform: True},
    )
    assert (await watching(house).readiness()).ready

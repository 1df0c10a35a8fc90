"""GPU seconds: told before anything is sent, kept to, and counted for whom they are counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clip import Renderer
from bot.door.limits import QueueLimits, Taken, refuse_beyond
from bot.door.pricing import Quote, say_quote
from bot.door.rules import HouseRules
from bot.errors import LimitError, RequestError
from bot.origin import Origin, Rights
from bot.preferences import PersonSettings, PlaceSettings
from bot.texts import Texts
from tests.fakes.house import ADA, BEN, FakeHouse, build
from tests.fakes.stores import FakeJobStore

OPERATOR = replace(ADA, rights=Rights(operator=True))
LIMITS = QueueLimits(waiting_per_person=10, gpu_s_per_day=1800)
ONE_CLIP_S = 160.0

limits = st.none() | st.integers(1, 2000)
seconds = st.floats(0, 3000)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    house = build(tmp_path, HouseRules(renderer=Renderer.MODEL, limits=LIMITS))
    house.model_took(ONE_CLIP_S)
    return house


async def spent_s(house: FakeHouse, person: Origin = ADA) -> float:
    return await house.jobs.quota.spent_s(person.owner, house.clock.now())


async def test_the_cost_is_told_before_anything_is_sent(house: FakeHouse) -> None:
    quote = await house.service.quote(ADA, {})
    assert quote == Quote(cost_s=ONE_CLIP_S, left_s=1800, limit_s=1800)
    assert say_quote(Texts("en"), quote).startswith("Costs about 160 of your 1,800 s")
    assert "160" in say_quote(Texts("zh"), quote) and "1,800" in say_quote(Texts("zh"), quote)


async def test_fewer_steps_cost_less(house: FakeHouse) -> None:
    quote = await house.service.quote(ADA, {"steps": "25"})
    assert quote.cost_s == pytest.approx(ONE_CLIP_S / 2)


async def test_what_a_preset_costs_is_told_by_its_settings(house: FakeHouse) -> None:
    await house.service.presets.save(ADA, "quick", {"steps": "10"})
    quote = await house.service.quote(ADA, {"preset": "quick"})
    assert quote.cost_s == pytest.approx(ONE_CLIP_S / 5)


async def test_a_wrong_setting_is_refused_before_it_costs_anything(house: FakeHouse) -> None:
    with pytest.raises(RequestError):
        await house.service.quote(ADA, {"steps": "many"})


async def test_the_queued_card_says_what_is_set_aside(house: FakeHouse) -> None:
    card = await house.submit()
    job = await house.job(card)
    assert job.cost_s == pytest.approx(ONE_CLIP_S)
    assert "Costs about 160 of your 1,800 s of GPU time for today" in card.lines
    assert await spent_s(house) == pytest.approx(ONE_CLIP_S)
    assert (await house.service.quote(ADA, {})).left_s == pytest.approx(1800 - ONE_CLIP_S)


async def test_beyond_the_days_seconds_nothing_more_is_taken(house: FakeHouse) -> None:
    house.model_took(700)
    for _ in range(2):
        await house.submit()
    with pytest.raises(LimitError) as caught:
        await house.submit()
    assert caught.value.key == "limit-gpu-day"
    for language in ("en", "zh"):
        said = Texts(language).say(caught.value.key, **caught.value.args_of_text)
        assert "700" in said and "400" in said and "1,800" in said
    await house.submit(steps="20")
    await house.submit(BEN)


async def test_on_the_next_day_all_of_them_are_there_again(house: FakeHouse) -> None:
    house.model_took(1500)
    await house.submit()
    await house.clock.advance(24 * 3600)
    await house.submit()


async def test_who_cancels_before_it_begins_has_them_back(house: FakeHouse) -> None:
    card = await house.submit()
    await house.service.cancel(card.job_id, ADA)
    assert await spent_s(house) == 0


async def test_who_takes_a_preview_instead_has_them_back(house: FakeHouse) -> None:
    card = await house.submit()
    moved = await house.service.preview_instead(card.job_id, ADA)
    assert await spent_s(house) == 0
    assert not any("160" in line for line in moved.lines)


async def test_previews_cost_nothing(tmp_path: Path) -> None:
    house = build(tmp_path, HouseRules(limits=LIMITS))
    house.model_took(ONE_CLIP_S)
    quote = await house.service.quote(ADA, {})
    assert (quote.cost_s, say_quote(Texts("en"), quote)) == (0, "")
    assert (await house.job(await house.submit())).cost_s == 0


async def test_what_nobody_has_measured_is_free(house: FakeHouse) -> None:
    house.jobs.usage.by_job.clear()
    assert (await house.job(await house.submit())).cost_s == 0


async def test_a_place_may_give_fewer_and_never_more(house: FakeHouse) -> None:
    house.settings.places[ADA.home] = PlaceSettings(gpu_s_per_day=200)
    assert (await house.service.quote(ADA, {})).limit_s == 200
    await house.submit()
    with pytest.raises(LimitError, match="limit-gpu-day"):
        await house.submit()
    house.settings.places[ADA.home] = PlaceSettings(gpu_s_per_day=9999)
    assert (await house.service.quote(ADA, {})).limit_s == 1800


async def test_for_whoever_runs_the_machine_none_are_counted_against_a_limit(
    house: FakeHouse,
) -> None:
    house.model_took(1500)
    quote = await house.service.quote(OPERATOR, {})
    assert (quote.limit_s, quote.left_s) == (None, None)
    assert "1,500" in say_quote(Texts("en"), quote)
    for _ in range(3):
        await house.submit(OPERATOR)


async def test_one_person_may_be_allowed_more_or_less_than_everybody(house: FakeHouse) -> None:
    house.model_took(1500)
    house.settings.people[ADA.owner] = PersonSettings(gpu_s_per_day=4000, waiting_per_person=2)
    assert (await house.service.quote(ADA, {})).limit_s == 4000
    assert (await house.service.quote(BEN, {})).limit_s == 1800
    for _ in range(2):
        await house.submit()
    with pytest.raises(LimitError, match="limit-waiting-person"):
        await house.submit()
    house.settings.places[ADA.home] = PlaceSettings(gpu_s_per_day=300)
    assert (await house.service.quote(ADA, {})).limit_s == 300


async def test_who_finds_the_queue_full_is_told_how_long_it_is(tmp_path: Path) -> None:
    few = QueueLimits(waiting_per_person=10, waiting_in_all=3)
    house = build(tmp_path, HouseRules(renderer=Renderer.MODEL, limits=few))
    for _ in range(3):
        await house.submit(BEN)
    with pytest.raises(LimitError) as unmeasured:
        await house.submit()
    assert unmeasured.value.key == "limit-queue-full"
    house.model_took(ONE_CLIP_S)
    await house.clock.advance(60)
    with pytest.raises(LimitError) as caught:
        await house.submit()
    for language in ("en", "zh"):
        assert "8" in Texts(language).say(caught.value.key, **caught.value.args_of_text)
    assert caught.value.args_of_text == {"limit": 3, "minutes": 8}


async def test_to_decline_for_a_full_queue_none_of_its_jobs_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = QueueLimits(waiting_per_person=10, waiting_in_all=3)
    house = build(tmp_path, HouseRules(renderer=Renderer.MODEL, limits=few))
    for _ in range(3):
        await house.submit(BEN)
    monkeypatch.setattr(FakeJobStore, "waiting", None)
    with pytest.raises(LimitError, match="limit-queue-full"):
        await house.submit()


@given(limits, limits, limits, st.booleans())
def test_a_place_never_raises_a_limit(
    ceiling: int | None, waiting: int | None, gpu_s: int | None, operator: bool
) -> None:
    rules = QueueLimits(waiting_per_person=5, gpu_s_per_day=ceiling)
    place = PlaceSettings(waiting_per_person=waiting, gpu_s_per_day=gpu_s)
    lowered = rules.lowered(place, OPERATOR if operator else ADA)
    assert lowered.waiting_per_person <= 5
    assert lowered.waiting_in_all == rules.waiting_in_all
    if ceiling is not None and not operator:
        assert lowered.gpu_s_per_day is not None and lowered.gpu_s_per_day <= ceiling


@given(seconds, seconds, st.integers(1, 86_400))
def test_what_is_taken_in_stays_within_the_days_seconds_and_what_is_left_is_never_negative(
    taken_s: float, cost_s: float, limit_s: int
) -> None:
    try:
        refuse_beyond(QueueLimits(gpu_s_per_day=limit_s), Taken(0, 0, taken_s), cost_s)
    except LimitError as error:
        assert error.args_of_text["left"] >= 0
        assert taken_s + cost_s > limit_s
    else:
        assert taken_s + cost_s <= limit_s

"""The model in the house: a lane of its own, drafts while it is busy, a choice while it is away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action, Card, CardState
from bot.clip import Progress, Renderer, Trouble
from bot.door.rules import HouseRules
from bot.errors import JobGoneError, ModelError, NotAllowedError, RenderError
from bot.job import JobStatus
from bot.measurement import Verdict
from bot.request import Note
from tests.fakes.engine import FROZEN
from tests.fakes.house import ADA, BEN, FakeHouse, build

AWAY = Trouble("model-starting")
BROKEN = Trouble("error-model", {"reason": "it is a Control model"}, lasting=True)
WITH_MODEL = HouseRules(renderer=Renderer.MODEL)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return build(tmp_path, WITH_MODEL)


def rendered_by(house: FakeHouse) -> list[Renderer]:
    return [order.renderer for order in house.engine.rendered]


def shown(house: FakeHouse, card: Card) -> Card:
    """The job's card as it stands."""
    return house.messenger.of_job(card.job_id)[-1]


async def test_jobs_are_the_models_and_their_card_says_so(house: FakeHouse) -> None:
    card = await house.submit()
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert rendered_by(house) == [Renderer.MODEL]
    record = house.jobs.usage.by_job[card.job_id]
    assert record.renderer is Renderer.MODEL
    assert "EasyAnimate" in card.lines


async def test_while_the_model_is_away_its_jobs_wait_and_lose_nothing(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    card = await house.submit()
    async with house.at_work():
        await house.clock.advance(60)
        waiting = await house.job(card)
        assert (waiting.status, waiting.attempts) == (JobStatus.QUEUED, 0)
        del house.engine.troubles[Renderer.MODEL]
        await house.clock.advance(10)
        await house.until_status(card.job_id, JobStatus.DELIVERED)


async def test_a_card_offers_to_wait_or_to_take_a_preview_while_the_model_is_away(
    house: FakeHouse,
) -> None:
    house.engine.troubles[Renderer.MODEL] = BROKEN
    card = await house.submit()
    assert [button.action for button in card.buttons] == [Action.PREVIEW, Action.CANCEL]
    assert any("it is a Control model" in line for line in card.lines)
    await house.clock.advance(60)
    house.engine.troubles.clear()
    other = await house.submit(BEN)
    assert [button.action for button in other.buttons] == [Action.CANCEL]


async def test_a_preview_instead_is_rendered_on_the_cpu_at_once(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    card = await house.submit()
    async with house.at_work():
        await house.until(lambda: house.clock.sleepers > 0)
        instead = await house.service.preview_instead(card.job_id, ADA)
        assert "Preview on the CPU" in instead.lines
        assert [button.action for button in instead.buttons] == [Action.CANCEL]
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert rendered_by(house) == [Renderer.PREVIEW]


async def test_a_preview_instead_is_the_owners_to_take_and_in_time(house: FakeHouse) -> None:
    card = await house.submit()
    with pytest.raises(NotAllowedError):
        await house.service.preview_instead(card.job_id, BEN)
    await house.service.cancel(card.job_id, ADA)
    with pytest.raises(JobGoneError):
        await house.service.preview_instead(card.job_id, ADA)


async def test_both_lanes_work_side_by_side(house: FakeHouse) -> None:
    """A job of one renderer never waits for the clock because the other lane was woken."""
    house.engine.gate.clear()
    first = await house.submit(ADA)
    second = await house.submit(BEN)
    await house.service.preview_instead(second.job_id, BEN)
    async with house.at_work():
        for card in (first, second):
            await house.until_status(card.job_id, JobStatus.RUNNING)
        house.engine.gate.set()
        for card in (first, second):
            await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert set(rendered_by(house)) == {Renderer.MODEL, Renderer.PREVIEW}


async def test_a_job_that_comes_while_both_lanes_idle_is_taken_without_the_clock(
    house: FakeHouse,
) -> None:
    async with house.at_work():
        await house.until(lambda: house.clock.sleepers >= 2)
        card = await house.submit()
        await house.until_status(card.job_id, JobStatus.DELIVERED)


async def test_broken_weights_end_a_job_at_the_first_attempt(house: FakeHouse) -> None:
    house.engine.failures.append(ModelError(reason="step 1 of 50 yields NaN"))
    card = await house.submit()
    async with house.at_work():
        job = await house.until_status(card.job_id, JobStatus.FAILED)
    assert job.attempts == 1
    assert job.failure == ("error-model", {"reason": "step 1 of 50 yields NaN"})


async def test_what_only_the_machine_did_is_tried_again(house: FakeHouse) -> None:
    house.engine.failures.append(RenderError(reason="no memory"))
    card = await house.submit()
    async with house.at_work():
        job = await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert job.attempts == 2


async def test_a_frozen_clip_of_the_model_is_rendered_once_more_with_another_seed(
    house: FakeHouse,
) -> None:
    house.engine.verdicts.append(FROZEN)
    card = await house.submit()
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    first, second = house.engine.rendered
    assert first.request.seed != second.request.seed
    assert second.renderer is Renderer.MODEL


async def test_a_typed_seed_is_kept_and_the_frozen_clip_is_told(house: FakeHouse) -> None:
    house.engine.verdicts.append(FROZEN)
    card = await house.submit(seed="7")
    async with house.at_work():
        job = await house.until_status(card.job_id, JobStatus.DELIVERED)
    assert [order.request.seed for order in house.engine.rendered] == [7]
    assert job.clip is not None
    assert job.clip.measurement is not None
    assert job.clip.measurement.verdict is Verdict.FROZEN
    assert any("Another seed" in line for line in shown(house, card).lines)


async def test_what_the_renderer_noted_is_told_with_the_clip(
    house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = house.engine.render

    async def noting(order, on_progress):
        clip = await render(order, on_progress)
        return replace(clip, notes=(Note("note-prompt-cut"),))

    monkeypatch.setattr(house.engine, "render", noting)
    card = await house.submit(prompt="a wink")
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    now = shown(house, card)
    assert any("longer than what the model reads" in line for line in now.lines)


# Drafts


async def drafted(house: FakeHouse, passed_s: float = 3) -> None:
    """Let the drafts' own loop look once."""
    drafting = asyncio.create_task(house.waiting.keep_drafting())
    try:
        await house.until(lambda: house.clock.sleepers > 0)
        await house.clock.advance(passed_s)
        await house.until(lambda: house.clock.sleepers > 0)  # it has looked
    finally:
        drafting.cancel()
        await asyncio.gather(drafting, return_exceptions=True)


async def test_who_waits_long_for_the_model_sees_a_draft_from_the_cpu(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    card = await house.submit()
    await drafted(house)
    (order,) = house.engine.rendered
    assert order.renderer is Renderer.PREVIEW
    assert order.folder == house.media.folder(card.job_id) / "draft"
    await house.until(lambda: shown(house, card).picture is not None)
    now = shown(house, card)
    assert now.state is CardState.QUEUED
    assert now.picture == order.folder / "draft.webp"
    assert any("draft from the CPU" in line for line in now.lines)
    assert [one.label for one in house.engine.encoded] == ["AI-generated"] * 2
    assert now.picture.with_suffix(".mp4").is_file(), "for chats whose pictures stand still"
    assert not (order.folder / "master.mkv").exists()


async def test_a_draft_costs_nothing_and_is_made_once(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    card = await house.submit()
    await drafted(house)
    await drafted(house)
    assert len(house.engine.rendered) == 1
    assert house.jobs.usage.by_job == {}
    assert (await house.job(card)).attempts == 0


async def test_who_is_next_at_a_free_model_needs_no_draft(house: FakeHouse) -> None:
    await house.submit()
    await drafted(house)
    assert house.engine.rendered == []


async def test_behind_a_render_of_unknown_length_there_is_a_draft(house: FakeHouse) -> None:
    house.engine.gate.clear()
    first = await house.submit(ADA)
    async with house.at_work():
        await house.until_status(first.job_id, JobStatus.RUNNING)
        second = await house.submit(BEN)
        house.engine.gate.set()
        await drafted(house, passed_s=12)
        await house.until_status(second.job_id, JobStatus.DELIVERED)


async def test_a_preview_job_goes_before_every_draft(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    await house.submit(ADA)
    other = await house.submit(BEN)
    await house.service.preview_instead(other.job_id, BEN)
    await drafted(house)
    assert house.engine.rendered == []


async def test_a_draft_that_fails_is_logged_and_not_tried_again(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    house.engine.failures.append(RenderError())
    card = await house.submit()
    await drafted(house)
    await drafted(house)
    assert len(house.engine.rendered) == 1
    assert (await house.job(card)).status is JobStatus.QUEUED


async def test_a_running_card_shows_the_model_and_no_draft(house: FakeHouse) -> None:
    house.engine.troubles[Renderer.MODEL] = AWAY
    card = await house.submit()
    await drafted(house)
    house.engine.troubles.clear()
    house.engine.gate.clear()
    async with house.at_work():
        await house.until_status(card.job_id, JobStatus.RUNNING)
        await house.until(lambda: shown(house, card).progress is not None)
        now = shown(house, card)
        assert now.progress == Progress(1, 49)
        assert now.picture is None
        house.engine.gate.set()
        await house.until_status(card.job_id, JobStatus.DELIVERED)

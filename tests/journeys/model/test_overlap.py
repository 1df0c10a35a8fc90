"""The model draws while the last clip is finished, and who waits for it sees a draft."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bot.card import Card
from bot.clip import Renderer
from bot.job import JobStatus
from bot.origin import Origin
from tests.fakes.messenger import FolderMessenger
from tests.journeys.command import SKETCH
from tests.journeys.model.studio import (
    EYES,
    MODEL,
    PATIENT,
    PREVIEW,
    SMALL,
    card_text,
    until_paused,
)
from tests.journeys.world import World, until

FAKES = "tests.fakes.roles"
QUEUED, RUNNING, RENDERED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.RENDERED
DELIVERED, CANCELLED = JobStatus.DELIVERED, JobStatus.CANCELLED


class SlowUplink(FolderMessenger):
    """Uploads a clip once the gate is there."""

    def __init__(self, root: Path, gate: Path) -> None:
        super().__init__(root)
        self._gate = gate
        self.uploading = 0

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        if card.clip is not None:
            self.uploading += 1
            await until(self._gate.exists)
        await super().edit(origin, ref, card)


@pytest.mark.slow
@pytest.mark.parametrize("eyes", ["PatientEyes", "PatientEncoder"])
async def test_the_next_render_ends_while_the_last_clip_is_still_measured_or_encoded(
    world: World, eyes: str
) -> None:
    """Neither is any business of the model's worker."""
    await world.queue("ada", "ben", **SMALL)
    async with world.house(PREVIEW, f"{FAKES}:{eyes}", model=MODEL):
        await world.until_statuses(RENDERED)
        world.gate.touch()
        await world.until_statuses(DELIVERED)


@pytest.mark.slow
async def test_the_next_render_ends_while_the_last_clip_is_still_uploaded(world: World) -> None:
    world.chat = chat = SlowUplink(world.chat.root, world.gate)
    await world.queue("ada", "ben", **SMALL)
    async with world.house(PREVIEW, model=MODEL):
        await until(lambda: chat.uploading == 2)
        assert await world.statuses() == [RENDERED] * 2
        world.gate.touch()
        await world.until_statuses(DELIVERED)


@pytest.mark.slow
async def test_who_waits_for_a_busy_model_sees_a_draft_of_the_real_preview(world: World) -> None:
    async with world.house(PREVIEW, EYES, model=PATIENT) as house:
        (first,) = await world.queue("ada", **SMALL)
        await until_paused(world)
        second = (await house.service.submit(SKETCH, world.person("ben"), SMALL)).job_id
        draft = world.data_dir / "jobs" / second / "draft" / "draft.webp"
        await until(draft.is_file)
        await until(lambda: "draft from the CPU" in card_text(world, second))
        statuses = {job_id: job.status for job_id, job in (await world.jobs()).items()}
        assert statuses == {first: RUNNING, second: QUEUED}
        world.gate.touch()
        with Image.open(draft) as picture:
            assert getattr(picture, "n_frames", 1) == 5
        assert draft.with_suffix(".mp4").read_bytes()[4:8] == b"ftyp"
        await house.service.cancel(second, world.person("ben"))
        await world.until_statuses(DELIVERED, CANCELLED)
    charged = [record.renderer for record in await world.usage()]
    assert charged == [Renderer.MODEL] * 2, "the draft is nobody's"

"""What a house with a model draws is its pipeline's clip, seed for seed, and is told as such."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from bot.app.house import House
from bot.clip import Clip, Renderer
from bot.job import Job, JobStatus, UsageRecord
from bot.measurement import Verdict
from bot.request import ClipFormat
from engine.easyanimate import load_pipeline
from engine.video.master import Frame, read_master
from engine.video.metadata import read_metadata
from tests.engine.easyanimate import cases, variants
from tests.journeys.command import SKETCH, CommandLine
from tests.journeys.model.studio import DONE, EYES, FLAGS, MODEL, PREVIEW, SMALL, with_model
from tests.journeys.world import World

DELIVERED = JobStatus.DELIVERED


@dataclass
class Evening:
    """What one house with a model did for several people, by what they are called."""

    world: World
    names: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    usage: dict[str, UsageRecord] = field(default_factory=dict)

    async def submit(self, house: House, name: str, **options: str) -> None:
        """A real sketch, which takes the tiny checkpoint's VAE some seconds."""
        card = await house.service.submit(SKETCH, self.world.person(name), SMALL | options)
        self.names[card.job_id] = name

    async def queue(self, name: str, **options: str) -> None:
        """A job of 64×64."""
        (job_id,) = await self.world.queue(name, **(SMALL | options))
        self.names[job_id] = name

    async def until_delivered(self) -> None:
        await self.world.until_statuses(DELIVERED)
        jobs, records = await self.world.jobs(), await self.world.usage()
        self.jobs = {self.names[job_id]: job for job_id, job in jobs.items()}
        self.usage = {self.names[record.job_id]: record for record in records}

    def clip(self, name: str) -> Clip:
        clip = self.jobs[name].clip
        assert clip is not None
        return clip

    def frames(self, name: str) -> Frame:
        return np.stack(list(read_master(self.clip(name).master)))

    def lines(self, name: str) -> str:
        shown = json.loads((self.world.chat.root / f"{self.jobs[name].id}.json").read_text())
        return "\n".join(shown["lines"])


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return asyncio.run(_evening(with_model(tmp_path_factory.mktemp("evening"))))


async def _evening(world: World) -> Evening:
    evening = Evening(world)
    async with world.house(PREVIEW, EYES, model=MODEL):
        await evening.queue("ben", seed="7")
        await evening.queue("cleo", seed="7", loop="on")
        await evening.queue("dora", seed="7", expression="wink")
        await evening.queue("emil", prompt="a wink " * 100)
        await evening.until_delivered()
    return evening


def drawn_by_the_pipeline(evening: Evening, name: str) -> Frame:
    """The same request without a house around it."""
    request, clip = evening.jobs[name].request, evening.clip(name)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with Image.open(evening.jobs[name].picture) as picture:
            frames = load_pipeline(cases.V5, device="cpu", prompt_cache=None)(
                picture.convert("RGB"),
                end_image=picture.convert("RGB") if request.loop else None,
                prompt=request.prompt_to_render,
                negative_prompt=request.negative_prompt,
                height=clip.height,
                width=clip.width,
                num_frames=request.num_frames,
                num_inference_steps=request.num_inference_steps,
                guidance_scale=request.guidance_scale,
                seed=request.seed,
            ).frames
    finally:
        torch.set_num_threads(threads)
    assert isinstance(frames, np.ndarray)
    return (frames * 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["ben", "cleo", "dora"])
def test_seed_for_seed_the_clip_is_what_the_pipeline_draws(evening: Evening, name: str) -> None:
    """A loop leaves out its last frame, which is the first one again."""
    shown = evening.jobs[name].request.frames_shown
    assert np.array_equal(evening.frames(name), drawn_by_the_pipeline(evening, name)[:shown])


@pytest.mark.slow
def test_seed_for_seed_the_terminal_makes_the_same_clip(tmp_path: Path) -> None:
    evening = Evening(with_model(tmp_path / "chat"))
    asyncio.run(_sketch_in_a_chat(evening))
    shell = CommandLine(World(tmp_path / "terminal", {"DEVICE": "cpu", "OMP_NUM_THREADS": "1"}))
    ran = shell.run(
        *("animate", SKETCH, "-o", "clip.mp4", "--engine", "easyanimate", "--model", cases.V5),
        *FLAGS,
    )
    assert ran.code == DONE, ran.err
    assert "Loading" in ran.err
    assert "EasyAnimate" in ran.out
    (master,) = shell.world.data_dir.glob("jobs/*/master.mkv")
    assert np.array_equal(np.stack(list(read_master(master))), evening.frames("ada"))


async def _sketch_in_a_chat(evening: Evening) -> None:
    async with evening.world.house(PREVIEW, EYES, model=MODEL) as house:
        await evening.submit(house, "ada", seed="7")
        await evening.until_delivered()


def test_a_loop_and_an_expression_are_other_clips_of_the_same_seed(evening: Evening) -> None:
    plain, loop, wink = (evening.frames(name) for name in ("ben", "cleo", "dora"))
    assert len(loop) == evening.clip("cleo").num_frames == 4
    assert "4 frames" in evening.lines("cleo")
    assert not np.array_equal(loop, plain[:4])
    assert not np.array_equal(wink, plain)
    assert "expression wink" in evening.lines("dora")


def test_the_card_and_the_file_name_the_model(evening: Evening) -> None:
    job = evening.jobs["ben"]
    assert job.renderer is Renderer.MODEL
    assert "EasyAnimate" in evening.lines("ben")
    written = read_metadata(evening.world.chat.root / f"{job.id}.mp4", ClipFormat.MP4)
    assert (written["model"], written["seed"]) == ("model", "7")


def test_noise_without_a_face_is_not_measured_and_so_no_failure(evening: Evening) -> None:
    """What the tiny checkpoint draws."""
    for name in evening.jobs:
        measurement = evening.clip(name).measurement
        assert measurement is not None
        assert measurement.verdict is not Verdict.FROZEN
        assert (evening.usage[name].outcome, evening.usage[name].attempts) == (DELIVERED, 1)
        assert not evening.jobs[name].rerendered


def test_who_wrote_more_than_the_model_reads_is_told(evening: Evening) -> None:
    assert "longer than what the model reads" in evening.lines("emil")
    assert "longer than what the model reads" not in evening.lines("ben")


@pytest.mark.slow
async def test_a_frozen_clip_is_rendered_once_more_before_anyone_sees_it(world: World) -> None:
    """By a checkpoint whose decoder paints every frame in one grey."""
    checkpoint = variants.copied(cases.V5, world.root / "grey")
    variants.change_weights(checkpoint, "vae", _one_grey)
    world.env["MODEL"] = str(checkpoint)
    async with world.house(PREVIEW, EYES, model=MODEL):
        (job_id,) = await world.queue("ada", **SMALL)
        first_seed = (await world.jobs())[job_id].request.seed
        await world.until_statuses(DELIVERED)
    job = (await world.jobs())[job_id]
    assert job.clip and job.clip.measurement
    assert job.clip.measurement.verdict is Verdict.FROZEN
    assert (job.rerendered, job.renderer, job.attempts) == (True, Renderer.MODEL, 2)
    assert job.request.seed != first_seed
    assert [event["what"] for event in world.chat.events()].count("done") == 1
    (record,) = await world.usage()
    assert record.renderer is Renderer.MODEL, "two renders, one charge"


def _one_grey(tensors: dict[str, torch.Tensor]) -> None:
    tensors["decoder.conv_out.weight"].zero_()
    tensors["decoder.conv_out.bias"].zero_()

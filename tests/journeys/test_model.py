"""EasyAnimate in the house: a tiny checkpoint, real processes, and what becomes of a killed one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from bot.app.house import House
from bot.card import Action, Card
from bot.clip import Clip, Renderer
from bot.job import Job, JobStatus, UsageRecord
from bot.measurement import Verdict
from bot.origin import Origin
from bot.request import ClipFormat
from engine.easyanimate import load_pipeline
from engine.video.master import Frame, read_master
from engine.video.metadata import read_metadata
from tests.engine.easyanimate import cases, variants
from tests.fakes.hub import FakeHub, serving
from tests.fakes.messenger import FolderMessenger
from tests.journeys.command import SKETCH, CommandLine
from tests.journeys.real_roles import PAUSED_AT, steps_beside
from tests.journeys.world import World, alive, until

MODEL = "engine.easyanimate.role:Model"
PATIENT = "tests.journeys.real_roles:PatientModel"
PREVIEW = "engine.preview.role:Preview"
EYES = "engine.eyes.role:Eyes"
FAKES = "tests.fakes.roles"

QUEUED, RUNNING, RENDERED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.RENDERED
DELIVERED, CANCELLED = JobStatus.DELIVERED, JobStatus.CANCELLED
DONE, MACHINE_FAILED, PERSON_CAN_MEND = 0, 1, 2

SMALL = {"res": "512", "frames": "5", "steps": "10"}
FLAGS = ("--res", "512", "--frames", "5", "--steps", "10", "--seed", "7")


def with_model(root: Path) -> World:
    """One thread, so that sums come out the same in every process."""
    return World(root, {"MODEL": str(cases.V5), "DEVICE": "cpu", "OMP_NUM_THREADS": "1"})


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_model(tmp_path)


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


# Deaths


@pytest.mark.slow
async def test_a_model_worker_killed_in_a_render_costs_an_attempt_and_nothing_else(
    world: World,
) -> None:
    await world.queue("ada", **SMALL)
    async with world.house(PREVIEW, model=PATIENT) as house:
        await until_paused(world)
        os.kill(int((await house.engine.describe())["model"]["pid"]), signal.SIGKILL)
        world.gate.touch()
        await world.until_statuses(DELIVERED)
    assert list(world.chat.states().values()) == ["done"]
    (record,) = await world.usage()
    assert (record.renderer, record.outcome, record.attempts) == (Renderer.MODEL, DELIVERED, 2)


@pytest.mark.slow
async def test_a_bot_killed_in_a_render_takes_its_workers_along_and_the_next_delivers(
    world: World,
) -> None:
    await world.queue("ada", "ben", **SMALL)
    with world.bot(PREVIEW, model=PATIENT) as bot:
        await until_paused(world)
        family = [bot, *bot.children(recursive=True)]
        assert len(family) >= 4, "the bot and three workers"
        bot.kill()
        await until(lambda: not alive(family))
    world.gate.touch()
    with world.bot(PREVIEW, model=PATIENT):
        await world.until_statuses(DELIVERED)
    assert list(world.chat.states().values()) == ["done"] * 2
    records = await world.usage()
    assert sorted(record.attempts for record in records) == [1, 2]


async def test_a_cancel_reaches_a_render_within_a_step_and_costs_no_worker(world: World) -> None:
    (job_id,) = await world.queue("ada", **SMALL)
    async with world.house(PREVIEW, model=PATIENT) as house:
        await until_paused(world)
        worker = (await house.engine.describe())["model"]["pid"]
        await house.service.cancel(job_id, world.person("ada"))
        world.gate.touch()
        await world.until_statuses(CANCELLED)
        await world.queue("ben", **SMALL)
        await world.until_statuses(CANCELLED, DELIVERED)
        facts = (await house.engine.describe())["model"]
    assert (facts["pid"], facts["restarts"]) == (worker, "0"), "it was not killed for it"
    steps = [int(line) for line in steps_beside(world.gate).read_text().split()]
    assert steps.index(0, 1) == PAUSED_AT + 1, "no step came after the cancel"
    assert not (world.data_dir / "jobs" / job_id / "master.mkv").exists()


# Waiting


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


# A model that isn't there


@pytest.mark.slow
def test_a_folder_without_a_model_is_told_at_the_terminal_and_nothing_is_queued(
    tmp_path: Path,
) -> None:
    shell = CommandLine(World(tmp_path))
    ran = shell.run(
        *("animate", SKETCH, "-o", "clip.mp4", "--engine", "easyanimate", "--model", tmp_path),
        *FLAGS,
    )
    assert ran.code == PERSON_CAN_MEND
    assert "The model can't be used: " in ran.err
    assert str(tmp_path) in ran.err
    assert "Traceback" not in ran.err
    assert not (shell.folder / "clip.mp4").exists()


def test_a_machine_without_the_models_libraries_is_told_how_to_get_them(tmp_path: Path) -> None:
    shell = CommandLine(World(tmp_path))
    ran = shell.run(
        *("animate", SKETCH, "-o", "clip.mp4", "--engine", "easyanimate", "--model", cases.V5),
        *FLAGS,
        PYTHONPATH=os.pathsep.join([str(without_torch(tmp_path)), shell.env["PYTHONPATH"]]),
    )
    assert ran.code == PERSON_CAN_MEND
    assert "torch is not installed: run `make model`" in ran.err


@pytest.mark.slow
async def test_a_chat_whose_model_is_missing_offers_to_wait_or_a_preview(world: World) -> None:
    world.env["MODEL"] = str(world.root / "nowhere")
    async with world.house(PREVIEW, EYES, model=MODEL) as house:
        card = await house.service.submit(SKETCH, world.person("ada"), SMALL)
        assert [button.action for button in card.buttons] == [Action.PREVIEW, Action.CANCEL]
        await until(lambda: "There is no folder" in card_text(world, card.job_id))
        assert "take a preview from the CPU" in card_text(world, card.job_id)
        await house.service.preview_instead(card.job_id, world.person("ada"))
        await world.until_statuses(DELIVERED)
    assert "Preview on the CPU" in card_text(world, card.job_id)
    (record,) = await world.usage()
    assert record.renderer is Renderer.PREVIEW


@pytest.mark.slow
def test_a_model_is_downloaded_with_its_sentence_and_then_loads_without_the_hub(
    tmp_path: Path,
) -> None:
    shell = CommandLine(World(tmp_path))
    with serving(FakeHub(cases.V5)) as hub:
        env = {"HF_HOME": str(tmp_path / "hub"), "HF_ENDPOINT": hub.url, "NO_PROXY": "127.0.0.1"}
        ran = shell.run("download", hub.model, **env)
        assert ran.code == DONE, ran.err
        assert "EasyAnimate V5" in ran.out
        assert f"MODEL={hub.model} into .env" in ran.out
    doctor = shell.run("doctor", MODEL=hub.model, DEVICE="cpu", **env)
    assert f", {hub.model}\n" in doctor.out
    assert "✓ Model: EasyAnimate V5" in doctor.out


@pytest.mark.slow
def test_the_doctor_tells_the_model_and_that_nothing_was_measured(tmp_path: Path) -> None:
    shell = CommandLine(with_model(tmp_path))
    ran = shell.run("doctor")
    assert ran.code == DONE, ran.out
    assert "✓ Model: EasyAnimate V5" in ran.out
    assert str(cases.V5) in ran.out
    for said in ("✓ Memory plan: device, float32, cpu", "✓ Attention: sdpa (exact)"):
        assert said in ran.out
    assert "✓ EasyAnimate renderer: ready" in ran.out
    assert "EasyAnimate has rendered nothing here yet." in ran.out


async def until_paused(world: World) -> None:
    notes = steps_beside(world.gate)
    await until(lambda: notes.exists() and str(PAUSED_AT) in notes.read_text().split())


def card_text(world: World, job_id: str) -> str:
    return "\n".join(json.loads((world.chat.root / f"{job_id}.json").read_text())["lines"])


def without_torch(root: Path) -> Path:
    """A folder that hides torch from whoever looks there first."""
    hidden = root / "hidden" / "torch"
    hidden.mkdir(parents=True)
    words = 'raise ModuleNotFoundError("No module named \'torch\'", name="torch")'
    (hidden / "__init__.py").write_text(words)
    return hidden.parent

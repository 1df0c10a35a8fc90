"""A real sketch through real processes: what is drawn, measured, written down and delivered."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.app.house import House
from bot.card import Action, Card, CardState
from bot.clip import FPS, Clip, ClipFile
from bot.errors import PictureError
from bot.job import Job, JobStatus, UsageRecord
from bot.measurement import Eye, Measurement, Verdict
from bot.request import ClipFormat
from engine.preview.score import compose
from engine.video.master import Frame, read_master
from engine.video.metadata import read_metadata
from tests.engine.video.readers import boxes, frames_of, rate, report
from tests.journeys.world import World

ROOT = Path(__file__).parents[2]
SKETCH = ROOT / "examples" / "sketch.png"
DRAWINGS = ROOT / "tests" / "drawings"
PREVIEW = "tests.journeys.real_roles:PatientPreview"
EYES = "engine.eyes.role:Eyes"
SMALL = {"res": "512", "frames": "9"}


@dataclass
class Evening:
    """What one house did for several people; jobs and records by what they asked for."""

    world: World
    cards: dict[str, Card] = field(default_factory=dict)
    questions: dict[str, Card] = field(default_factory=dict)
    refusals: dict[str, PictureError] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    usage: dict[str, UsageRecord] = field(default_factory=dict)
    running_meanwhile: list[JobStatus] = field(default_factory=list)

    async def submit(self, house: House, name: str, sketch: Path, **options: str) -> Card:
        card = await house.service.submit(sketch, self.world.person(name), options)
        kept = self.questions if card.state is CardState.REFUSED else self.cards
        kept[name] = card
        return card

    async def answer(self, house: House, name: str, action: Action, **changes: str) -> None:
        asked = self.questions[name].job_id
        person = self.world.person(name)
        self.cards[name] = await house.service.answer(asked, person, action, changes)

    async def until_delivered(self) -> None:
        await self.world.until_statuses(JobStatus.DELIVERED)
        jobs, records = await self.world.jobs(), await self.world.usage()
        names = {card.job_id: name for name, card in self.cards.items()}
        self.jobs = {names[job_id]: job for job_id, job in jobs.items()}
        self.usage = {names[record.job_id]: record for record in records}

    def clip(self, name: str) -> Clip:
        clip = self.jobs[name].clip
        assert clip is not None
        return clip

    def measured(self, name: str) -> Measurement:
        measurement = self.clip(name).measurement
        assert measurement is not None
        return measurement

    def master(self, name: str) -> list[Frame]:
        return list(read_master(self.clip(name).master))

    def file(self, name: str) -> ClipFile:
        """The clip as it lies in the chat."""
        path = self.world.chat.root / f"{self.jobs[name].id}.mp4"
        clip = self.clip(name)
        return ClipFile(
            path=path,
            format=ClipFormat.MP4,
            size_bytes=path.stat().st_size,
            width=clip.width,
            height=clip.height,
        )

    def shown(self, name: str) -> dict[str, Any]:
        """The card as it stands in the chat."""
        path = self.world.chat.root / f"{self.jobs[name].id}.json"
        shown: dict[str, Any] = json.loads(path.read_text())
        return shown


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return asyncio.run(_evening(World(tmp_path_factory.mktemp("evening"))))


async def _evening(world: World) -> Evening:
    evening = Evening(world)
    async with world.house(PREVIEW, EYES) as house:
        await evening.submit(house, "ada", SKETCH, res="512", seed="7")
        await world.until_statuses(JobStatus.RUNNING)
        for name, upload in _hostile_uploads(world.root):
            with pytest.raises(PictureError) as refusal:
                await house.service.submit(upload, world.person("eve"), {})
            evening.refusals[name] = refusal.value
        evening.running_meanwhile = await world.statuses()
        world.gate.touch()
        await evening.submit(house, "ben", SKETCH, res="512", seed="7")
        await evening.submit(house, "cleo", SKETCH, res="512", seed="8")
        await evening.submit(house, "dora", DRAWINGS / "profile.png", **SMALL)
        await evening.answer(house, "dora", Action.GO_ON)
        await evening.submit(house, "emil", DRAWINGS / "two_faces.png", res="512", frames="33")
        await evening.answer(house, "emil", Action.CROP, face="2")
        await evening.until_delivered()
    return evening


async def _frozen_evening(world: World) -> Evening:
    evening = Evening(world)
    async with world.house("tests.fakes.roles:FrozenPreview", EYES) as house:
        await evening.submit(house, "drawn", SKETCH, **SMALL)
        await evening.submit(house, "typed", SKETCH, **SMALL, seed="7")
        await evening.until_delivered()
        for name, job in evening.jobs.items():
            evening.cards[name] = (await house.service.looking.look(job.id, job.origin)).card
    return evening


def _hostile_uploads(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files as somebody sends them who means no good, by what is wrong with them."""
    vast = _chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    black = _chunk(b"IDAT", zlib.compress(bytes(1000)))
    contents = {
        "picture-too-many-pixels": b"\x89PNG\r\n\x1a\n" + vast + black + _chunk(b"IEND", b""),
        "picture-truncated": SKETCH.read_bytes()[:20_000],
        "picture-svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "picture-unknown": b"#!/bin/sh\nrm -rf ~\n",
        "picture-empty": b"",
    }
    for name, content in contents.items():
        path = folder / f"{name}.png"
        path.write_bytes(content)
        yield name, path


def _chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def corner(frame: Frame) -> Frame:
    """Where the label stands: at the bottom, on the right."""
    height, width = frame.shape[:2]
    return frame[-height // 12 :, -width // 3 :]


def difference(one: Frame, other: Frame) -> float:
    """Levels of grey on average."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_the_delivered_clip_plays_anywhere_at_its_size_length_and_pace(evening: Evening) -> None:
    file = evening.file("ada")
    frames = frames_of(file)
    assert (file.width, file.height) == (448, 560)
    assert len(frames) == 49
    assert {frame.shape for frame in frames} == {(560, 448, 3)}
    assert rate(file.path) == FPS
    assert "h264" in report(file.path)
    assert "yuv420p" in report(file.path)
    names = boxes(file.path)
    assert names.index("moov") < names.index("mdat"), "it starts before it has all arrived"


@pytest.mark.parametrize("name", ["ada", "cleo"])
def test_the_blinks_measured_are_those_that_the_score_planned(evening: Evening, name: str) -> None:
    planned = compose(evening.jobs[name].request).blinks
    measured = evening.measured(name)
    assert measured.verdict is Verdict.FINE
    assert [blink.eye for blink in measured.blinks] == [blink.eye for blink in planned]
    for seen, plan in zip(measured.blinks, planned, strict=True):
        assert seen.deepest_s == pytest.approx(plan.deepest_s, abs=0.3)
        assert plan.start_s - 0.3 < seen.start_s < seen.end_s < plan.end_s + 0.3
    assert max(blink.depth for blink in measured.blinks if blink.eye is Eye.BOTH) > 0.4


def test_the_smile_is_gentle_and_comes_last(evening: Evening) -> None:
    measured = evening.measured("ada")
    assert measured.smile is not None and measured.smile_at_s is not None
    assert 0.02 < measured.smile < 0.12
    assert measured.smile_at_s > max(blink.end_s for blink in measured.blinks)


def test_what_was_measured_stands_on_the_card(evening: Evening) -> None:
    lines = "\n".join(evening.shown("ada")["lines"])
    assert "49 frames · 448×560" in lines
    assert "Seed 7" in lines
    for blink in evening.measured("ada").blinks:
        assert f"at {blink.deepest_s:.1f} s" in lines
    assert "Smile: corners of the mouth up by" in lines


def test_the_label_is_in_the_file_for_two_seconds_and_never_in_the_master(
    evening: Evening,
) -> None:
    master, shown = evening.master("ada"), frames_of(evening.file("ada"))
    assert max(difference(corner(frame), corner(master[-1])) for frame in master) < 5
    labelled = [difference(corner(a), corner(b)) > 10 for a, b in zip(master, shown, strict=True)]
    assert labelled == [True] * 2 * FPS + [False] * (49 - 2 * FPS)


def test_the_file_says_what_it_is_and_names_nobody(evening: Evening) -> None:
    job, file = evening.jobs["ada"], evening.file("ada")
    pairs = read_metadata(file.path, ClipFormat.MP4)
    assert pairs["comment"].startswith("AI-generated (AI生成)")
    assert (pairs["model"], pairs["seed"]) == ("preview", "7")
    settings = json.loads(pairs["settings"])
    assert (settings["frames"], settings["res"], settings["loop"]) == (49, 512, "off")
    assert json.loads(pairs["AIGC"])["ProduceID"] == job.id
    assert "ada" not in "".join(pairs.values())


def test_the_usage_record_says_what_it_cost(evening: Evening) -> None:
    record, file = evening.usage["ada"], evening.file("ada")
    assert (record.outcome, record.attempts) == (JobStatus.DELIVERED, 1)
    assert (record.width, record.height, record.size_bytes) == (448, 560, file.size_bytes)
    assert record.timings.queued_s >= 0
    assert record.timings.rendered_s > 0
    assert record.timings.encoded_s > 0


def test_the_same_seed_is_the_same_clip_and_another_seed_another(evening: Evening) -> None:
    first, same, other = (np.stack(evening.master(name)) for name in ("ada", "ben", "cleo"))
    assert np.array_equal(first, same)
    assert np.array_equal(first[0], other[0]), "both begin with the drawing itself"
    assert not np.array_equal(first, other)


def test_hostile_uploads_are_refused_beside_a_render_and_leave_nothing(evening: Evening) -> None:
    assert {name: error.key for name, error in evening.refusals.items()} == {
        name: name for name in evening.refusals
    }
    assert len(evening.refusals) == 5
    assert evening.running_meanwhile == [JobStatus.RUNNING]
    assert evening.usage["ada"].attempts == 1


def test_a_profile_is_asked_about_and_then_breathes_unmeasured(evening: Evening) -> None:
    (line,) = evening.questions["dora"].lines
    assert "can't find the eyes" in line
    assert [button.action for button in evening.questions["dora"].buttons] == [Action.GO_ON]
    assert evening.measured("dora").verdict is Verdict.UNMEASURED
    assert (evening.usage["dora"].attempts, evening.jobs["dora"].rerendered) == (1, False)
    assert any("for your own eyes" in line for line in evening.shown("dora")["lines"])
    assert any(not np.array_equal(a, b) for a, b in pairwise(evening.master("dora")))


def test_one_of_two_faces_is_cropped_to_and_blinks(evening: Evening) -> None:
    (line,) = evening.questions["emil"].lines
    assert "There are 2 faces" in line
    assert [button.changes.get("face") for button in evening.questions["emil"].buttons] == [
        *("1", "2", None),
    ]
    clip, measured = evening.clip("emil"), evening.measured("emil")
    assert clip.height > clip.width, "the drawing of both is wider than high"
    assert measured.verdict is Verdict.FINE
    assert any(blink.eye is Eye.BOTH for blink in measured.blinks)


def test_a_frozen_clip_is_rendered_once_more_and_then_delivered_with_a_word(
    tmp_path: Path,
) -> None:
    evening = asyncio.run(_frozen_evening(World(tmp_path)))
    for name, attempts in (("drawn", 2), ("typed", 1)):
        assert evening.measured(name).verdict is Verdict.FROZEN
        assert (evening.usage[name].attempts, evening.usage[name].outcome) == (
            attempts,
            JobStatus.DELIVERED,
        )
        assert any("Hardly anything moves" in line for line in evening.shown(name)["lines"])
    assert evening.jobs["typed"].request.seed == 7
    metadata = read_metadata(evening.file("drawn").path, ClipFormat.MP4)
    assert metadata["seed"] == str(evening.jobs["drawn"].request.seed)
    shown = [event["what"] for event in evening.world.chat.events()]
    assert shown.count("done") == 2, "nobody saw the first try"
    offered = {button.action for card in evening.cards.values() for button in card.buttons}
    assert Action.SHARE in offered and Action.WEB not in offered, "this house serves no page"

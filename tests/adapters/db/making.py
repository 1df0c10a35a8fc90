"""Jobs, questions and stores for the tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.clip import Clip, Renderer
from bot.door.limits import QueueLimits
from bot.errors import WayOut
from bot.inspection import Face, Inspection, PictureKind
from bot.job import Job, JobStatus
from bot.measurement import Blink, Curves, Eye, Measurement, Verdict
from bot.origin import Origin
from bot.ports import (
    LONG_AGO,
    JobStore,
    PresetStore,
    QuestionStore,
    QuotaStore,
    ReportStore,
    SettingsStore,
    ShareStore,
    UsageStore,
)
from bot.question import Question
from bot.request import AnimationRequest, Note, Sampler
from tests.fakes.people import FakePresetStore, FakeSettingsStore
from tests.fakes.questions import FakeQuestionStore
from tests.fakes.reports import FakeReportStore
from tests.fakes.shares import FakeShareStore
from tests.fakes.stores import FakeJobStore
from tests.fakes.usage import FakeQuotaStore, FakeUsageStore

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ROOM = QueueLimits(waiting_per_person=1000, waiting_in_all=1000)
FAKE = ("fake",)


@dataclass(frozen=True, kw_only=True)
class Stores:
    jobs: JobStore
    questions: QuestionStore
    usage: UsageStore
    quota: QuotaStore
    settings: SettingsStore
    presets: PresetStore
    shares: ShareStore
    reports: ReportStore

    async def add(self, person: str = "ada", **changes: Any) -> Job:
        return await self.jobs.add(a_job(person, **changes), ROOM)

    async def claim(
        self,
        instance: str = "bot-1",
        *,
        renderer: Renderer = Renderer.PREVIEW,
        platforms: tuple[str, ...] = FAKE,
        now: datetime = NOON,
        running_per_person: int = 1000,
        oldest: datetime = LONG_AGO,
    ) -> Job | None:
        return await self.jobs.claim(
            instance, renderer, platforms, now, MINUTE, running_per_person, oldest
        )

    async def claimed(self, instance: str = "bot-1", **how: Any) -> Job:
        """The next one, which must be there."""
        job = await self.claim(instance, **how)
        assert job is not None
        return job

    async def run_out(self) -> list[str]:
        """Claim until nothing waits; the ids in their order."""
        ids = []
        while job := await self.claim():
            ids.append(job.id)
        return ids


def fake_stores() -> Stores:
    usage, quota = FakeUsageStore(), FakeQuotaStore()
    jobs = FakeJobStore(usage, quota)
    return Stores(
        jobs=jobs,
        questions=FakeQuestionStore(),
        usage=usage,
        quota=quota,
        settings=FakeSettingsStore(),
        presets=FakePresetStore(),
        shares=FakeShareStore(jobs),
        reports=FakeReportStore(),
    )


_numbers = count()


def a_job(person: str = "ada", *, platform: str = "fake", **changes: Any) -> Job:
    """A new one; ids sort in the order of the calls."""
    job = Job(
        id=f"job{next(_numbers):06}",
        origin=Origin(platform=platform, place="studio", person=person, locale="zh-CN"),
        request=AnimationRequest(seed=2**32 - 1, sampler=Sampler.DPM_2M_KARRAS, prompt="眨眼"),
        renderer=Renderer.PREVIEW,
        picture=Path("/data/jobs/one/picture.png"),
        width=768,
        height=512,
        status=JobStatus.QUEUED,
        created_at=NOON,
        options={"steps": "60"},
        notes=(Note("note-frames-snapped", {"asked": 32, "frames": 33}),),
    )
    return replace(job, **changes)


def a_clip() -> Clip:
    return Clip(
        master=Path("/data/jobs/one/master.mkv"),
        width=768,
        height=512,
        num_frames=3,
        measurement=Measurement(
            verdict=Verdict.FINE,
            blinks=(Blink(1.2, 1.4, 1.6, 0.75, Eye.BOTH, leads=Eye.RIGHT),),
            smile=0.04,
            smile_at_s=5.0,
            drift=0.01,
            curves=Curves(
                (1.0, 0.2, 1.0), (1.0, 0.3, 0.9), (0.0, 0.0, 0.1), (0.0,) * 3, (0.0,) * 3
            ),
        ),
    )


def a_question(question_id: str = "q1", **changes: Any) -> Question:
    question = Question(
        id=question_id,
        origin=Origin(platform="fake", place="studio", person="ada"),
        options={"prompt": "gentle smile"},
        inspection=Inspection(
            Path("/data/jobs/q1/picture.png"),
            640,
            480,
            PictureKind.DRAWING,
            (Face(1, 2, 30, 40, 0.9),),
            reduced_from=(6400, 4800),
        ),
        created_at=NOON,
        asks="face-two",
        args={"count": 2},
        ways_out=(WayOut("crop", {"face": "1"}), WayOut("goon")),
        allowed=frozenset({"goon", "consent"}),
    )
    return replace(question, **changes)

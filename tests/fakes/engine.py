"""An engine without processes: quick, obedient, and failing on demand."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.clip import (
    Chart,
    Clip,
    ClipFile,
    Drawing,
    EncodeOrder,
    Gpu,
    Progress,
    Renderer,
    RenderOrder,
    Trouble,
)
from bot.errors import MediaError, SketchlifeError
from bot.inspection import Face, Inspection, PictureKind, Suspicion
from bot.measurement import Blink, Eye, Measurement, Verdict

FACE = Face(x=100, y=80, width=200, height=260, frontal=0.9)
FINE = Measurement(Verdict.FINE, blinks=(Blink(2.5, 2.8, 3.3, 0.9, Eye.BOTH),), smile=0.05)
FROZEN = Measurement(Verdict.FROZEN)


@dataclass
class FakeEngine:
    """`bot.ports.Engine`. Renders wait for `gate` after their first step; `failures` are raised
    by the next renders, `encode_failures` by the next encodings; `verdicts` are what the next
    clips turn out to be; `troubles` are why renderers take no jobs; `suspicions` and
    `clip_suspicions` what is held against the next pictures and clips."""

    faces: tuple[Face, ...] = (FACE,)
    size: tuple[int, int] = (512, 512)
    kind: PictureKind = PictureKind.DRAWING
    phash: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    failures: deque[BaseException] = field(default_factory=deque)
    encode_failures: deque[SketchlifeError] = field(default_factory=deque)
    refusal: SketchlifeError | None = None
    verdicts: deque[Measurement] = field(default_factory=deque)
    troubles: dict[Renderer, Trouble] = field(default_factory=dict)
    suspicions: deque[Suspicion] = field(default_factory=deque)
    clip_suspicions: deque[Suspicion | SketchlifeError] = field(default_factory=deque)
    clip_bytes: int = 1000
    rendered: list[RenderOrder] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    encoded: list[EncodeOrder] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    cards: list[Gpu] = field(default_factory=list)
    freed: set[Renderer] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gate.set()

    async def inspect(self, upload: Path, folder: Path) -> Inspection:
        if self.refusal:
            raise self.refusal
        width, height = self.size
        return Inspection(upload, width, height, self.kind, self.faces, phash=self.phash)

    async def crop(self, picture: Path, face: Face, folder: Path) -> Inspection:
        return Inspection(picture, face.width, face.height, PictureKind.DRAWING, (face,))

    async def render(self, order: RenderOrder, on_progress: Callable[[Progress], None]) -> Clip:
        self.rendered.append(order)
        on_progress(Progress(1, order.request.frames_shown))
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(order.job_id)
            raise
        if self.failures:
            raise self.failures.popleft()
        master = order.folder / "master.mkv"
        master.write_bytes(b"master")
        return Clip(
            master=master,
            width=order.width,
            height=order.height,
            num_frames=order.request.frames_shown,
        )

    async def judge(self, picture: Path) -> Suspicion | None:
        return self.suspicions.popleft() if self.suspicions else None

    async def judge_clip(self, clip: Clip) -> Suspicion | None:
        found = self.clip_suspicions.popleft() if self.clip_suspicions else None
        if isinstance(found, SketchlifeError):
            raise found
        return found

    async def measure(self, clip: Clip) -> Measurement:
        return self.verdicts.popleft() if self.verdicts else FINE

    async def encode(self, clip: Clip, order: EncodeOrder) -> ClipFile:
        if self.encode_failures:
            raise self.encode_failures.popleft()
        if not clip.master.exists():
            raise MediaError("error-master-gone")
        self.encoded.append(order)
        size = min(self.clip_bytes, order.limit_bytes or self.clip_bytes)
        order.target.write_bytes(b"x" * size)
        return ClipFile(
            path=order.target,
            format=order.format,
            size_bytes=size,
            width=clip.width,
            height=clip.height,
            fitted=("quality",) if size < self.clip_bytes else (),
        )

    async def draw(self, clip: Clip, drawing: Drawing, target: Path) -> Path:
        target.write_bytes(b"picture")
        return target

    async def chart(self, chart: Chart, target: Path) -> Path:
        self.charts.append(chart)
        target.write_bytes(b"chart")
        return target

    async def trouble(self, renderer: Renderer) -> Trouble | None:
        return self.troubles.get(renderer)

    async def free(self, renderer: Renderer) -> None:
        self.freed.add(renderer)

    async def wake(self, renderer: Renderer) -> None:
        self.freed.discard(renderer)

    async def gpus(self) -> list[Gpu]:
        return self.cards

    async def describe(self) -> dict[str, dict[str, str]]:
        return {"fake": {"device": "none"}}

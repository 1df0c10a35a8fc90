"""What is no store: time, files, platforms, workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.card import Card
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
from bot.inspection import Face, Inspection, Suspicion
from bot.measurement import Measurement
from bot.origin import Origin


class Clock(Protocol):
    """Time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The wall clock in UTC."""

    async def sleep(self, seconds: float) -> None: ...


class MediaStore(Protocol):
    """The folders of jobs, on disk. Raises `MediaError` where a file can't be had or written."""

    def folder(self, job_id: str) -> Path:
        """The job's own folder, made if need be."""

    def keep_upload(self, job_id: str, upload: Path) -> Path:
        """Copy an upload into the job's folder as it came."""

    def drop(self, job_id: str) -> None:
        """Remove the job's folder and all that is in it."""

    def job_ids(self, before: datetime) -> list[str]:
        """The jobs that have a folder in which nothing was changed since then."""

    def free_bytes(self) -> int: ...


class Messenger(Protocol):
    """One platform. Raises `MessengerError` and its kinds, nothing else."""

    platform: str

    def connected(self) -> bool:
        """As far as it knows, without asking."""

    def edit_interval_s(self, origin: Origin) -> float:
        """The fastest pace at which one card may be edited there."""

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        """A fresh message with the card; returns what `edit` needs to find it again. The same
        nonce twice shows one message where the platform can tell. A card in the state ASKING
        mentions `origin.author`, audibly, and no card anybody else."""

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        """Change the card in place; the same card twice changes nothing. Raises
        `CardGoneError` where it can't be edited any more, `TooLargeError` for its clip."""

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        """One short audible reply to the card that mentions only `origin.person`."""

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        """The card in private to its owner, where the place is gone."""

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        """Take a message away; where the platform can't any more, show `instead`, without media.
        Gone already is as good."""

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        """Whether so much stands below the message by now that its owner may not see it change; as
        far as the platform tells, without asking."""

    def size_limit(self, origin: Origin) -> int | None:
        """How large a file may be there, in bytes; None: as large as it gets."""

    def place_name(self, community: str) -> str:
        """What people there call it, as far as it knows without asking; else empty."""


class Engine(Protocol):
    """The worker processes. Raises `WorkerError` when one died or hung; it is already being
    started again. Files named in orders and results lie in the job's folder."""

    async def inspect(self, upload: Path, folder: Path) -> Inspection:
        """Judge an upload; the clean picture becomes `folder/picture.png`. `PictureError`."""

    async def crop(self, picture: Path, face: Face, folder: Path) -> Inspection: ...

    async def render(self, order: RenderOrder, on_progress: Callable[[Progress], None]) -> Clip:
        """Render into the lossless master. Cancelling the awaiting task stops the worker
        within one step."""

    async def judge(self, picture: Path) -> Suspicion | None:
        """What a classifier holds against a clean picture; None also where there is none."""

    async def judge_clip(self, clip: Clip) -> Suspicion | None: ...

    async def measure(self, clip: Clip) -> Measurement: ...

    async def encode(self, clip: Clip, order: EncodeOrder) -> ClipFile: ...

    async def draw(self, clip: Clip, drawing: Drawing, target: Path) -> Path: ...

    async def chart(self, chart: Chart, target: Path) -> Path:
        """Usage as a picture."""

    async def trouble(self, renderer: Renderer) -> Trouble | None:
        """Why it takes no jobs now; None where it does. Quick, whatever it is doing."""

    async def free(self, renderer: Renderer) -> None:
        """End its worker, and with it what it holds of memory, until `wake`. Again changes
        nothing."""

    async def wake(self, renderer: Renderer) -> None:
        """Begin to start it, where it was freed."""

    async def gpus(self) -> list[Gpu]:
        """The cards of the machine; none where nothing is known of any."""

    async def describe(self) -> dict[str, dict[str, str]]:
        """What is here, by role: device, plan, process id, memory."""

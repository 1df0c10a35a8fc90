"""Roles for real worker processes in tests: quick, slow, stubborn and deadly ones.

Give their paths to `LocalEngine`, such as `{"preview": "tests.fakes.roles:SlowPreview"}`. They
read their orders from the environment of the worker, when it starts:

    FAKE_STEPS        steps of a render (10)
    FAKE_STEP_S       seconds a step (0.02)
    FAKE_DEATHS_LEFT  a file with a number: how often `DyingPreview` is still to kill itself
    FAKE_GATE         a file: `GatedEyes` and `GatedPreview` wait until it exists
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog

from bot.clip import Clip, ClipFile, Progress, RenderOrder
from bot.errors import MediaError, PictureError, WayOut
from bot.inspection import Face, Inspection, PictureKind
from bot.measurement import Blink, Eye, Measurement, Verdict
from engine.protocol import (
    Answer,
    Crop,
    Draw,
    DrawChart,
    Drawn,
    Encode,
    Encoded,
    Inspect,
    Inspected,
    Measure,
    Measured,
    Render,
    Rendered,
    Task,
)
from engine.role import Cancelled, Report, TaskCancelledError

BLINK = Blink(start_s=2.5, deepest_s=2.75, end_s=3.5, depth=0.8, eye=Eye.BOTH, leads=Eye.RIGHT)


class InstantPreview:
    """Takes no time; its master is a few bytes that only `InstantEyes` take for a clip."""

    lanes = 1
    niceness = 0

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        assert isinstance(task, Render)
        self.render(task.order, report, cancelled)
        return Rendered(clip_of(task.order))

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        master_of(order).write_bytes(b"a clip")
        report(Progress(order.request.num_frames, order.request.num_frames))

    def describe(self) -> dict[str, str]:
        return {"device": "none"}


class SlowPreview(InstantPreview):
    """FAKE_STEPS steps of FAKE_STEP_S seconds, obeying a cancel between two of them."""

    def __init__(self) -> None:
        self.steps = int(os.environ.get("FAKE_STEPS", "10"))
        self.step_s = float(os.environ.get("FAKE_STEP_S", "0.02"))

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        for step in range(self.steps):
            if cancelled():
                raise TaskCancelledError
            self.step(step)
            report(Progress(step + 1, self.steps))
        super().render(order, report, cancelled)

    def step(self, number: int) -> None:
        time.sleep(self.step_s)


class DyingPreview(SlowPreview):
    """Killed in the middle of a render, as often as FAKE_DEATHS_LEFT says."""

    def step(self, number: int) -> None:
        super().step(number)
        counter = Path(os.environ["FAKE_DEATHS_LEFT"])
        left = int(counter.read_text())
        if left and number == self.steps // 2:
            counter.write_text(str(left - 1))
            os.kill(os.getpid(), signal.SIGKILL)


class HangingPreview(InstantPreview):
    """Reports its first step, and then neither goes on nor obeys."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        report(Progress(1, 10))
        while True:
            time.sleep(3600)


class BusyPreview(InstantPreview):
    """Reports its first step, and then never leaves its loop."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        report(Progress(1, 10))
        while True:
            pass


class DeafPreview(InstantPreview):
    """Reports its first step, and then holds Python's lock, so that no other thread can run."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        report(Progress(1, 10))
        libc = ctypes.PyDLL(None)  # unlike CDLL, it keeps the lock during a call
        while True:
            libc.sleep(3600)


class ParentPreview(InstantPreview):
    """Waits for a child process that never ends, as an encoder might."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        with subprocess.Popen(["sleep", "3600"]):
            report(Progress(1, 10))


class NicePreview(InstantPreview):
    niceness = 10


class GatedPreview(InstantPreview):
    """Reports its first step, and goes on once FAKE_GATE exists."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        report(Progress(1, 2))
        wait_for_gate()
        super().render(order, report, cancelled)


class ChattyPreview(SlowPreview):
    """Prints wherever a library might, and asks for input where nobody answers."""

    def step(self, number: int) -> None:
        print('{"kind":"answered","id":1}')  # noqa: T201
        os.write(1, b"\x00\xff half a line")
        os.system("echo from a child process")
        assert sys.stdin.read() == ""


class FailingPreview(InstantPreview):
    """Fails as a library would; with a prompt, as a person's picture would."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        if order.request.prompt:
            raise PictureError(
                "error-picture-ratio",
                ways_out=(WayOut("crop", {"face": "0"}),),
                width=order.width,
                ratio=3.5,
                name=order.picture.name,
            )
        raise ZeroDivisionError("the paper is blank")


class LoggingPreview(InstantPreview):
    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        structlog.get_logger().warning("lids found", count=2)
        super().render(order, report, cancelled)


class UnstartablePreview(InstantPreview):
    def __init__(self) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file")


class FrozenPreview(InstantPreview):
    """A real master in which nothing moves: all frames are the clean picture."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        import numpy as np
        from PIL import Image

        from engine.video.master import MasterWriter

        with Image.open(order.picture) as picture:
            pixels = np.asarray(picture.convert("RGB").resize((order.width, order.height)))
        with MasterWriter(master_of(order), order.width, order.height, clip_of(order).fps) as out:
            for _ in range(order.request.frames_shown):
                out.write(pixels)


class InstantEyes:
    """Believe everything: any upload is a drawing with one face, any clip has blinked."""

    lanes = 2
    niceness = 0

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        match task:
            case Inspect() | Crop():
                return Inspected(self.inspect(task))
            case Measure(clip=clip):
                return Measured(self.measure(clip))
            case Encode():
                return Encoded(self.encode(task))
            case Draw(target=target) | DrawChart(target=target):
                target.write_bytes(b"a drawing")
                return Drawn(target)
            case _:
                raise AssertionError(task)

    def inspect(self, task: Inspect | Crop) -> Inspection:
        upload = task.upload if isinstance(task, Inspect) else task.picture
        picture = task.folder / "picture.png"
        if upload != picture:
            shutil.copyfile(upload, picture)
        face = Face(256, 200, 256, 300, frontal=0.9)
        return Inspection(picture, 768, 768, PictureKind.DRAWING, (face,))

    def measure(self, clip: Clip) -> Measurement:
        return Measurement(Verdict.FINE, (BLINK,), smile=0.04, smile_at_s=5.5, drift=0.01)

    def encode(self, task: Encode) -> ClipFile:
        shutil.copyfile(task.clip.master, task.order.target)
        return ClipFile(
            path=task.order.target,
            format=task.order.format,
            size_bytes=task.order.target.stat().st_size,
            width=task.clip.width,
            height=task.clip.height,
        )

    def describe(self) -> dict[str, str]:
        return {"device": "none"}


class GatedEyes(InstantEyes):
    """Files are encoded once FAKE_GATE exists; a clip is measured only beside another one."""

    def __init__(self) -> None:
        self.beside = threading.Barrier(2)

    def encode(self, task: Encode) -> ClipFile:
        task.order.target.touch()
        wait_for_gate()
        return super().encode(task)

    def measure(self, clip: Clip) -> Measurement:
        self.beside.wait(timeout=30)
        return super().measure(clip)


def wait_for_gate() -> None:
    gate = Path(os.environ["FAKE_GATE"])
    while not gate.exists():
        time.sleep(0.01)


def master_of(order: RenderOrder) -> Path:
    return order.folder / "master.mkv"


def clip_of(order: RenderOrder) -> Clip:
    return Clip(
        master=master_of(order),
        width=order.width,
        height=order.height,
        num_frames=order.request.frames_shown,
    )


class MoodyPreview(InstantPreview):
    """Does what the prompt says: "hang", or "fill the disk" as a real writer meets it."""

    def render(self, order: RenderOrder, report: Report, cancelled: Cancelled) -> None:
        if order.request.prompt == "hang":
            report(Progress(1, 10))
            time.sleep(3600)
        if order.request.prompt == "fill the disk":
            from engine.video.master import MasterWriter

            noise = os.urandom(order.height * order.width * 3)
            import numpy as np

            frame = np.frombuffer(noise, np.uint8).reshape(order.height, order.width, 3)
            with MasterWriter(master_of(order), order.width, order.height, 8) as out:
                while True:
                    out.write(frame)
        super().render(order, report, cancelled)


class PatientEncoder(InstantEyes):
    """Encodes a clip once FAKE_GATE exists: until then jobs stay rendered and measured."""

    def encode(self, task: Encode) -> ClipFile:
        wait_for_gate()
        return super().encode(task)


class PatientEyes(InstantEyes):
    """Measures a clip once FAKE_GATE exists: until then jobs stay rendered."""

    def measure(self, clip: Clip) -> Measurement:
        wait_for_gate()
        return super().measure(clip)

    def encode(self, task: Encode) -> ClipFile:
        if not task.clip.master.exists():
            raise MediaError
        return super().encode(task)

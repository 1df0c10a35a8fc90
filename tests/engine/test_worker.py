"""The worker process by itself: how it ends, and what it leaves to the bot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.clip import Renderer, RenderOrder
from bot.request import AnimationRequest
from engine.protocol import (
    Answered,
    Ask,
    Beat,
    Describe,
    Described,
    Message,
    Ready,
    Render,
    Reported,
    read_message,
    write_command,
)

GUARD_S = 60  # against hanging; nothing here should need it
BOT = """
import asyncio, sys
from pathlib import Path
from engine.local import LocalEngine
from tests.engine.test_worker import render_in

async def main():
    async with LocalEngine({"preview": f"tests.fakes.roles:{sys.argv[2]}"}) as engine:
        def say(_):
            print(pid, flush=True)
        while not (pid := (await engine.describe())["preview"].get("pid")):
            await asyncio.sleep(0.01)
        await engine.render(render_in(Path(sys.argv[1])).order, say)

asyncio.run(main())
"""


def render_in(folder: Path) -> Render:
    return Render(
        RenderOrder(
            job_id="1",
            renderer=Renderer.PREVIEW,
            picture=folder / "picture.png",
            folder=folder,
            request=AnimationRequest(seed=1, num_frames=5),
            width=64,
            height=64,
        )
    )


class Worker:
    """A worker process with a test in the place of the bot."""

    def __init__(self, role: str) -> None:
        command = [sys.executable, "-m", "engine.worker", "preview", f"tests.fakes.roles:{role}"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        self.until(Ready)

    def say(self, ask: Ask) -> None:
        self.process.stdin.write(write_command(ask))
        self.process.stdin.flush()

    def until(self, kind: type[Message]) -> Message:
        """The next message of a kind."""
        for line in self.process.stdout:
            if isinstance(message := read_message(line), kind):
                return message
        raise EOFError(f"the worker ended before it said {kind}")

    def close(self) -> None:
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(GUARD_S)


@pytest.fixture
def start() -> Iterator[type[Worker]]:
    workers = []

    def start_one(role: str) -> Worker:
        workers.append(Worker(role))
        return workers[-1]

    yield start_one
    for worker in workers:
        worker.close()


def ended(pid: int) -> bool:
    """Within the guard's time; a zombie has ended too, whoever has to reap it."""
    deadline = time.monotonic() + GUARD_S
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("role", ["BusyPreview", "HangingPreview"])
def test_a_closed_pipe_ends_it_in_the_middle_of_a_step(start, tmp_path, role):
    worker = start(role)
    worker.say(Ask(1, render_in(tmp_path)))
    worker.until(Reported)
    worker.process.stdin.close()
    assert worker.process.wait(GUARD_S) != 0


def test_a_closed_pipe_ends_its_child_processes_too(start, tmp_path):
    worker = start("ParentPreview")
    worker.say(Ask(1, render_in(tmp_path)))
    worker.until(Reported)
    [child] = psutil.Process(worker.process.pid).children()
    worker.process.stdin.close()
    worker.process.wait(GUARD_S)
    assert ended(child.pid)


@pytest.mark.parametrize("role", ["BusyPreview", "DeafPreview"])
def test_it_ends_when_the_bot_is_killed_in_the_middle_of_a_step(tmp_path, role):
    """Even where no thread can notice, since the step holds Python's lock."""
    with subprocess.Popen(
        [sys.executable, "-c", BOT, str(tmp_path), role], stdout=subprocess.PIPE, text=True
    ) as bot:
        pid = next(int(line) for line in bot.stdout if line.strip().isdigit())
        bot.kill()
        assert ended(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_meant_for_the_bot_pass_it_by(start, tmp_path, number):
    worker = start("SlowPreview")
    worker.say(Ask(1, render_in(tmp_path)))
    worker.until(Reported)
    os.kill(worker.process.pid, number)
    assert worker.until(Answered).id == 1


def test_it_beats_and_describes_itself_while_it_renders(start, tmp_path):
    worker = start("HangingPreview")
    worker.say(Ask(1, render_in(tmp_path)))
    worker.until(Reported)
    worker.say(Ask(2, Describe()))
    assert worker.until(Answered) == Answered(2, Described({"device": "none"}))
    worker.until(Beat)
    worker.until(Beat)


def test_a_role_that_is_nice_steps_back_with_its_whole_work(start):
    worker = start("NicePreview")
    worker.say(Ask(1, Describe()))
    worker.until(Answered)
    assert psutil.Process(worker.process.pid).nice() == os.nice(0) + 10


def test_a_command_that_it_cannot_read_ends_it(start):
    worker = start("InstantPreview")
    worker.process.stdin.write(b"render something\n")
    worker.process.stdin.flush()
    assert worker.process.wait(GUARD_S) != 0

"""`python -m bot` as a person runs it: in a process of its own, judged by what comes out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.journeys.world import GUARD_S, World, alive

SECRET = "secret-token-of-a-bot"
ROOT = Path(__file__).parents[2]
SKETCH = ROOT / "examples" / "sketch.png"
DRAWINGS = ROOT / "tests" / "drawings"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert SECRET not in self.out + self.err, "a token in the output"


class CommandLine:
    """A terminal in an empty folder, with the world's data folder and a token in its settings."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.folder = world.root / "home"
        self.folder.mkdir()
        own = {"DISCORD_TOKEN": SECRET, "LANGUAGE": "en", "PYTHONPATH": str(ROOT)}
        usual = {name: value for name, value in os.environ.items() if name != "LOG_LEVEL"}
        self.env = usual | world.variables | own
        del self.env["LOG_LEVEL"]

    def run(self, *words: str | Path, **env: str) -> Ran:
        with self.started(*words, **env) as process:
            out, err = process.communicate(timeout=GUARD_S)
        return Ran(process.returncode, out, err)

    @contextmanager
    def started(self, *words: str | Path, **env: str) -> Iterator[subprocess.Popen[str]]:
        """In a process group of its own, as a shell does, so that Ctrl-C reaches all of it."""
        command = [sys.executable, "-m", "bot", *map(str, words)]
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def until_rendering(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Until the bar moves; the processes of the command by then."""
    assert process.stderr is not None
    for line in process.stderr:
        if "█" in line:
            me = psutil.Process(process.pid)
            return [me, *me.children(recursive=True)]
    raise AssertionError("it ended without a step")


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)


def all_gone(family: list[psutil.Process]) -> bool:
    psutil.wait_procs(family, timeout=GUARD_S)
    return not alive(family)

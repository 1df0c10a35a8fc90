"""The walls of the house: who may import whom, and what the bot process never loads."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "engine", "adapters", "migrations")
LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)
FOR_WORKERS = (
    "torch",
    "diffusers",
    "transformers",
    "mediapipe",
    "cv2",
    "PIL",
    "numpy",
    "scipy",
    "jax",
)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house again, to break its walls in."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_walls_stand() -> None:
    done = run(LINT, ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("bot/queue/fairness.py", "import adapters.db", "bot imports neither adapters nor engine"),
        ("bot/service.py", "import engine.local", "bot imports neither adapters nor engine"),
        ("bot/card.py", "from PIL import Image", "bot knows no platform"),
        ("bot/job.py", "import sqlalchemy", "bot knows no platform"),
        ("engine/protocol.py", "import bot.service", "engine imports the values of bot"),
        ("bot/request.py", "import bot.job", "the values that both sides speak of"),
        ("engine/protocol.py", "import adapters.db", "engine knows no adapters"),
        ("adapters/media/__init__.py", "import adapters.db", "adapters never import each other"),
        ("adapters/terminal/__init__.py", "import cv2", "adapters do not reach into the engine"),
        ("engine/worker.py", "import torch", "torch and its family"),
        ("engine/protocol.py", "import numpy", "the bot process starts without"),
    ],
)
def test_a_hole_in_a_wall_is_found(copy: Path, module: str, line: str, broken: str) -> None:
    with (copy / module).open("a") as source:
        source.write(f"\n{line}\n")
    done = run(LINT, copy)
    assert done.returncode != 0
    kept_or_broken = [said for said in done.stdout.splitlines() if said.startswith(broken)]
    assert any("BROKEN" in said for said in kept_or_broken), done.stdout


def test_the_bot_process_loads_nothing_that_only_workers_need() -> None:
    loaded = run("import bot.__main__, bot.app.running, sys; print(*sys.modules)", ROOT)
    assert loaded.returncode == 0, loaded.stderr
    assert set(loaded.stdout.split()) & set(FOR_WORKERS) == set()

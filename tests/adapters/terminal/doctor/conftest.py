"""A machine without a GPU, and workers that tell what a test wants them to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.terminal.doctor.examining import READY, Workers


@pytest.fixture
def workers() -> Workers:
    workers = Workers()
    workers.facts = {"eyes": READY | {"ffmpeg": "7.0.2"}, "preview": dict(READY)}
    return workers


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty PATH; a test may put an nvidia-smi into it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path

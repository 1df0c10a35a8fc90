"""A hub on loopback that breaks off, refuses and hides, and a machine that downloads from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.easyanimate.downloads.machine import Machine
from tests.fakes.hub import FakeHub, serving


@pytest.fixture
def hub(tmp_path: Path, v5_path: Path) -> Iterator[FakeHub]:
    folder = tmp_path / "on-the-hub"
    shutil.copytree(v5_path, folder)
    with serving(FakeHub(folder)) as hub:
        yield hub


@pytest.fixture
def machine(tmp_path: Path, hub: FakeHub) -> Machine:
    return Machine(tmp_path / "home", hub)

"""The world of a journey, where it is nothing special."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)

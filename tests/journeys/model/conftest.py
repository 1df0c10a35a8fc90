"""The tiny checkpoint's world, for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.model.studio import with_model
from tests.journeys.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_model(tmp_path)

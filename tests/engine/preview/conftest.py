"""Drawings of this project, and one face mesh for all tests of the preview."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.eyes.face import FaceMesh

DRAWINGS = Path(__file__).parents[2] / "drawings"

Draw = Callable[[str], NDArray[np.uint8]]


@pytest.fixture(scope="session")
def mesh() -> FaceMesh:
    return FaceMesh()


@pytest.fixture(scope="session")
def drawing() -> Draw:
    """A drawing by name, as the eyes would hand it over: (height, width, 3) RGB."""
    return lambda name: np.array(Image.open(DRAWINGS / f"{name}.png").convert("RGB"))

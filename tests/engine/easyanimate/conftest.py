"""What holds for every test of this engine: one thread, and no cache folder but its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engine.easyanimate import cases
from tests.engine.easyanimate.variants import copied

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def own_cache_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def v5_path() -> Path:
    return cases.V5


@pytest.fixture
def v5_1_path() -> Path:
    return cases.V5_1


@pytest.fixture
def v5(v5_path: Path, tmp_path: Path) -> Path:
    return copied(v5_path, tmp_path / "model")


@pytest.fixture
def v5_1(v5_1_path: Path, tmp_path: Path) -> Path:
    return copied(v5_1_path, tmp_path / "model")

"""What the driver's own tool says of the cards."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.clip import Gpu
from engine.gpu import gpu_of, read_gpus

SAID = "NVIDIA GeForce RTX 4090 D, 20310, 24564, 97, 401.25, 425.00"
CARD = Gpu("NVIDIA GeForce RTX 4090 D", 20310 * 2**20, 24564 * 2**20, 0.97, 401.25, 425.0)


def a_driver(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = folder / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


async def test_each_card_is_read_with_its_memory_use_and_power(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_driver(tmp_path, f"echo '{SAID}'; echo '{SAID}'", monkeypatch)
    assert await read_gpus() == [CARD, CARD]


def test_what_a_card_does_not_tell_is_nothing() -> None:
    assert gpu_of("A card, 1, 2, [N/A], [Not Supported], 70.00") == Gpu(
        "A card", 2**20, 2 * 2**20, limit_w=70.0
    )


@pytest.mark.parametrize("script", ["exit 9", "echo 'NVIDIA-SMI has failed'"])
async def test_a_driver_that_fails_has_no_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    a_driver(tmp_path, script, monkeypatch)
    assert await read_gpus() == []


async def test_no_driver_has_no_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await read_gpus() == []

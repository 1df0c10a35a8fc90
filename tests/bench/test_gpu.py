"""The measurement of a card, in its tiny form on the CPU: known to work before there is a card."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from bench import gpu
from bench.gpu_ways import DIFFUSERS, WAYS

WAYS_ON_A_CPU = ("exact, sdpa", "exact, one branch after the other", "fast")


def rows(told: str) -> list[list[str]]:
    """The cells of all tables, heads left out."""
    lines = [line[2:-2].split(" | ") for line in told.splitlines() if line.startswith("| ")]
    return [cells for cells in lines if cells[0].strip() and not cells[0].startswith("---")]


def test_every_way_has_its_line_at_every_size(capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--tiny"])
    told = capsys.readouterr().out
    names = [cells[0] for cells in rows(told)]
    for way in WAYS:
        found = [name for name in names if name == way.name or name.startswith(f"{way.name} (")]
        assert len(found) >= len(gpu.TINY.clips), way
    compiled = next(cells for cells in rows(told) if cells[0].startswith("exact, compiled"))
    assert compiled[1].strip(), compiled
    for cells in rows(told):
        if cells[0].startswith(WAYS_ON_A_CPU) and not cells[0].startswith("exact, sdpa-"):
            assert float(cells[1]) >= 0


def test_ours_computes_what_diffusers_does(capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--tiny"])
    apart = [
        float(cells[8].removesuffix(" σ"))
        for cells in rows(capsys.readouterr().out)
        if "σ" in cells[8]
    ]
    assert apart
    assert max(apart) < 1e-4


def test_a_backend_that_is_not_there_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--tiny"])
    lines = [cells for cells in rows(capsys.readouterr().out) if cells[0] == "exact, sdpa-cudnn"]
    assert [cells[1] for cells in lines] == ["does not run here"] * len(gpu.TINY.clips)


def test_a_card_that_runs_out_of_memory_is_asked_for_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_room(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB\nand so on")

    monkeypatch.setattr(gpu, "run", no_room)
    gpu.main(["--tiny"])
    for cells in rows(capsys.readouterr().out):
        assert cells[1] == "OutOfMemoryError: CUDA out of memory. Tried to allocate 9 GiB"


def test_nothing_begins_that_would_end_too_late(capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--tiny", "--minutes", "0"])
    told = rows(capsys.readouterr().out)
    assert {cells[1] for cells in told} == {"no time left"}
    assert told[0][0] == DIFFUSERS.name


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_machine_without_a_card_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        gpu.main([])
    assert "--tiny needs none" in capsys.readouterr().err

"""The measurement of a card, in its tiny form on the CPU: known to work before there is a card."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from importlib.metadata import distribution, requires
from pathlib import Path
from typing import Any

import pytest
import torch

from bench import gpu
from bench.gpu_ways import CHOSEN, DIFFUSERS, KERNELS, run

# what diffusers imports where it is there, in whatever state
UNNEEDED = (
    *("accelerate", "bitsandbytes", "flashinfer", "gguf"),
    *("peft", "torchao", "transformers", "xformers"),
)
ROOT = Path(gpu.__file__).parents[1]
PATIENCE_S = 240
ON_EVERY_CPU = (*CHOSEN, KERNELS[-1])


@pytest.fixture(autouse=True)
def begun_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its minutes count from when it is imported, and what is tested before it may take more."""
    monkeypatch.setattr(gpu, "STARTED", time.monotonic())


def rows(told: str) -> list[list[str]]:
    """The cells of the table, heads left out."""
    lines = [line[2:-2].split(" | ") for line in told.splitlines() if line.startswith("| ")]
    return [cells for cells in lines if cells[0].strip() and not cells[0].startswith("---")]


def row(told: str, name: str) -> list[str]:
    return next(cells for cells in rows(told) if cells[0].startswith(name))


def wheels() -> list[str]:
    """The packages that the module tells to bring along."""
    named = re.search(r"--platform manylinux_2_17_x86_64 \\\n(.*?)\n\s+#", gpu.__doc__ or "", re.S)
    assert named
    return named[1].replace("\\\n", " ").split()


def torchs_own() -> set[str]:
    """torch and all that it needs, by its own word."""
    found, left = set[str](), ["torch"]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        wanted = [one for one in requires(name) or () if "extra ==" not in one]
        left += [re.split(r"[^\w.-]", one)[0] for one in wanted if _is_there(one)]
    return found


def _is_there(requirement: str) -> bool:
    try:
        distribution(re.split(r"[^\w.-]", requirement)[0])
    except ModuleNotFoundError:  # for another system, or a torch that brings no CUDA
        return False
    return True


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What it prints where there is torch and what it says to bring along, and nothing else that
    works."""
    site = tmp_path_factory.mktemp("site")
    for name in {*wheels(), *torchs_own()}:
        found = distribution(name)
        for top in {Path(file).parts[0] for file in found.files or ()} - {".."}:
            link, real = site / top, Path(str(found.locate_file(top)))
            if real.exists() and not link.exists():
                link.symlink_to(real)
    for name in UNNEEDED:
        (site / f"{name}.py").write_text("raise ImportError('made for another torch')")
        about = site / f"{name}-9.dist-info" / "METADATA"
        about.parent.mkdir()
        about.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9\n")
    ran = subprocess.run(
        [sys.executable, "-S", "-m", "bench.gpu", "--tiny"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(site), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_every_way_has_its_line_at_every_size(told: str) -> None:
    for clip in gpu.TINY.clips:
        for way in (*CHOSEN, *KERNELS):
            assert row(told, f"{clip}: {way.name}")
        for way in ON_EVERY_CPU:
            assert float(row(told, f"{clip}: {way.name}")[1]) >= 0
    assert row(told, f"{gpu.TINY.clips[0]}: exact, compiled")[1].strip()


def test_what_people_get_comes_first(told: str) -> None:
    names = [cells[0] for cells in rows(told)]
    wished = [f"{clip}: {way.name}" for clip in gpu.TINY.clips for way in CHOSEN]
    assert [name.split(" (")[0] for name in names[: len(wished)]] == wished


def test_the_rows_fit_into_the_results(told: str) -> None:
    head = next(line for line in told.splitlines() if line.startswith("| "))
    results = (ROOT / "bench" / "RESULTS.md").read_text()
    assert head in results
    assert all(len(cells) == len(gpu.HEADS) for cells in rows(told))
    for clip in gpu.CUDA.clips:
        for way in CHOSEN:
            assert f"| {clip}: {way.name}" in results


def test_ours_computes_what_diffusers_does(told: str) -> None:
    apart = [float(cells[8].removesuffix(" σ")) for cells in rows(told) if "σ" in cells[8]]
    assert apart
    assert max(apart) < 1e-4


def test_a_backend_that_is_not_there_is_a_line(told: str) -> None:
    for clip in gpu.TINY.clips:
        assert row(told, f"{clip}: exact, sdpa-cudnn")[1] == "does not run here"


def test_the_best_attention_is_not_measured_twice(told: str) -> None:
    for clip in gpu.TINY.clips:
        best = row(told, f"{clip}: exact, the best attention (sdpa)")
        again = next(cells for cells in rows(told) if cells[0] == f"{clip}: exact, sdpa")
        assert float(best[1]) >= 0
        assert again[1] == "the best attention, see there"


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
    assert DIFFUSERS.name in told[0][0]


@pytest.mark.slow
def test_what_turns_out_slower_than_thought_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu, "run", lambda *asked: run(*asked[:-1], ends=0))
    gpu.main(["--tiny"])
    for cells in rows(capsys.readouterr().out):
        assert cells[1] in ("too slow for the time left", "does not run here")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_machine_without_a_card_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        gpu.main([])
    assert "--tiny needs none" in capsys.readouterr().err

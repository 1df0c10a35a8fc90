"""The measurements still work: each once, as small as it gets. Figures are not judged here."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from bench import saving
from bench.__main__ import CARD, MEASUREMENTS, page
from bench.sizes import TINY
from bench.table import Figure, Sample, Table
from bench.trial import ALL, CACHE, CACHE_DIT, EXACT, LATE, THEIRS

LONG = (  # with the slow tests
    *("first_clip", "denoising", "accepting", "workers", "day"),
    *("streaming", "starting", "rendering", "inspecting"),
)
NOTHING_LOST = ("accepting", "workers", "day", "streaming")
FIGURES = [
    pytest.param(name, marks=[pytest.mark.slow] * (name in LONG))
    for name in MEASUREMENTS
    if name != "saving"
]


@pytest.mark.parametrize("name", FIGURES)
async def test_a_measurement_fills_its_table(name: str, tmp_path: Path) -> None:
    table = await importlib.import_module(f"bench.{name}").measure(TINY, tmp_path)
    for figure in table.figures:
        assert all(value >= 0 for value in figure.ours.values), figure.what
    nothing_of_it = [one for one in table.figures if one.aim == "0"]
    assert bool(nothing_of_it) == (name in NOTHING_LOST)
    assert {one.what: one.ours.median for one in nothing_of_it if one.ours.median} == {}


async def test_each_saving_has_its_distances(tmp_path: Path) -> None:
    grid = await saving.measure(TINY, tmp_path)
    rows = {row[0]: dict(zip(grid.heads, row, strict=True)) for row in grid.rows}
    assert set(rows) >= {EXACT, LATE, CACHE, ALL, THEIRS, CACHE_DIT}
    exact, steps = rows[EXACT], TINY.steps_saved
    assert (exact["forwards"], exact["latents, largest difference"]) == (str(2 * steps), "0")
    assert (exact["PSNR, dB"], exact["SSIM"], exact["lids"]) == ("∞", "1.0000", "no face")
    assert rows[THEIRS]["forwards"] == exact["forwards"]
    assert int(rows[LATE]["forwards"]) < 2 * steps
    assert rows[CACHE_DIT]["forwards"] == rows[CACHE]["forwards"]


def test_a_ratio_is_that_of_the_two_in_each_round() -> None:
    ours, theirs = Sample.of([10, 30, 24], "s"), Sample.of([5, 10, 8], "s")
    assert str(ours.over(theirs)) == "3 × (2 to 3)"


def test_a_figure_without_a_peer_leaves_its_cells_empty() -> None:
    table = Table("Start", "Once.", [Figure(what="ready", ours=Sample.of([0.8123], "s"))])
    assert str(table).splitlines()[-1] == "| ready | 0.812 s |  |  |  |  |"


def test_numbers_keep_three_digits() -> None:
    assert str(Sample.of([1234.5], "jobs/s")) == "1,234 jobs/s"


def test_new_results_keep_what_the_card_was_measured_to_do() -> None:
    table = Table("Start", "Once.", [Figure(what="ready", ours=Sample.of([0.8], "s"))])
    card = f"{CARD}\n| 512 | 0.7 s |\n"
    written = page("- a machine\n", [table], f"old\n{card}")
    assert written.endswith(f"| ready | 0.8 s |  |  |  |  |\n{card}")
    assert "old" not in written

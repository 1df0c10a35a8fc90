"""The page about the samplers can be written again."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from bench.samplers import DATA, DOCS, STEPS, draw, error_table, filled
from engine.easyanimate.checkpoint import Family

CURVES = {
    (data, family, name): [1.0, 0.4, 0.2, 0.1]
    for data in (*DATA, "interior")
    for family in Family
    for name in ("DDIM", "Flow")
}


def test_a_table_takes_the_place_of_the_one_before() -> None:
    page = "Before.\n<!-- errors -->\n| old |\n<!-- /errors -->\nAfter."
    expected = "Before.\n<!-- errors -->\n| new |\n<!-- /errors -->\nAfter."
    assert filled(page, {"errors": "| new |"}) == expected


def test_the_page_has_a_place_for_each_table() -> None:
    page = (DOCS / "samplers.md").read_text()
    for name in ("errors", "interior", "moments", "caps", "uneven"):
        assert "| changed |" in filled(page, {name: "| changed |"})


def test_a_row_says_how_the_error_falls() -> None:
    table = error_table({("Gaussian", Family.V5, "DDIM"): [1.0, 0.4, 0.2, 0.1]})
    row = "| Gaussian | V5 | DDIM | 1.0000 | 0.4000 | 0.2000 | 0.1000 | ÷ 2.00 |"
    assert table.splitlines()[-1] == row
    assert all(f"{steps} steps" in table for steps in STEPS)


def test_the_plot_is_drawn(tmp_path: Path) -> None:
    draw(CURVES, tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as plot:
        assert min(plot.size) > 400

"""A chart as the shapes of an SVG."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.bars import HEIGHT, WIDTH, bars_view, end_of_scale
from bot.clip import Chart


def chart_of(**series: tuple[float, ...]) -> Chart:
    length = len(next(iter(series.values())))
    return Chart("Clips", "clips", tuple(f"03-0{n}" for n in range(length)), series)


def test_series_stand_on_top_of_each_other() -> None:
    view = bars_view(chart_of(delivered=(3.0, 0.0), failed=(1.0, 0.0)))
    assert (view.names, view.highest) == (("delivered", "failed"), 5)
    first, second = view.bars
    delivered, failed = first.blocks
    assert (delivered.series, delivered.y + delivered.height) == (0, HEIGHT)
    assert (failed.series, failed.y + failed.height) == (1, delivered.y)
    assert delivered.height == pytest.approx(HEIGHT * 3 / 5)
    assert (second.blocks, second.values, second.label) == ((), (0, 0), "03-01")


def test_bars_stand_side_by_side_within_the_drawing() -> None:
    view = bars_view(chart_of(delivered=tuple([1.0] * 30)))
    for left, right in zip(view.bars, view.bars[1:], strict=False):
        assert left.x + view.bar_width < right.x
    assert view.bars[0].x > 0
    assert view.bars[-1].x + view.bar_width < WIDTH


def test_where_nothing_was_made_there_is_nothing_to_see() -> None:
    assert bars_view(chart_of(delivered=(0.0, 0.0))).empty
    assert not bars_view(chart_of(delivered=(0.0, 1.0))).empty


@given(st.floats(0.001, 1e9))
def test_the_scale_ends_at_a_round_number_that_nothing_is_above(highest: float) -> None:
    end = end_of_scale(highest)
    assert highest * (1 - 1e-6) <= end <= highest * 2.5

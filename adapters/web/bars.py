"""A chart's bars as the shapes of an SVG, on top of each other where there are several series."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from bot.clip import Chart

WIDTH, HEIGHT = 1000.0, 160.0  # of the drawing, in its own units
GAP = 0.3  # of a bar's room is left empty
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # of which the scale's end is one, times a power of ten


@dataclass(frozen=True, slots=True)
class Block:
    """`series` counts from 0 and is that of its colour."""

    series: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class BarView:
    """`values` as they are told, one of each series."""

    label: str
    x: float
    blocks: tuple[Block, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BarsView:
    """`highest` is what the whole height stands for."""

    title: str
    unit: str
    names: tuple[str, ...]
    bars: tuple[BarView, ...]
    bar_width: float
    highest: float
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def empty(self) -> bool:
        return not any(bar.blocks for bar in self.bars)


def bars_view(chart: Chart) -> BarsView:
    columns = list(zip(*chart.series.values(), strict=True))
    highest = end_of_scale(max(map(sum, columns), default=0.0))
    room = WIDTH / max(len(columns), 1)
    return BarsView(
        title=chart.title,
        unit=chart.unit,
        names=tuple(chart.series),
        bars=tuple(
            BarView(
                label,
                round((number + GAP / 2) * room, 2),
                _blocks(values, highest),
                tuple(map(as_told, values)),
            )
            for number, (label, values) in enumerate(zip(chart.labels, columns, strict=True))
        ),
        bar_width=round(room * (1 - GAP), 2),
        highest=as_told(highest),
    )


def end_of_scale(highest: float) -> float:
    """The next round number."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(step for step in STEPS if step * power >= highest * (1 - 1e-9)) * power


def as_told(value: float) -> float:
    """As exact as a person reads it."""
    return round(value, 1) if value < 10 else float(round(value))


def _blocks(values: tuple[float, ...], highest: float) -> tuple[Block, ...]:
    """From the ground up; what is nothing has no block."""
    blocks, ground = [], HEIGHT
    for series, value in enumerate(values):
        height = value / highest * HEIGHT
        ground -= height
        if height > 0:
            blocks.append(Block(series, round(ground, 2), round(height, 2)))
    return tuple(blocks)

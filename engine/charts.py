"""Usage as a picture: stacked bars over time."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ticker import MaxNLocator

from bot.clip import Chart
from bot.errors import MediaError
from engine.curves import ONE_AT_A_TIME
from engine.video.publish import part_of, publish

# Chinese characters come from a font of our own (see `engine/fonts`), as no system can be
# counted on to have one.
CHINESE = Path(__file__).parent / "fonts" / "chart-zh.otf"
COLOURS = ("#1f6fb2", "#d1602c", "#3b8f5a", "#8a6bb1")
GRID, PALE, INK = "#e4e4e4", "#6b6b6b", "#222222"
INCHES, DPI = (9.0, 4.2), 110
BAR = 0.72  # of the room of a bar
FEWEST_PLACES = 7  # a single bar is no wall
MOST_LABELS = 16  # more would run into each other


def draw_chart(chart: Chart, target: Path) -> Path:
    """Write the chart to `target` as a PNG and return it. Raises `MediaError`."""
    part = part_of(target)
    try:
        with ONE_AT_A_TIME:
            _draw(chart, part)
    except OSError as error:
        raise MediaError.of(error, target.name) from error
    publish(part, target)
    return target


def _draw(chart: Chart, target: Path) -> None:
    fonts = _fonts()
    figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    axes.set_title(chart.title, loc="left", color=INK, pad=12, fontproperties=_sized(fonts, 13))
    axes.set_ylabel(chart.unit, color=PALE, fontproperties=_sized(fonts, 10))
    _bars(axes, chart)
    _finish(axes, chart, fonts)
    figure.savefig(target, format="png")


def _bars(axes: Any, chart: Chart) -> None:
    """One series upon the other; they share their places, not their scale."""
    places = range(len(chart.labels))
    below = [0.0] * len(chart.labels)
    for number, (legend, values) in enumerate(chart.series.items()):
        colour = COLOURS[number % len(COLOURS)]
        axes.bar(places, values, BAR, bottom=below, color=colour, label=legend)
        below = [low + value for low, value in zip(below, values, strict=True)]
    axes.set_ylim(0, max(below, default=0.0) * 1.08 or 1.0)  # bars of nothing need a scale too
    room = max(FEWEST_PLACES - len(chart.labels), 0) / 2
    axes.set_xlim(-0.6 - room, len(chart.labels) - 0.4 + room)


def _finish(axes: Any, chart: Chart, fonts: list[str]) -> None:
    every = -(-len(chart.labels) // MOST_LABELS) or 1
    axes.set_xticks(
        range(0, len(chart.labels), every),
        chart.labels[::every],
        color=PALE,
        fontproperties=_sized(fonts, 9),
    )
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.tick_params(length=0, colors=PALE, labelsize=9)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    if chart.series:
        # above the bars, where it can't cover any of them
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            ncols=len(chart.series),
            frameon=False,
            prop=_sized(fonts, 10),
        )


@cache
def _fonts() -> list[str]:
    """Matplotlib's own font, and ours for what that lacks."""
    fontManager.addfont(CHINESE)
    return ["DejaVu Sans", FontProperties(fname=CHINESE).get_name()]


def _sized(fonts: list[str], size: float) -> FontProperties:
    return FontProperties(family=fonts, size=size)

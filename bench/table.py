"""What was measured: samples, figures beside their peers, and tables of them as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Sample:
    """The same thing measured several times; said as its median and, in brackets, its spread."""

    values: tuple[float, ...]
    unit: str = ""

    @classmethod
    def of(cls, values: Iterable[float], unit: str = "") -> Sample:
        return cls(tuple(values), unit)

    @property
    def median(self) -> float:
        return median(self.values)

    def over(self, other: Sample) -> Sample:
        """The ratio, round by round: what slows one round slows both that stand in it."""
        pairs = zip(self.values, other.values, strict=True)
        return Sample(tuple(ours / theirs for ours, theirs in pairs), "×")

    def __str__(self) -> str:
        said = f"{number(self.median)} {self.unit}".strip()
        if len(self.values) == 1:
            return said
        return f"{said} ({number(min(self.values))} to {number(max(self.values))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row. Without a peer it stands for itself; beside one that took nothing at all there is
    no ratio to tell."""

    what: str
    ours: Sample
    peer: str = ""
    theirs: Sample | None = None
    aim: str = ""

    def cells(self) -> tuple[str, ...]:
        ratio = ""
        if self.theirs and all(self.theirs.values):
            ratio = str(self.ours.over(self.theirs))
        return self.what, str(self.ours), self.aim, self.peer, str(self.theirs or ""), ratio


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    note: str
    figures: Sequence[Figure]

    def __str__(self) -> str:
        heads = ("", "measured", "aim", "peer", "peer measured", "ratio")
        return str(Grid(self.title, self.note, heads, [one.cells() for one in self.figures]))


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose columns are its own, where a figure has several sides to it."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        lines = [*head_lines(self.heads), *(row_line(row) for row in self.rows)]
        return "\n".join([f"## {self.title}", "", self.note, "", *lines, ""])


def head_lines(heads: Sequence[str]) -> list[str]:
    return [row_line(heads), row_line(["---"] * len(heads))]


def row_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def number(value: float) -> str:
    """Three digits, no more than anybody should believe."""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}"

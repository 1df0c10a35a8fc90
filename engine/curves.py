"""The expression curves of a clip as a picture."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bot.measurement import Curves, Measurement
from engine.key_frames import KeyFrame, Labels

LEFT, RIGHT, MOUTH, HEAD = "#1f6fb2", "#d1602c", "#3b8f5a", "#8a6bb1"
MARK, GRID, BLINK = "#8a8a8a", "#e4e4e4", "#f6eed6"
INCHES, DPI = (9.0, 5.4), 110
ROOM = 0.11  # of the time axis: a name that follows sooner goes above the one before it
SHOWN_LIFT = 0.06  # eye distances that the lower axis shows at least, so that noise stays small

ONE_AT_A_TIME = threading.Lock()  # matplotlib shares its caches between figures


def draw_curves(
    measurement: Measurement,
    keys: Sequence[KeyFrame],
    fps: int,
    labels: Labels,
    target: Path,
    file_format: str,
) -> None:
    """Write the eyes above, mouth and head below, over seconds, with the key frames marked;
    `file_format` is "png" or "svg"."""
    with ONE_AT_A_TIME:
        figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
        eyes, face = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        if measurement.curves is None:
            figure.clear()
            figure.text(0.5, 0.5, labels.unmeasured, ha="center", fontsize=14)
        else:
            _draw_eyes(eyes, measurement.curves, fps, labels)
            _draw_face(face, measurement.curves, fps, labels)
            _mark(eyes, face, measurement, keys)
        undated: Any = {"Date": None} if file_format == "svg" else None
        figure.savefig(target, format=file_format, metadata=undated)


def _draw_eyes(axes: Any, curves: Curves, fps: int, labels: Labels) -> None:
    times = _times(curves, fps)
    axes.plot(times, curves.left_eye, color=LEFT, marker=".", label=labels.left_eye)
    axes.plot(times, curves.right_eye, color=RIGHT, marker=".", label=labels.right_eye)
    axes.set_ylim(0, max(1.2, *curves.left_eye, *curves.right_eye) + 0.05)
    _finish(axes, labels.openness)


def _draw_face(axes: Any, curves: Curves, fps: int, labels: Labels) -> None:
    times = _times(curves, fps)
    head = [(x**2 + y**2) ** 0.5 for x, y in zip(curves.drift_x, curves.drift_y, strict=True)]
    axes.plot(times, curves.mouth, color=MOUTH, marker=".", label=labels.mouth)
    axes.plot(times, head, color=HEAD, linewidth=1, label=labels.drift)
    axes.set_ylim(min(-0.02, *curves.mouth) - 0.005, max(SHOWN_LIFT, *curves.mouth, *head) + 0.01)
    axes.set_xlabel(labels.seconds)
    _finish(axes, labels.lift)


def _finish(axes: Any, label: str) -> None:
    axes.set_ylabel(label)
    axes.grid(color=GRID)
    axes.set_axisbelow(True)
    axes.margins(x=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    # beside the curves, where it can't cover any of them
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)


def _mark(eyes: Any, face: Any, measurement: Measurement, keys: Sequence[KeyFrame]) -> None:
    """Shade the blinks; a dashed line through both axes and a name for each key frame."""
    for blink in measurement.blinks:
        eyes.axvspan(blink.start_s, blink.end_s, color=BLINK, zorder=0)
    left, right = eyes.get_xlim()
    below = left - right
    for key in keys:
        for axes in (eyes, face):
            axes.axvline(key.seconds, color=MARK, linewidth=1, linestyle="--", zorder=1)
        crowded = key.seconds - below < ROOM * (right - left)
        below = left - right if crowded else key.seconds
        eyes.annotate(
            f"{key.label}\n{key.seconds:.2f}",
            (key.seconds, 1.0),
            xycoords=eyes.get_xaxis_transform(),
            xytext=(0, 26 if crowded else 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
        )


def _times(curves: Curves, fps: int) -> list[float]:
    return [frame / fps for frame in range(len(curves.left_eye))]

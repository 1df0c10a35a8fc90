"""Looks at uploads and clips for what the operator does not want here, as a worker's role."""

from __future__ import annotations

import os
from collections.abc import Iterator

import structlog

from bot.clip import Clip
from bot.errors import WorkerError
from engine.pixels import read_pixels
from engine.protocol import Answer, Judge, JudgeClip, Judged, Task
from engine.role import Cancelled, Report
from engine.safety.classifier import Classifier, SafetySettings
from engine.video.master import Frame, read_master

log = structlog.get_logger(__name__)

FRAMES_LOOKED_AT = 5
NOT_INSTALLED = "{missing} is not installed: run `make model`, which installs what it needs"


class Safety:
    """A classifier that can't be loaded leaves a role that says why, and lets nothing pass."""

    lanes = 1
    niceness = 0

    def __init__(self) -> None:
        self._settings = SafetySettings.of(os.environ)
        self._classifier: Classifier | None = None
        self._problem = ""
        try:
            self._classifier = Classifier(self._settings)
        except ModuleNotFoundError as error:
            self._problem = NOT_INSTALLED.format(missing=error.name)
        except Exception as error:  # whatever the library makes of a strange folder
            self._problem = str(error) or type(error).__name__
        if self._problem:
            log.error("safety.unusable", model=self._settings.model, reason=self._problem)

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        if self._classifier is None:
            raise WorkerError("safety-away")
        match task:
            case Judge(picture=picture):
                return Judged(self._classifier.judge([read_pixels(picture)]))
            case JudgeClip(clip=clip):
                return Judged(self._classifier.judge(some_frames(clip)))
            case _:
                raise TypeError(f"the safety role does not {task.verb}")

    def describe(self) -> dict[str, str]:
        limits = self._settings.labels.items()
        facts = {
            "classifier": self._settings.model,
            "device": "cpu",
            "labels": ", ".join(f"{label} {score:g}" for label, score in limits),
        }
        return facts | ({"problem": self._problem} if self._problem else {})


def some_frames(clip: Clip) -> Iterator[Frame]:
    """From the first to the last, evenly."""
    count = min(FRAMES_LOOKED_AT, clip.num_frames)
    wanted = {round(n * (clip.num_frames - 1) / max(count - 1, 1)) for n in range(count)}
    for number, frame in enumerate(read_master(clip.master)):
        if number in wanted:
            yield frame

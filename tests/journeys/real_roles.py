"""The real roles where a test has to hold one of them up."""

from __future__ import annotations

import os
from pathlib import Path

from bot.clip import Progress
from engine.easyanimate.role import Model
from engine.preview.role import Preview
from engine.protocol import Answer, Task
from engine.role import Cancelled, Report
from tests.fakes.roles import wait_for_gate

PAUSED_AT = 3


class PatientPreview(Preview):
    """Has a render before it, and draws it once FAKE_GATE exists."""

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        wait_for_gate()
        return super().handle(task, report, cancelled)


class PatientModel(Model):
    """Pauses after its third step, and goes on once FAKE_GATE exists; notes its steps beside it."""

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        notes = steps_beside(Path(os.environ["FAKE_GATE"]))

        def pausing(news: Progress) -> None:
            report(news)
            with notes.open("a") as lines:
                lines.write(f"{news.step}\n")
            if news.step == PAUSED_AT:
                wait_for_gate()

        return super().handle(task, pausing, cancelled)


def steps_beside(gate: Path) -> Path:
    return gate.with_name("steps")

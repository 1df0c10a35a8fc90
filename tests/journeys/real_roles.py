"""The real roles where a test has to hold one of them up."""

from __future__ import annotations

from engine.preview.role import Preview
from engine.protocol import Answer, Task
from engine.role import Cancelled, Report
from tests.fakes.roles import wait_for_gate


class PatientPreview(Preview):
    """Has a render before it, and draws it once FAKE_GATE exists."""

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        wait_for_gate()
        return super().handle(task, report, cancelled)

"""What the doctor is given to examine, and what it says."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.terminal.doctor import examine
from bot.errors import SketchlifeError
from bot.job import UsageRecord
from bot.settings import Settings
from tests.fakes.engine import FakeEngine

READY = {"state": "ready", "device": "cpu", "restarts": "0"}


class Workers(FakeEngine):
    facts: dict[str, dict[str, str]]

    async def describe(self) -> dict[str, dict[str, str]]:
        return self.facts


def settings(tmp_path: Path, **fields: Any) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, min_free_gb=0, **fields)


async def findings(
    workers: Workers,
    settings: Settings,
    database: str | SketchlifeError = "0001",
    records: Sequence[UsageRecord] = (),
) -> tuple[int, str]:
    out = io.StringIO()
    return await examine(settings, workers.describe, database, records, out), out.getvalue()

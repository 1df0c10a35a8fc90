"""What the doctor finds on machines that lack this or that."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from adapters.terminal.doctor import examine
from bot.errors import SettingsError, SketchlifeError, StoreError
from bot.settings import Settings
from tests.fakes.engine import FakeEngine

READY = {"state": "ready", "device": "cpu", "restarts": "0"}


class Workers(FakeEngine):
    facts: dict[str, dict[str, str]]

    async def describe(self) -> dict[str, dict[str, str]]:
        return self.facts


@pytest.fixture
def workers() -> Workers:
    workers = Workers()
    workers.facts = {"eyes": READY | {"ffmpeg": "7.0.2"}, "preview": dict(READY)}
    return workers


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty PATH; a test may put an nvidia-smi into it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def settings(tmp_path: Path, **fields: Any) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, min_free_gb=0, **fields)


async def findings(
    workers: Workers, settings: Settings, database: str | SketchlifeError = "0001"
) -> tuple[int, str]:
    out = io.StringIO()
    return await examine(settings, workers, database, out), out.getvalue()


async def test_all_that_a_clip_needs_is_here(workers: Workers, tmp_path: Path) -> None:
    code, said = await findings(workers, settings(tmp_path))
    assert code == 0
    assert "✗" not in said
    assert f"✓ Database: {tmp_path / 'sketchlife.db'} (0001)" in said
    assert "✓ ffmpeg: 7.0.2\n" in said
    assert "✓ Preview renderer: ready, device cpu, restarts 0\n" in said
    assert "– GPU: –\n    → No NVIDIA driver was found" in said


async def test_a_missing_ffmpeg_is_no_clip(workers: Workers, tmp_path: Path) -> None:
    workers.facts["eyes"]["ffmpeg"] = ""
    code, said = await findings(workers, settings(tmp_path))
    assert code == 1
    assert "✗ ffmpeg: –\n    → No ffmpeg can be started" in said


async def test_a_worker_that_cannot_start_is_named(workers: Workers, tmp_path: Path) -> None:
    workers.facts["preview"] = {"state": "closed", "restarts": "3"}
    code, said = await findings(workers, settings(tmp_path))
    assert code == 1
    assert "✗ Preview renderer: closed, restarts 3\n    → " in said


@pytest.mark.parametrize(
    ("error", "found", "advice"),
    [
        (StoreError(reason="it is locked"), "it is locked", "Check DATABASE_URL"),
        (StoreError(), "–", "Check DATABASE_URL"),
        (
            SettingsError("database-newer", database="jobs.db", revision="0009"),
            "–",
            "Update Sketchlife",
        ),
        (
            SettingsError("settings-folder", path="/nowhere", reason="No such file"),
            "No such file",
            "Please set DATA_DIR",
        ),
    ],
)
async def test_a_database_that_cannot_be_used_comes_with_a_way_out(
    workers: Workers, tmp_path: Path, error: SketchlifeError, found: str, advice: str
) -> None:
    code, said = await findings(workers, settings(tmp_path), error)
    assert code == 1
    assert f"✗ Database: {found}\n" in said
    assert advice in said


async def test_a_disk_that_is_nearly_full_is_said_so(workers: Workers, tmp_path: Path) -> None:
    full = settings(tmp_path).model_copy(update={"min_free_gb": 10_000_000.0})
    code, said = await findings(workers, full)
    assert code == 1
    assert "✗ Free disk" in said


async def test_tokens_and_the_databases_url_are_never_shown(
    workers: Workers, tmp_path: Path
) -> None:
    secret = settings(
        tmp_path,
        discord_token="discord-secret",
        database_url="postgresql+asyncpg://bot:password@host/base",
    )
    code, said = await findings(workers, secret)
    assert code == 0
    assert "✓ Discord: ***" in said
    assert "– Telegram: –\n    → Not set up: TELEGRAM_TOKEN in .env." in said
    assert "✓ Database: DATABASE_URL (0001)" in said
    assert not {"discord-secret", "password"} & set(said.replace(":", " ").split())


async def test_a_gpu_is_named_by_its_driver(workers: Workers, tmp_path: Path, no_gpu: Path) -> None:
    tool = no_gpu / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho NVIDIA H200, 143771 MiB, 570.1\n")
    tool.chmod(0o755)
    _, said = await findings(workers, settings(tmp_path))
    assert "✓ GPU: NVIDIA H200, 143771 MiB, 570.1\n" in said


async def test_a_driver_that_fails_is_no_gpu(
    workers: Workers, tmp_path: Path, no_gpu: Path
) -> None:
    tool = no_gpu / "nvidia-smi"
    tool.write_text("#!/bin/sh\nexit 9\n")
    tool.chmod(0o755)
    code, said = await findings(workers, settings(tmp_path))
    assert code == 0
    assert "– GPU: –" in said


async def test_the_doctor_speaks_chinese(workers: Workers, tmp_path: Path) -> None:
    workers.facts["eyes"]["ffmpeg"] = ""
    _, said = await findings(workers, settings(tmp_path, language="zh"))
    assert "✗ ffmpeg: –\n    → ffmpeg 无法启动" in said
    assert "数据库" in said

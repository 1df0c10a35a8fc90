"""What the doctor finds on machines that lack this or that."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from adapters.terminal.doctor import examine
from adapters.terminal.finding import Finding
from bot.errors import SettingsError, SketchlifeError, StoreError
from tests.adapters.terminal.doctor.examining import READY, Workers, findings, settings


async def test_all_that_a_clip_needs_is_here(workers: Workers, tmp_path: Path) -> None:
    code, said = await findings(workers, settings(tmp_path))
    assert code == 0
    assert "✗" not in said
    assert f"✓ Database: {tmp_path / 'sketchlife.db'} (0001)" in said
    assert "✓ ffmpeg: 7.0.2\n" in said
    assert "✓ Preview renderer: ready, device cpu, restarts 0\n" in said
    assert "– GPU: –\n    → No NVIDIA driver was found" in said


async def test_what_is_known_is_said_before_workers_and_chats_have_answered(
    workers: Workers, tmp_path: Path
) -> None:
    out = io.StringIO()
    said = []

    async def slow_chat() -> Finding:
        said.append(out.getvalue())
        return Finding("discord", True, "sketchlife", needed=False)

    async def slow_workers() -> dict[str, dict[str, str]]:
        said.append(out.getvalue())
        return workers.facts

    chats = {"discord": slow_chat}
    assert await examine(settings(tmp_path), slow_workers, "0001", (), out, chats) == 0
    before_chat, before_workers = said
    assert "✓ Database" in before_chat and "Discord" not in before_chat
    assert "✓ Discord: sketchlife" in before_workers and "Preview" not in before_workers
    assert "✓ Preview renderer" in out.getvalue()


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


async def test_a_name_that_is_nearly_a_settings_is_told_with_its_line(
    workers: Workers, tmp_path: Path
) -> None:
    lines = ["# mine", "KEEP_DAY=7", "export disco_token=abc", "KEEP_DAYS=8", "PGUSER=me"]
    (tmp_path / ".env").write_text("\n".join(lines))
    code, said = await findings(workers, settings(tmp_path))
    assert code == 0
    assert "– Setting: .env:2: KEEP_DAY\n    → Nothing reads this name. KEEP_DAYS is meant" in said
    assert ".env:3: disco_token\n    → Nothing reads this name. DISCORD_TOKEN is meant" in said
    assert said.count("Nothing reads") == 2, "what another program reads is nobody's mistake"


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


async def test_a_classifier_that_cannot_be_used_says_why(workers: Workers, tmp_path: Path) -> None:
    workers.facts["safety"] = READY | {"classifier": "a/b", "problem": "gore: no such label"}
    code, said = await findings(workers, settings(tmp_path))
    assert code == 1
    assert "✗ Classifier of pictures (SAFETY_MODEL): ready" in said
    assert "gore: no such label" in said


async def test_the_doctor_speaks_chinese(workers: Workers, tmp_path: Path) -> None:
    workers.facts["eyes"]["ffmpeg"] = ""
    _, said = await findings(workers, settings(tmp_path, language="zh"))
    assert "✗ ffmpeg: –\n    → ffmpeg 无法启动" in said
    assert "数据库" in said

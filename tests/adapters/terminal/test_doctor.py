"""What the doctor finds on machines that lack this or that."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.terminal.doctor import examine
from adapters.terminal.finding import Finding
from bot.clip import Renderer
from bot.errors import SettingsError, SketchlifeError, StoreError
from bot.job import JobStatus, Timings, UsageRecord
from bot.queue.estimate import UsualClip
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
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


def install_driver(folder: Path, version: str) -> None:
    tool = folder / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho NVIDIA GeForce RTX 4090, 24564 MiB, {version}\n")
    tool.chmod(0o755)


def took(seconds: float, res: int = 768) -> UsageRecord:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    clip = UsualClip.of(Renderer.MODEL, res)
    return UsageRecord(
        job_id="1",
        platform="fake",
        place="studio",
        person="ada",
        renderer=clip.renderer,
        settings=clip.request,
        width=clip.width,
        height=clip.height,
        outcome=JobStatus.DELIVERED,
        attempts=1,
        created_at=now,
        ended_at=now,
        timings=Timings(rendered_s=seconds),
    )


MODEL = {
    "renderer": "EasyAnimate",
    "model": "models/V5",
    "family": "V5",
    "size": "7B",
    "device": "NVIDIA GeForce RTX 4090",
    "dtype": "bfloat16",
    "plan": "vae-swapped",
    "attention": "sdpa-flash",
    "mode": "fast",
    "torch": "2.13.0",
    "cuda": "13.0",
}


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


async def test_a_gpu_is_named_by_its_driver(workers: Workers, tmp_path: Path, no_gpu: Path) -> None:
    install_driver(no_gpu, "570.133.20")
    _, said = await findings(workers, settings(tmp_path))
    assert "✓ GPU: NVIDIA GeForce RTX 4090, 24564 MiB, 570.133.20\n" in said


async def test_a_driver_that_fails_is_no_gpu(
    workers: Workers, tmp_path: Path, no_gpu: Path
) -> None:
    tool = no_gpu / "nvidia-smi"
    tool.write_text("#!/bin/sh\nexit 9\n")
    tool.chmod(0o755)
    code, said = await findings(workers, settings(tmp_path))
    assert code == 0
    assert "– GPU: –" in said


async def test_a_model_is_told_with_how_it_runs_here(
    workers: Workers, tmp_path: Path, no_gpu: Path
) -> None:
    install_driver(no_gpu, "580.95.05")
    workers.facts["model"] = READY | MODEL
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 0
    assert "✓ NVIDIA driver: 580.95.05, CUDA 13.0, torch 2.13.0\n" in said
    assert "✓ Model: EasyAnimate V5 7B, models/V5\n" in said
    assert "✓ Memory plan: vae-swapped, bfloat16, NVIDIA GeForce RTX 4090\n" in said
    assert "✓ Attention: sdpa-flash (fast)\n" in said
    assert "✓ EasyAnimate renderer: ready, device NVIDIA GeForce RTX 4090, restarts 0\n" in said


async def test_a_machine_that_rendered_nothing_promises_nothing(
    workers: Workers, tmp_path: Path
) -> None:
    workers.facts["model"] = READY | MODEL
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 0
    assert "– Time a clip takes: –\n    → EasyAnimate has rendered nothing here yet." in said
    assert "Clips a day" not in said


async def test_the_time_of_each_size_is_what_was_measured_or_worked_out_from_it(
    workers: Workers, tmp_path: Path
) -> None:
    workers.facts["model"] = READY | MODEL
    records = [took(160), took(200), took(40, res=512)]
    _, said = await findings(workers, settings(tmp_path, model="models/V5"), records=records)
    assert (
        "✓ Time a clip takes: 512: about 40 s (measured on 1 clip) · "
        "768: about 3 min (measured on 2 clips) · "
        "1024: 2 to 4 min (worked out from other clips)\n"
    ) in said
    assert "✓ Clips a day: 480 (768)\n" in said


async def test_a_driver_too_old_for_the_cuda_of_torch_is_named(
    workers: Workers, tmp_path: Path, no_gpu: Path
) -> None:
    install_driver(no_gpu, "570.133.20")
    workers.facts["model"] = READY | MODEL | {"device": "cpu"}
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 1
    assert "✗ NVIDIA driver: 570.133.20, CUDA 13.0, torch 2.13.0\n    → " in said
    assert "needs driver 580 or newer, and this one is 570.133.20" in said


async def test_a_torch_without_cuda_beside_a_gpu_is_told(
    workers: Workers, tmp_path: Path, no_gpu: Path
) -> None:
    install_driver(no_gpu, "580.95.05")
    workers.facts["model"] = READY | MODEL | {"device": "cpu", "cuda": "–"}
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 1
    assert "✗ NVIDIA driver: torch 2.13.0\n    → PyTorch here was built without CUDA" in said


async def test_without_a_gpu_a_model_is_slow_and_that_is_said(
    workers: Workers, tmp_path: Path
) -> None:
    workers.facts["model"] = READY | MODEL | {"device": "cpu"}
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 0
    assert "EasyAnimate runs on the CPU, where a clip takes hours." in said
    assert "NVIDIA driver:" not in said


async def test_a_model_that_cannot_be_used_says_why(workers: Workers, tmp_path: Path) -> None:
    workers.facts["model"] = READY | {"model": "models/V5", "problem": "it is a Control model"}
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 1
    assert "✗ Model: models/V5\n    → The model can't be used: it is a Control model" in said


async def test_a_models_worker_that_cannot_start_is_named(workers: Workers, tmp_path: Path) -> None:
    workers.facts["model"] = {"state": "broken", "restarts": "3"}
    code, said = await findings(workers, settings(tmp_path, model="models/V5"))
    assert code == 1
    assert "✗ Model: models/V5\n    → The program of the model can't be started" in said
    assert "✗ EasyAnimate renderer: broken, restarts 3\n" in said


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

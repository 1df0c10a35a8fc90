"""What the doctor finds of the GPU, its driver and the model, and what their clips took."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.clip import Renderer
from bot.job import JobStatus, Timings, UsageRecord
from bot.queue.estimate import UsualClip
from tests.adapters.terminal.doctor.examining import READY, Workers, findings, settings

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

"""From a folder or a hub's name to a pipeline: files, memory plan, weights, in that order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal

import structlog
import torch

from engine.easyanimate.checkpoint import Checkpoint, read_checkpoint
from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.download import find_model
from engine.easyanimate.memory import Footprint, Plan, choose_plan, explain, footprint, free_bytes
from engine.easyanimate.modes import Auto, StepCacheWish, Tuning, mode_for, mode_named
from engine.easyanimate.pipeline import EasyAnimatePipeline, Parts
from engine.easyanimate.placement import Budget, Placement
from engine.easyanimate.text import TextEncoders
from engine.easyanimate.vae import Vae, vae_dtype
from engine.easyanimate.weights import load_transformer, load_vae

log = structlog.get_logger(__name__)

DEVICES = ("cpu", "cuda")
DTYPES = (torch.float32, torch.bfloat16, torch.float16)
USUAL_CLIP = ClipSize(768, 768, 49)  # what "auto" plans for; larger ones step down when they come


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """The wishes of `load_pipeline`, whose docstring explains them."""

    device: str | torch.device = "auto"
    dtype: torch.dtype | str | None = None
    memory: str = "auto"
    mode: str = "auto"
    loras: tuple[tuple[Path, float], ...] = ()
    attention: str = "auto"
    compile: bool = False
    step_cache: StepCacheWish = "auto"
    guidance_until: float | Auto = "auto"
    prompt_cache: Path | Literal["auto"] | None = "auto"


def load(path_or_hub_id: str | PathLike[str], wish: Loading) -> EasyAnimatePipeline:
    device = _device(wish.device)
    dtype = _dtype(wish.dtype, device)
    mode = mode_for(device) if wish.mode == "auto" else mode_named(wish.mode)
    tuning = Tuning(mode, wish.step_cache, wish.guidance_until)
    checkpoint = read_checkpoint(find_model(os.fspath(path_or_hub_id)))
    log.info("model.found", path=str(checkpoint.path), family=checkpoint.family, mode=mode)
    encoders = TextEncoders(checkpoint, device, dtype, _cache_dir(wish.prompt_cache))
    placement, denoiser, vae = _networks(checkpoint, wish, device, dtype)
    parts = Parts(checkpoint, encoders, denoiser, vae, placement, device, dtype)
    return EasyAnimatePipeline(parts, tuning)


def _networks(
    checkpoint: Checkpoint, wish: Loading, device: torch.device, dtype: torch.dtype
) -> tuple[Placement, Denoiser, Vae]:
    size, free = footprint(checkpoint, dtype), free_bytes(device)
    plan = _plan(wish.memory, size, free)
    log.info("model.plan", plan=plan, why=explain(plan, size, free, USUAL_CLIP))
    home = device if plan.resident else torch.device("cpu")
    transformer = load_transformer(checkpoint, home, dtype, wish.loras)
    vae_model = load_vae(checkpoint, home, vae_dtype(checkpoint.family, dtype))
    denoiser = Denoiser(transformer, device, wish.attention)
    placement = Placement(plan, transformer, vae_model, device, Budget(size, free))
    if wish.compile:
        denoiser.compile()
    return placement, denoiser, Vae(vae_model)


def _plan(wanted: str, size: Footprint, free: int) -> Plan:
    if wanted == "auto":
        return choose_plan(size, free, USUAL_CLIP)
    if wanted not in set(Plan):
        raise ValueError(f"memory is auto or one of {', '.join(Plan)}, not {wanted!r}")
    return Plan(wanted)


def _device(wanted: str | torch.device) -> torch.device:
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(wanted)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"{wanted!r} is no device of torch") from error
    if device.type not in DEVICES:
        raise ValueError(f"device is auto or one of {', '.join(DEVICES)}, not {device.type}")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device.type == "cuda" and (device.index or 0) >= count:
        raise ValueError(f"there is no GPU that torch {torch.__version__} can use as {device}")
    return device


def _dtype(wanted: torch.dtype | str | None, device: torch.device) -> torch.dtype:
    """bfloat16 on a GPU, float16 on one too old for it, float32 on a CPU."""
    if wanted is not None:
        found = getattr(torch, wanted, None) if isinstance(wanted, str) else wanted
        if found in DTYPES:
            return found
        raise ValueError(f"dtype is one of {', '.join(map(str, DTYPES))}, not {wanted!r}")
    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _cache_dir(wanted: Path | Literal["auto"] | None) -> Path | None:
    if wanted != "auto":
        return wanted
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "sketchlife" / "prompts"

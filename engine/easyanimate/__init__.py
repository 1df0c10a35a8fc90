"""EasyAnimate V5 and V5.1 image-to-video on diffusers' networks, numerically like the reference.

pipe = load_pipeline("alibaba-pai/EasyAnimateV5-7b-zh-InP")
clip = pipe(picture, seed=43)
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

    from engine.easyanimate.pipeline import EasyAnimatePipeline

__all__ = ["load_pipeline"]


def load_pipeline(
    path_or_hub_id: str | PathLike[str],
    device: str | torch.device = "auto",
    dtype: torch.dtype | str | None = None,
    memory: str = "auto",
    mode: Literal["auto", "exact", "fast"] = "auto",
    loras: Sequence[tuple[str | PathLike[str], float]] = (),
    attention: str = "auto",
    compile: bool = False,
    step_cache: tuple[str, float] | Literal["auto"] | None = "auto",
    guidance_until: float | Literal["auto"] = "auto",
    *,
    prompt_cache: Path | Literal["auto"] | None = "auto",
) -> EasyAnimatePipeline:
    """Load a checkpoint, in the layout of EasyAnimate or of diffusers, ready to be called.

    `path_or_hub_id`: a folder, or a repository's name on the Hugging Face hub. `device` "auto" is
    the GPU where there is one; `dtype` None is bfloat16 there, float32 on a CPU. `memory` is a
    plan's name (`memory.Plan`); "auto" plans from what is free. `mode` "exact" is the
    reference's numbers, "fast" saves most of the time; "auto" is fast on cards under 40 GB.
    `loras` are files in the reference's key format with their weights, merged while loading.
    `attention` is a name of `attention.BACKENDS`; `compile` compiles each block. `step_cache`
    (None, or `("teacache", threshold)`) and `guidance_until` (the guided share of the steps, 0
    to 1) set apart what a mode decides. `prompt_cache` is the folder of known prompts'
    embeddings, "auto" being the user's cache folder, None none.

    Raises `CheckpointError` with one sentence on what the folder is and what to do, `ValueError`
    for unknown names, `TooLargeForMemoryError` where no plan fits.
    """
    # torch takes seconds to import, and what lies in this folder beside the pipeline needs none
    from engine.easyanimate.loading import Loading, load

    return load(
        path_or_hub_id,
        Loading(
            device=device,
            dtype=dtype,
            memory=memory,
            mode=mode,
            loras=_pairs(loras),
            attention=attention,
            compile=compile,
            step_cache=step_cache,
            guidance_until=guidance_until,
            prompt_cache=prompt_cache,
        ),
    )


def _pairs(loras: Sequence[tuple[str | PathLike[str], float]]) -> tuple[tuple[Path, float], ...]:
    try:
        return tuple((Path(path).expanduser(), weight) for path, weight in loras)
    except (TypeError, ValueError) as error:
        raise ValueError(f"loras are pairs (path, weight), not {loras!r}") from error

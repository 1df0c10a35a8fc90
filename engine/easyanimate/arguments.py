"""What a caller gave, as what the engine works with, or one sentence on what it is instead.

All raise `ValueError` that names the argument.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from math import isfinite
from numbers import Real
from operator import index
from typing import Any

import torch
from PIL import Image
from torch import Tensor

SEEDS = range(-(2**63), 2**64)  # what torch's generators take


def whole_number(name: str, value: Any) -> int:
    try:
        if not isinstance(value, bool):
            return index(value)
    except TypeError:
        pass
    raise ValueError(f"{name} is a whole number, not {value!r}")


def finite_number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise ValueError(f"{name} is a finite number, not {value!r}")
    return float(value)


def text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"{name} is a text, not {_kind(value)}")


def picture(name: str, value: Any) -> Image.Image:
    if isinstance(value, Image.Image) and value.width and value.height:
        return value
    what = f"{value.width}×{value.height}" if isinstance(value, Image.Image) else _kind(value)
    raise ValueError(f"{name} is a picture of PIL with pixels, not {what}")


def noise(name: str, value: Any, shape: tuple[int, ...]) -> Tensor:
    """Floating-point latents of that shape, without NaN."""
    if not isinstance(value, Tensor) or not value.is_floating_point():
        raise ValueError(f"{name} are a floating-point tensor, not {_kind(value)}")
    if value.shape != shape:
        raise ValueError(f"{name} for this clip are {shape}, not {tuple(value.shape)}")
    if not bool(torch.isfinite(value).all()):
        raise ValueError(f"{name} hold NaN or infinity")
    return value


def latents_of(answer: Any, latents: Tensor) -> Tensor:
    """Those that a step's callback gave back, or the ones that it was given."""
    if answer is not None and not isinstance(answer, Mapping):
        raise ValueError(f"callback_on_step_end returns a mapping or None, not {_kind(answer)}")
    if not answer or "latents" not in answer:
        return latents
    given = noise("the callback's latents", answer["latents"], tuple(latents.shape))
    return given.to(latents)


def generator_of(seed: Any, generator: Any) -> torch.Generator:
    """One on the CPU where nobody brought their own, so that a seed means the same everywhere.

    A list of one is one, as in diffusers, where each clip of a batch may have its own.
    """
    if generator is not None:
        if seed is not None:
            raise ValueError("give a seed or a generator, not both")
        if isinstance(generator, list | tuple) and len(generator) == 1:
            generator = generator[0]
        if not isinstance(generator, torch.Generator):
            raise ValueError(f"generator is one torch.Generator, not {_kind(generator)}")
        return generator
    seed = secrets.randbits(32) if seed is None else whole_number("seed", seed)
    if seed not in SEEDS:
        raise ValueError(f"seed is from {SEEDS.start} to {SEEDS.stop - 1}, not {seed}")
    return torch.Generator("cpu").manual_seed(seed)


def _kind(value: Any) -> str:
    kind = type(value).__name__
    return f"{kind} of {value.dtype}" if isinstance(value, Tensor) else kind

"""Numbers in a network's config.json that everything else counts on, or one sentence on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.tensor_files import AGAIN


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_positive(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value) and float(value) > 0.0


def _are_counts(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(map(_is_count, value))


def _is_multiple(of: int) -> Callable[[Any], bool]:
    return lambda value: _is_count(value) and value % of == 0


RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "num_layers": (_is_count, "a count"),
    "num_attention_heads": (_is_count, "a count"),
    # each head's numbers turn in pairs, shared out over time, rows and columns as 2 to 3 to 3
    "attention_head_dim": (_is_multiple(16), "a multiple of 16"),
    # larger patches would want sizes in another grid than the engine's
    "patch_size": (lambda value: _is_count(value) and value <= 2, "1 or 2"),
    "norm_eps": (_is_positive, "a positive number"),
    "block_out_channels": (_are_counts, "a list of counts"),
    "scaling_factor": (_is_positive, "a positive number"),
    "mini_batch_encoder": (_is_multiple(4), "a multiple of 4"),
    "mini_batch_decoder": (_is_count, "a count"),
}


def refuse_nonsense(folder: Path, config: Mapping[str, Any], wanted: tuple[str, ...] = ()) -> None:
    """Raises `CheckpointError` for the first key that breaks its rule, or is `wanted` and lacks."""
    for key in wanted:
        if key not in config:
            raise CheckpointError(f"{folder}/config.json is damaged, it lacks {key}: {AGAIN}")
    for key, (holds, what) in RULES.items():
        if key in config and not holds(config[key]):
            raise CheckpointError(
                f"{folder}/config.json is damaged, {key} is {config[key]!r} instead of {what}: "
                f"{AGAIN}"
            )

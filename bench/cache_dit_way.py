"""The other step cache: cache-dit's, around diffusers' class."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import cache_dit

FIRST_BLOCKS = 1  # computed at each step, the fewest that it allows


@contextmanager
def caching(transformer: Any, computed: Sequence[bool]) -> Iterator[None]:
    """Inside the block the next clip computes these of its steps, and reuses what the blocks
    behind the first one added at the others. For one clip: its count of the steps goes astray in
    a second one."""
    for handler in logging.getLogger("CACHE_DIT").handlers:  # it writes between the tables
        handler.setLevel(logging.ERROR)
    adapter = cache_dit.BlockAdapter(
        transformer=transformer,
        blocks=transformer.transformer_blocks,
        forward_pattern=cache_dit.ForwardPattern.Pattern_0,
    )
    config = cache_dit.DBCacheConfig(
        Fn_compute_blocks=FIRST_BLOCKS,
        Bn_compute_blocks=0,
        max_warmup_steps=0,
        enable_separate_cfg=False,  # both branches are one batch
        num_inference_steps=len(computed),
        steps_computation_mask=[int(one) for one in computed],
        steps_computation_policy="static",
    )
    cache_dit.enable_cache(adapter, cache_config=config)
    try:
        yield
    finally:
        cache_dit.disable_cache(adapter)

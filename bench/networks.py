"""Random transformers, made on the device they run on: speed doesn't ask what weights say."""

from __future__ import annotations

import torch
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel

from bench.net_size import NetSize


def random_transformer(
    size: NetSize, device: torch.device, dtype: torch.dtype, seed: int = 0
) -> EasyAnimateTransformer3DModel:
    """With the numbers that layers start their training from, so that activations stay tame."""
    torch.manual_seed(seed)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)  # no float32 copy on the way, which would be 27 GB of the 7B
    try:
        with device:
            model = EasyAnimateTransformer3DModel(**size.config)
    finally:
        torch.set_default_dtype(usual)
    model.eval().requires_grad_(False)
    return model

"""Random networks of V5: speed doesn't ask what weights say."""

from __future__ import annotations

import torch
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel

from bench.net_size import NetSize


def random_transformer(
    size: NetSize, device: torch.device, dtype: torch.dtype, seed: int = 0
) -> EasyAnimateTransformer3DModel:
    """Made where it runs, with the numbers that layers start their training from, so that
    activations stay tame."""
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


def random_vae(channels: tuple[int, ...], seed: int = 0) -> AutoencoderKLMagvit:
    """In float32 on the CPU; `channels` are those of its four blocks, which in V5 have 128 to
    512 of them."""
    torch.manual_seed(seed)
    spatial, both = "Spatial{}Block3D", "SpatialTemporal{}Block3D"
    model = AutoencoderKLMagvit(
        block_out_channels=list(channels),
        down_block_types=[kind.format("Down") for kind in (spatial, both, both, both)],
        up_block_types=[kind.format("Up") for kind in (spatial, both, both, both)],
        norm_num_groups=4,
        scaling_factor=0.7125,
    )
    model.eval().requires_grad_(False)
    return model

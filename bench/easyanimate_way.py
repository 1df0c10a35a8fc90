"""A start in EasyAnimate's own order: its predict_i2v.py (aigc-apps/EasyAnimate, c2a70d1) for V5.

It imports what that script and its pipeline name of diffusers and transformers (not their own
modules, torchvision, OpenCV and OmegaConf, which come on top), loads every part by the calls that
are made there, and encodes the prompts of each clip. For the script's own networks, which nobody
can install, it takes diffusers' of the same name; what then makes the clip is this engine's, so
that the starts alone are compared. So are the tokenizers, which take nothing: transformers 5 reads
T5's otherwise. Nothing is moved to a card, as there may be none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from accelerate.utils import set_module_tensor_to_device
from diffusers import (  # noqa: F401 - as its script does
    DDIMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    PNDMScheduler,
)
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from safetensors.torch import load_file
from torch import Tensor
from transformers import (  # noqa: F401 - as its script does
    BertModel,
    BertTokenizer,
    CLIPImageProcessor,
    CLIPVisionModelWithProjection,
    Qwen2Tokenizer,
    Qwen2VLForConditionalGeneration,
    T5EncoderModel,
    T5Tokenizer,
)

from engine.easyanimate.checkpoint import Checkpoint, Part, read_checkpoint
from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.encoders import encoders_of
from engine.easyanimate.memory import Plan, footprint, free_bytes
from engine.easyanimate.modes import Tuning
from engine.easyanimate.pipeline import EasyAnimatePipeline, Parts
from engine.easyanimate.placement import Budget, Placement
from engine.easyanimate.text import PromptEmbeds, TextEncoders
from engine.easyanimate.vae import Vae

CPU = torch.device("cpu")


class EasyAnimatesStart:
    """All is loaded at once, in the order of its script."""

    def __init__(self, path: Path, dtype: torch.dtype) -> None:
        checkpoint = read_checkpoint(path)
        transformer = _transformer(checkpoint.transformer, dtype)
        vae = _vae(checkpoint.vae).to(dtype)
        self._encoders = encoders_of(checkpoint)
        self._tokenizers = [one.tokenizer(one.tokenizer_folder) for one in self._encoders]
        self._networks = [
            BertModel.from_pretrained(path / "text_encoder").to(dtype),
            # the attention that its own transformers has, so that the embeddings are the same
            T5EncoderModel.from_pretrained(path / "text_encoder_2", attn_implementation="eager").to(
                dtype
            ),
        ]
        DDIMScheduler.from_pretrained(path, subfolder="scheduler")
        self.pipe = _pipeline(checkpoint, transformer, vae, dtype)

    @torch.no_grad()
    def encode(self, prompt: str, negative_prompt: str) -> PromptEmbeds:
        return PromptEmbeds(self._read(prompt), self._read(negative_prompt))

    def _read(self, text: str) -> tuple[Tensor, ...]:
        each = zip(self._encoders, self._tokenizers, self._networks, strict=True)
        return tuple(encoder.read(network, tokenizer(text)) for encoder, tokenizer, network in each)


def _transformer(part: Part, dtype: torch.dtype) -> Any:
    """Its `from_pretrained_2d` with `low_cpu_mem_usage`: no numbers are drawn first."""
    with init_empty_weights():
        network = EasyAnimateTransformer3DModel.from_config(part.config)
    for name, tensor in load_file(*part.files).items():
        set_module_tensor_to_device(network, name, "cpu", value=tensor, dtype=dtype)
    return network.eval().requires_grad_(False)


def _vae(part: Part) -> Any:
    """Its `from_pretrained`: numbers are drawn for every weight, and overwritten then."""
    network = AutoencoderKLMagvit.from_config(part.config)
    network.load_state_dict(load_file(*part.files), strict=False)
    return network.eval().requires_grad_(False)


def _pipeline(
    checkpoint: Checkpoint, transformer: Any, vae: Any, dtype: torch.dtype
) -> EasyAnimatePipeline:
    budget = Budget(footprint(checkpoint, dtype), free_bytes(CPU))
    parts = Parts(
        checkpoint,
        TextEncoders(checkpoint, CPU, dtype, cache_dir=None),
        Denoiser(transformer, CPU),
        Vae(vae),
        Placement(Plan.DEVICE, transformer, vae, CPU, budget),
        CPU,
        dtype,
    )
    return EasyAnimatePipeline(parts, Tuning("exact"))

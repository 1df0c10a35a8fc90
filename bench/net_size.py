"""How large the random networks are that stand in for the model's, without making any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# what the V5 transformers of every size have in common
COMMON: Mapping[str, Any] = {
    "attention_head_dim": 64,
    "in_channels": 33,
    "out_channels": 16,
    "patch_size": 2,
    "time_embed_dim": 512,
    "enable_text_attention_mask": False,
    "add_noise_in_inpaint_model": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetSize:
    """`mmdit_layers` of the `layers`, the first ones, have weights of their own for the text;
    `text_widths` are those of what BERT and T5 give."""

    layers: int
    mmdit_layers: int
    heads: int
    text_widths: tuple[int, int] = (1024, 2048)

    @property
    def config(self) -> dict[str, Any]:
        """Of diffusers' `EasyAnimateTransformer3DModel`."""
        bert, t5 = self.text_widths
        return {
            **COMMON,
            "num_layers": self.layers,
            "mmdit_layers": self.mmdit_layers,
            "num_attention_heads": self.heads,
            "text_embed_dim": bert,
            "text_embed_dim_t5": t5,
        }

    def __str__(self) -> str:
        return (
            f"{self.layers} blocks ({self.mmdit_layers} with weights of their own for the text), "
            f"{self.width} wide"
        )

    @property
    def width(self) -> int:
        return self.heads * int(COMMON["attention_head_dim"])


V5_7B = NetSize(layers=36, mmdit_layers=18, heads=48)
# a sixth of the 7B, to be loaded beside a sixth of its encoders and of its VAE
SIXTH = NetSize(layers=6, mmdit_layers=3, heads=48)
# so many blocks that what a step cache computes at each step, the first one, is little
DEEP = NetSize(layers=12, mmdit_layers=6, heads=4, text_widths=(32, 48))
# blocks do nearly all of the work, and one core takes a step in a second or two
MIDDLE = NetSize(layers=4, mmdit_layers=2, heads=8)
# with the text that the encoders of the tests' checkpoint give
SMALL = NetSize(layers=2, mmdit_layers=1, heads=2, text_widths=(32, 48))

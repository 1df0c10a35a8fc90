"""The two layouts of a checkpoint: the reference's own names of tensors, and diffusers'.

They differ in one thing. The text stream of an MMDiT block is a module of its own in the
reference (`attn2`), and a part of the joint attention (`attn1`) in diffusers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Layout(StrEnum):
    ORIGINAL = "original"
    DIFFUSERS = "diffusers"


DIFFUSERS_LAYERS = {
    "to_q": "add_q_proj",
    "to_k": "add_k_proj",
    "to_v": "add_v_proj",
    "to_out.0": "to_add_out",
    "norm_q": "norm_added_q",
    "norm_k": "norm_added_k",
}
ORIGINAL_LAYERS = {diffusers: original for original, diffusers in DIFFUSERS_LAYERS.items()}

_BLOCK = r"(transformer_blocks\.\d+)"
_ORIGINAL = re.compile(rf"{_BLOCK}\.attn2\.(.+)\.(weight|bias)")
_DIFFUSERS = re.compile(rf"{_BLOCK}\.attn1\.({'|'.join(ORIGINAL_LAYERS)})\.(weight|bias)")


def to_diffusers(name: str) -> str:
    """diffusers' name of a tensor that the reference calls `name`."""
    match = _ORIGINAL.fullmatch(name)
    if match is None or match[2] not in DIFFUSERS_LAYERS:
        return name
    return f"{match[1]}.attn1.{DIFFUSERS_LAYERS[match[2]]}.{match[3]}"


def to_original(name: str) -> str:
    """The reference's name of a tensor that diffusers calls `name`."""
    match = _DIFFUSERS.fullmatch(name)
    if match is None:
        return name
    return f"{match[1]}.attn2.{ORIGINAL_LAYERS[match[2]]}.{match[3]}"


def layouts_of(names: Iterable[str]) -> set[Layout]:
    """Those whose text stream is among `names`: one for a sound checkpoint."""
    found: set[Layout] = set()
    for name in names:
        if to_diffusers(name) != name:
            found.add(Layout.ORIGINAL)
        elif to_original(name) != name:
            found.add(Layout.DIFFUSERS)
    return found

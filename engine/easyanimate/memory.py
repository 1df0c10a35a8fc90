"""How much memory a clip takes under each plan: arithmetic, before anything is loaded.

Activations are counted in *streams*: one tensor of the hidden states, tokens × width. The figures
behind the counts are read off the networks' own code (diffusers' EasyAnimate classes).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import torch

from engine.easyanimate.checkpoint import Checkpoint
from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.errors import TooLargeForMemoryError
from engine.easyanimate.tensor_files import StoredTensor, read_headers
from engine.easyanimate.vae import vae_dtype

GB = 10**9
CONTEXT_BYTES = 600 * 10**6  # CUDA's own context and cuBLAS's and cuDNN's workspaces
FRAGMENTATION = 1.1  # of the allocator, by experience of 5 to 10 %

# A block's peak is its feed-forward: hidden states, their residual and norm, 4 streams of its
# inner width and 4 of its activation; attention takes 10 (q, k, v, their float32 rotation).
BLOCK_STREAMS = 12
# A step cache keeps a residual and the last signal.
CACHE_STREAMS = 2
# The VAE's widest place: a residual block at full size with its input, its norm and its output,
# for four frames and the two that its convolutions keep.
VAE_CHANNELS_AT_FULL_SIZE = 2  # × the narrowest block's channels, from the block above it
VAE_TENSORS = 3
VAE_FRAMES = 4 + 2

TEXT_TOKENS = 77 + 256  # of V5; V5.1 has fewer
PATCH_PIXELS = 16
FRAMES_GRID = 4
PRODUCT_SIDES = (1024, 768, 512)
PRODUCT_FRAMES = range(49, 4, -FRAMES_GRID)

# what layerwise casting leaves alone, as diffusers' class says
UNCAST = re.compile(r"^proj\.|norm|^proj_out\.")
BLOCK = re.compile(r"transformer_blocks\.(\d+)\.")


class Plan(StrEnum):
    """From the one that takes the most memory to the one that takes the least.

    DEVICE: all is on the device, both guidance branches run as one batch. VAE_SWAPPED: the VAE
    comes and goes, branches run one after the other. EIGHT_BIT: besides, the transformer's
    weights are stored in float8 and cast as they are used. OFFLOADED: its blocks are on the CPU
    and come to the device one ahead of their turn.
    """

    DEVICE = "device"
    VAE_SWAPPED = "vae-swapped"
    EIGHT_BIT = "8-bit"
    OFFLOADED = "offloaded"

    @property
    def next(self) -> Plan | None:
        plans = list(Plan)
        return plans[plans.index(self) + 1] if self is not plans[-1] else None

    @property
    def resident(self) -> bool:
        """Whether the weights can go to the device as they are read."""
        return self in (Plan.DEVICE, Plan.VAE_SWAPPED)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes and widths of a checkpoint's networks, in the dtype they run in."""

    transformer_bytes: int
    eight_bit_bytes: int  # with layerwise casting
    block_bytes: int  # of the largest
    outside_blocks_bytes: int
    vae_bytes: int
    vae_width: int  # channels of the block at full size
    vae_item_bytes: int
    hidden_width: int
    item_bytes: int

    def weights(self, plan: Plan) -> int:
        """Of the transformer, on the device."""
        if plan is Plan.EIGHT_BIT:
            return self.eight_bit_bytes
        if plan is Plan.OFFLOADED:  # the first, the one at work and the one on its way
            return self.outside_blocks_bytes + 3 * self.block_bytes
        return self.transformer_bytes


def footprint(checkpoint: Checkpoint, dtype: torch.dtype) -> Footprint:
    """From configs and headers; no weights are read."""
    stored = read_headers(checkpoint.transformer.files)
    item, config = dtype.itemsize, checkpoint.transformer.config
    blocks = _by_block(stored)
    parameters = sum(one.parameters for one in stored.values())
    uncast = sum(one.parameters for name, one in stored.items() if UNCAST.search(name))
    in_vae = vae_dtype(checkpoint.family, dtype).itemsize
    vae = read_headers(checkpoint.vae.files).values()
    return Footprint(
        transformer_bytes=parameters * item,
        eight_bit_bytes=(parameters - uncast) + uncast * item,
        block_bytes=max(blocks.values(), default=0) * item,
        outside_blocks_bytes=(parameters - sum(blocks.values())) * item,
        vae_bytes=sum(one.parameters for one in vae) * in_vae,
        vae_width=min(checkpoint.vae.config["block_out_channels"]),
        vae_item_bytes=in_vae,
        hidden_width=config["num_attention_heads"] * config["attention_head_dim"],
        item_bytes=item,
    )


def needed_bytes(plan: Plan, size: Footprint, clip: ClipSize) -> int:
    """The peak of the two stages, the sampling loop and the VAE."""
    weights = size.weights(plan)
    beside = size.vae_bytes if plan is Plan.DEVICE else 0
    denoising = weights + beside + activation_bytes(size, clip, 2 if plan is Plan.DEVICE else 1)
    decoding = weights + size.vae_bytes + vae_peak_bytes(size, clip)
    return CONTEXT_BYTES + int(FRAGMENTATION * max(denoising, decoding))


def activation_bytes(size: Footprint, clip: ClipSize, branches: int) -> int:
    """One block at work on `branches` samples; attention's own workspace grows with the tokens
    alone, as every kernel that is used here streams its scores."""
    video = (clip.width // PATCH_PIXELS) * (clip.height // PATCH_PIXELS) * _latent_frames(clip)
    stream = (video + TEXT_TOKENS) * size.hidden_width * size.item_bytes
    return stream * (BLOCK_STREAMS + CACHE_STREAMS) * branches


def vae_peak_bytes(size: Footprint, clip: ClipSize) -> int:
    channels = VAE_CHANNELS_AT_FULL_SIZE * size.vae_width
    frames = min(VAE_FRAMES, clip.num_frames + 2)
    tensor = channels * frames * clip.width * clip.height * size.vae_item_bytes
    return VAE_TENSORS * tensor


def choose_plan(size: Footprint, free: int, clip: ClipSize, start: Plan = Plan.DEVICE) -> Plan:
    """The first plan from `start` on under which the clip fits into `free` bytes.

    Raises `TooLargeForMemoryError`, with product sizes that do fit, where none is left.
    """
    plan: Plan | None = start
    while plan is not None:
        if needed_bytes(plan, size, clip) <= free:
            return plan
        plan = plan.next
    fitting = fitting_clips(size, free)
    needed = needed_bytes(Plan.OFFLOADED, size, clip)
    instead = " or ".join(f"{w}×{h}×{n}" for w, h, n in fitting) or "no size of clip at all"
    raise TooLargeForMemoryError(
        f"{clip.width}×{clip.height}×{clip.num_frames} takes {needed / GB:.1f} GB and "
        f"{free / GB:.1f} GB are there, which is enough for {instead}",
        fitting,
    )


def fitting_clips(size: Footprint, free: int) -> tuple[tuple[int, int, int], ...]:
    """(width, height, num_frames): the longest square clip of each product size that fits."""
    found = []
    for side in PRODUCT_SIDES:
        lengths = (
            frames
            for frames in PRODUCT_FRAMES
            if needed_bytes(Plan.OFFLOADED, size, ClipSize(side, side, frames)) <= free
        )
        if (frames := next(lengths, None)) is not None:
            found.append((side, side, frames))
    return tuple(found)


def explain(plan: Plan, size: Footprint, free: int, clip: ClipSize) -> str:
    """The plan in one line, for the log."""
    return (
        f"{plan}: {needed_bytes(plan, size, clip) / GB:.1f} of {free / GB:.1f} GB for "
        f"{clip.width}×{clip.height}×{clip.num_frames}, "
        f"{size.weights(plan) / GB:.1f} of them the transformer's weights"
    )


def free_bytes(device: torch.device) -> int:
    """What can still be had: of the card's memory, or of the machine's."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")


def _by_block(stored: Mapping[str, StoredTensor]) -> dict[str, int]:
    """Parameters of each transformer block."""
    blocks: dict[str, int] = {}
    for name, one in stored.items():
        if found := BLOCK.match(name):
            blocks[found[1]] = blocks.get(found[1], 0) + one.parameters
    return blocks


def _latent_frames(clip: ClipSize) -> int:
    return (clip.num_frames - 1) // FRAMES_GRID + 1

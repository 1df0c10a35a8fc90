"""How much memory a clip takes under each plan: arithmetic, before anything is loaded.

How much is alive at the worst is stated where it is computed, in denoiser.py and vae.py, and
counted in their tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import torch

from engine.easyanimate.checkpoint import Checkpoint
from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.denoiser import BATCHED_PEAK, SINGLE_PEAK
from engine.easyanimate.errors import TooLargeForMemoryError
from engine.easyanimate.tensor_files import StoredTensor, read_headers
from engine.easyanimate.vae import DECODE_PEAK, vae_dtype

GB = 10**9
CONTEXT_BYTES = 600 * 10**6  # CUDA's own context and cuBLAS's and cuDNN's workspaces
FRAGMENTATION = (
    1.1  # of what comes and goes, by experience of 5 to 10 %; weights lie where they lie
)

TEXT_TOKENS = 77 + 256  # of V5; V5.1 has fewer
SPACE_FACTOR = 8
FRAMES_GRID = 4
PRODUCT_SIDES = (1024, 768, 512)
PRODUCT_FRAMES = range(49, 4, -FRAMES_GRID)

MEMINFO = Path("/proc/meminfo")
AVAILABLE = re.compile(r"MemAvailable:\s+(\d+) kB")

# what layerwise casting leaves alone, as diffusers' class says
UNCAST = re.compile(r"^proj\.|norm|^proj_out\.")
BLOCK = re.compile(r"transformer_blocks\.(\d+)\.")


class Plan(StrEnum):
    """From the quickest, which takes the most memory, to the slowest.

    DEVICE: all is on the device, both guidance branches run as one batch. VAE_SWAPPED: the VAE
    comes and goes, branches run one after the other; where a clip leaves no room for both, the
    transformer goes while the VAE is there, for some seconds a clip. EIGHT_BIT: besides, the
    transformer's weights are stored in float8 and cast as they are used. OFFLOADED: its blocks
    are on the CPU and come to the device one ahead of their turn.
    """

    DEVICE = "device"
    VAE_SWAPPED = "vae-swapped"
    EIGHT_BIT = "8-bit"
    OFFLOADED = "offloaded"

    @property
    def and_below(self) -> list[Plan]:
        plans = list(Plan)
        return plans[plans.index(self) :]

    @property
    def next(self) -> Plan | None:
        return next(iter(self.and_below[1:]), None)

    @property
    def resident(self) -> bool:
        """Whether the weights can go to the device as they are read."""
        return self in (Plan.DEVICE, Plan.VAE_SWAPPED)

    @property
    def takes_turns(self) -> bool:
        """Whether the transformer may leave the device to the VAE."""
        return self in (Plan.VAE_SWAPPED, Plan.EIGHT_BIT)


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
    patch_pixels: int = 16

    def weights(self, plan: Plan) -> int:
        """Of the transformer, on the device."""
        if plan is Plan.EIGHT_BIT:
            return self.eight_bit_bytes
        if plan is Plan.OFFLOADED:  # the first, the one at work and the one on its way
            return self.outside_blocks_bytes + 3 * self.block_bytes
        return self.transformer_bytes

    def weights_beside_vae(self, plan: Plan) -> int:
        """Of the transformer, on the device at the least while the VAE works."""
        if plan is Plan.OFFLOADED:
            return self.outside_blocks_bytes + self.block_bytes
        return 0 if plan.takes_turns else self.transformer_bytes


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
        patch_pixels=SPACE_FACTOR * config.get("patch_size", 2),
    )


def needed_bytes(plan: Plan, size: Footprint, clip: ClipSize) -> int:
    """The peak of the two stages, the sampling loop and the VAE; encoding takes less of it than
    decoding."""
    all_there = plan is Plan.DEVICE
    denoising = (
        CONTEXT_BYTES
        + size.weights(plan)
        + (size.vae_bytes if all_there else 0)
        + activation_bytes(size, clip, BATCHED_PEAK if all_there else SINGLE_PEAK)
    )
    decoding = vae_stage_bytes(size, clip, DECODE_PEAK) + size.weights_beside_vae(plan)
    return max(denoising, decoding)


def activation_bytes(size: Footprint, clip: ClipSize, peak: int) -> int:
    """What the sampling loop takes beside the weights; `peak` is one of denoiser.py's."""
    video = (clip.width // size.patch_pixels) * (clip.height // size.patch_pixels)
    hidden = (video * _latent_frames(clip) + TEXT_TOKENS) * size.hidden_width * size.item_bytes
    return int(FRAGMENTATION * hidden * peak)


def vae_stage_bytes(size: Footprint, clip: ClipSize, peak: int) -> int:
    """What the VAE takes while it works, without the transformer; `peak` is one of vae.py's. The
    number of frames doesn't matter, since they go through one by one."""
    numbers = peak * size.vae_width * clip.width * clip.height
    return CONTEXT_BYTES + size.vae_bytes + int(FRAGMENTATION * numbers * size.vae_item_bytes)


def choose_plan(size: Footprint, free: int, clip: ClipSize, start: Plan = Plan.DEVICE) -> Plan:
    """The first plan from `start` on under which the clip fits into `free` bytes.

    Raises `TooLargeForMemoryError`, with product sizes that do fit, where none is left.
    """
    needed = {plan: needed_bytes(plan, size, clip) for plan in start.and_below}
    for plan, taken in needed.items():
        if taken <= free:
            return plan
    fitting = fitting_clips(size, free, start)
    instead = " or ".join(f"{w}×{h}×{n}" for w, h, n in fitting) or "no size of clip at all"
    raise TooLargeForMemoryError(
        f"{clip.width}×{clip.height}×{clip.num_frames} takes {min(needed.values()) / GB:.1f} GB "
        f"and "
        f"{free / GB:.1f} GB are there, which is enough for {instead}",
        fitting,
    )


def fitting_clips(
    size: Footprint, free: int, start: Plan = Plan.DEVICE
) -> tuple[tuple[int, int, int], ...]:
    """(width, height, num_frames): the longest square clip of each product size that fits."""

    def fits(clip: ClipSize) -> bool:
        return any(needed_bytes(plan, size, clip) <= free for plan in start.and_below)

    found = []
    for side in PRODUCT_SIDES:
        lengths = (frames for frames in PRODUCT_FRAMES if fits(ClipSize(side, side, frames)))
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
    """What can still be had: of the card's memory, or of the machine's, of which the pages that
    only cache files are free too, as they are after a model was read."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    try:
        told = AVAILABLE.search(MEMINFO.read_text())
    except OSError:
        told = None
    # elsewhere than on Linux nobody says, and the machine's memory is what there is at the most
    return int(told[1]) * 1024 if told else os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _by_block(stored: Mapping[str, StoredTensor]) -> dict[str, int]:
    """Parameters of each transformer block."""
    blocks: dict[str, int] = {}
    for name, one in stored.items():
        if found := BLOCK.match(name):
            blocks[found[1]] = blocks.get(found[1], 0) + one.parameters
    return blocks


def _latent_frames(clip: ClipSize) -> int:
    return (clip.num_frames - 1) // FRAMES_GRID + 1

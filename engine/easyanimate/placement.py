"""Where the networks lie while they work, as the memory plan says, and how to do with less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import structlog
import torch
from diffusers.hooks.group_offloading import apply_group_offloading
from diffusers.models.autoencoders.autoencoder_kl_magvit import AutoencoderKLMagvit
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from torch import nn

from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.memory import (
    Footprint,
    Plan,
    choose_plan,
    explain,
    needed_bytes,
    vae_stage_bytes,
)

log = structlog.get_logger(__name__)

CPU = torch.device("cpu")
STORAGE_DTYPE = torch.float8_e4m3fn  # what the reference stores a transformer in, too


@dataclass(frozen=True, slots=True)
class Budget:
    """What the networks need, and the bytes that were free before they came."""

    footprint: Footprint
    free: int


class Placement:
    """Puts the networks where `plan` says at once; `down` moves them on to the next plan.

    Weights that were once rounded to eight bits stay so: going down is for good.
    """

    def __init__(
        self,
        plan: Plan,
        transformer: EasyAnimateTransformer3DModel,
        vae: AutoencoderKLMagvit,
        device: torch.device,
        budget: Budget,
    ) -> None:
        self.plan = plan
        # diffusers decorates `to` with what mypy takes for another signature
        self._transformer: Any = transformer
        self._vae: Any = vae
        self._device = device
        self._budget = budget
        self._dtype = transformer.dtype
        self._arrange()

    @property
    def batched(self) -> bool:
        """Whether both guidance branches run as one batch, for twice the activations."""
        return self.plan is Plan.DEVICE

    def make_room(self, clip: ClipSize) -> None:
        """Go down as far as this clip needs; `TooLargeForMemoryError` where it never fits."""
        budget = self._budget
        plan = choose_plan(budget.footprint, budget.free, clip, start=self.plan)
        if plan is not self.plan:
            log.info("model.plan", why=explain(plan, budget.footprint, budget.free, clip))
        while self.plan is not plan:
            self.down()

    def tell_out_of_memory(self, error: torch.OutOfMemoryError) -> None:
        """Raises it again where there is no plan left."""
        if self.plan.next is None:
            raise error
        log.warning("model.out_of_memory", plan=self.plan, error=str(error))

    def ran_out(self, clip: ClipSize) -> None:
        """The arithmetic was wrong about this clip: remember how much less there is, and go down.

        Raises `RuntimeError` under the last plan.
        """
        believed = needed_bytes(self.plan, self._budget.footprint, clip)
        self._budget = replace(self._budget, free=min(self._budget.free, believed - 1))
        self.down()

    def down(self) -> None:
        """To the next plan. Raises `RuntimeError` where there is none."""
        if self.plan.next is None:
            raise RuntimeError(f"there is no memory plan below {self.plan}")
        self.plan = self.plan.next
        self._arrange()
        self._free_cache()

    @contextmanager
    def for_vae(self, clip: ClipSize, peak: int) -> Iterator[None]:
        """The VAE is on the device inside the block, the transformer if there is room for both.

        `peak` is one of vae.py's.
        """
        alone = self.plan.takes_turns and not self._has_room_for_both(clip, peak)
        if alone:
            self._transformer.to(CPU)
            self._free_cache()
        self._vae.to(self._device)
        try:
            yield
        finally:
            self._vae.to(self._device if self.plan is Plan.DEVICE else CPU)
            if alone:
                self._free_cache()
                self._transformer.to(self._device)

    def _has_room_for_both(self, clip: ClipSize, peak: int) -> bool:
        size, free = self._budget.footprint, self._budget.free
        return size.weights(self.plan) + vae_stage_bytes(size, clip, peak) <= free

    def _free_cache(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _arrange(self) -> None:
        match self.plan:
            case Plan.DEVICE | Plan.VAE_SWAPPED:
                self._transformer.to(self._device)
            case Plan.EIGHT_BIT:
                self._transformer.enable_layerwise_casting(STORAGE_DTYPE, self._dtype)
                self._transformer.to(self._device)
            case Plan.OFFLOADED:
                self._offload_blocks()
        self._vae.to(self._device if self.plan is Plan.DEVICE else CPU)

    def _offload_blocks(self) -> None:
        """The few weights outside the blocks stay on the device, and the first block: the step
        cache looks through its norm before its turn comes."""
        first, *others = self._transformer.transformer_blocks
        blocks = nn.ModuleList(others)
        for child in self._transformer.children():
            if child is not self._transformer.transformer_blocks:
                child.to(self._device)
        first.to(self._device)
        streams = self._device.type == "cuda"
        # around the blocks alone: the transformer's own forward, which diffusers' hooks wait for,
        # is never called here
        apply_group_offloading(
            _Around(blocks),
            onload_device=self._device,
            offload_device=CPU,
            num_blocks_per_group=1,
            use_stream=streams,
            non_blocking=streams,
        )
        if streams:
            _load_one_ahead(others)


class _Around(nn.Module):
    """Group offloading looks for lists of blocks among a module's children."""

    def __init__(self, blocks: nn.ModuleList) -> None:
        super().__init__()
        self.blocks = blocks


def _load_one_ahead(blocks: Sequence[Any]) -> None:
    """Let each block fetch the next while it works, as diffusers does where it learns the order
    from the whole network's forward."""
    hooks = [block._diffusers_hook.get_hook("group_offloading") for block in blocks]
    for hook, following in pairwise(hooks):
        hook.next_group = following.group
        following.group.onload_self = False

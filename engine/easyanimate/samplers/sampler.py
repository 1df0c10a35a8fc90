"""A sampler: one of diffusers' schedulers, spoken to in the words of one family's network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.easyanimate.samplers.networks import Network, Space
from engine.easyanimate.samplers.noise_level import (
    NoiseLevel,
    flow_latents,
    u_from_v,
    v_from_u,
    vp_latents,
    x0_from_u,
    x0_from_v,
)


@dataclass(frozen=True, slots=True)
class Run:
    """A scheduler of diffusers (untyped) with its timesteps set, and what it doesn't tell: how
    its latents are made, the noise level of each model call, and whether it draws noise."""

    scheduler: Any
    space: Space
    levels: Sequence[NoiseLevel]
    draws_noise: bool = False


class Sampler:
    """From noise to clean latents, one model call at a time; made anew for each clip.

    `timesteps` are what the network is told, one per model call (PNDM makes nine more than
    steps); unit noise times `init_noise_sigma` begins. The calls come in order, `model_input`
    before `step`, since schedulers keep count and DPM++ and PNDM earlier outputs too. Where
    scheduler and network take the same latents nothing is computed here: the numbers are
    diffusers', bit by bit. Elsewhere noise_level.py translates.
    """

    def __init__(self, name: str, run: Run, network: Network) -> None:
        self.name = name
        self._run, self._scheduler = run, run.scheduler
        self._native = network.speaks(run.space)
        self._steps_done = 0
        self.timesteps: list[float] = (
            [float(time) for time in run.scheduler.timesteps]
            if self._native
            else [network.time(level) for level in run.levels]
        )
        # the flow scheduler has none, for its noise is of unit size
        self.init_noise_sigma = float(getattr(run.scheduler, "init_noise_sigma", 1.0))

    def model_input(self, latents: Tensor, call: int) -> Tensor:
        """The latents as the network takes them at `timesteps[call]`."""
        level = self._run.levels[call]
        if self._run.space is Space.FLOW:
            return latents if self._native else vp_latents(latents, level)
        x: Tensor = self._scheduler.scale_model_input(latents, self._scheduler.timesteps[call])
        return x if self._native else flow_latents(x, level)

    def step(
        self, output: Tensor, call: int, latents: Tensor, generator: torch.Generator | None = None
    ) -> Tensor:
        """The latents after this call, in their dtype; `output` is the network's, guided.

        Euler A alone asks `generator`, once a step, for noise of the latents' shape and dtype.
        Raises `ValueError` where a call is left out or made twice.
        """
        if call != self._steps_done:
            raise ValueError(f"{self.name} is at call {self._steps_done}, not at {call}")
        self._steps_done += 1
        drawn = {"generator": generator} if self._run.draws_noise else {}
        stepped: tuple[Tensor, ...] = self._scheduler.step(
            self._scheduler_output(output, call, latents),
            self._scheduler.timesteps[call],
            latents,
            return_dict=False,
            **drawn,
        )
        return stepped[0]

    def x0(self, output: Tensor, call: int, latents: Tensor) -> Tensor:
        """The clean latents that a call predicts, for pictures on the way.

        `output` and `latents` are those given to `step`. Told by the noise level alone, so that
        the scheduler doesn't notice, before its step or after it.
        """
        level, output = self._run.levels[call], self._scheduler_output(output, call, latents)
        if self._run.space is Space.FLOW:
            return x0_from_u(output, latents, level)
        return x0_from_v(output, self._as_vp(latents, level), level)

    def _scheduler_output(self, output: Tensor, call: int, latents: Tensor) -> Tensor:
        """The network's output as the scheduler takes it."""
        if self._native:
            return output
        level = self._run.levels[call]
        if self._run.space is Space.FLOW:
            return u_from_v(output, latents, level)
        return v_from_u(output, self._as_vp(latents, level), level)

    def _as_vp(self, latents: Tensor, level: NoiseLevel) -> Tensor:
        """What `scale_model_input` makes of them, which only counts right before the step."""
        return latents.float() * level.alpha if self._run.space is Space.VE else latents

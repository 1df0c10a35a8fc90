"""What each family's network takes and gives, and the times it was trained with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from diffusers import DDIMScheduler

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.samplers.noise_level import NoiseLevel
from engine.easyanimate.samplers.schedules import FLOW_CONFIG, VP_CONFIG, Config, configured

NEARLY_PURE_NOISE = 2.0**-24  # the ᾱ that diffusers' Euler and DPM++ put for the zero of zero-SNR


class Space(Enum):
    """How latents hold picture and noise. Schedulers use all three, networks the last two."""

    VE = "x0 + (σ/α)ε"
    VP = "αx0 + σε"
    FLOW = "(1 − s)x0 + sε"


@dataclass(frozen=True, slots=True)
class Network:
    """The latents that a network takes, the config of its own scheduler, and what it is told as
    the time at a noise level."""

    space: Space
    config: Config
    time: Callable[[NoiseLevel], float]

    def speaks(self, space: Space) -> bool:
        """Whether a scheduler of that space needs no translation (it brings VE to VP itself)."""
        return (space is Space.FLOW) == (self.space is Space.FLOW)

    def config_for(self, space: Space) -> Config:
        """The schedule of a sampler whose latents live in `space`."""
        if self.speaks(space):
            return self.config
        return FLOW_CONFIG if space is Space.FLOW else VP_CONFIG


def network_of(family: Family, config: Config) -> Network:
    """The network of `family`; `config` is its checkpoint's scheduler_config.json.

    Raises `CheckpointError` where that config contradicts the family.
    """
    if family is Family.V5_1:
        return Network(Space.FLOW, config, lambda level: 1000.0 * level.flow_time)
    if (predicts := config.get("prediction_type")) != "v_prediction":
        raise CheckpointError(
            f"V5 predicts v, but scheduler_config.json says prediction_type {predicts!r}: "
            "download the scheduler's file again"
        )
    return Network(Space.VP, config, vp_time(config))


def vp_time(config: Config) -> Callable[[NoiseLevel], float]:
    """The unrounded time, 0..999, at which a VP schedule reaches a noise level.

    Interpolated in log(σ/α), with which the network's times run about evenly. Pure noise is time
    999 exactly; levels below the schedule's first are time 0.
    """
    alphas_squared = configured(DDIMScheduler, config).alphas_cumprod.double().numpy()
    alphas_squared = np.maximum(alphas_squared, NEARLY_PURE_NOISE)
    log_ratios = np.log((1.0 - alphas_squared) / alphas_squared) / 2.0
    times = np.arange(len(log_ratios), dtype=np.float64)
    return lambda level: float(np.interp(level.log_ratio, log_ratios, times))

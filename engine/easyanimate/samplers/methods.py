"""How each sampler that people know by name is made from diffusers' schedulers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import structlog
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    PNDMScheduler,
)

from engine.easyanimate.samplers.karras import dpm_2m_karras
from engine.easyanimate.samplers.networks import Space
from engine.easyanimate.samplers.noise_level import NoiseLevel
from engine.easyanimate.samplers.sampler import Run
from engine.easyanimate.samplers.schedules import Config, configured

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Method:
    """`scheduler` makes diffusers' object with its timesteps set, `levels` reads from it the
    noise level of each model call."""

    space: Space
    scheduler: Callable[[Config, int], Any]
    levels: Callable[[Any], list[NoiseLevel]]
    draws_noise: bool = False
    fewest_steps: int = 1

    def run(self, config: Config, num_inference_steps: int) -> Run:
        scheduler = self.scheduler(config, num_inference_steps)
        return Run(scheduler, self.space, self.levels(scheduler), self.draws_noise)


def _timed(kind: Any, **options: float) -> Callable[[Config, int], Any]:
    def scheduler(config: Config, num_inference_steps: int) -> Any:
        made = configured(kind, config)
        made.set_timesteps(num_inference_steps, **options)
        return made

    return scheduler


def _ddim(config: Config, num_inference_steps: int) -> Any:
    """DDIM, which clips nothing unless the checkpoint says so.

    diffusers' default would clip the predicted clean latents to [-1, 1], which EasyAnimate's are
    not confined to: a config that forgets to say no can't mean yes.
    """
    if "clip_sample" not in config:
        log.warning("sampler.clip_sample_missing", taken_as=False)
    elif config["clip_sample"]:
        log.warning("sampler.clips_latents", why="scheduler_config.json says so")
    return _timed(DDIMScheduler)({"clip_sample": False, **config}, num_inference_steps)


def _by_alphas(scheduler: Any) -> list[NoiseLevel]:
    alphas_squared = scheduler.alphas_cumprod[scheduler.timesteps]
    return [NoiseLevel.at_alpha_squared(one) for one in alphas_squared.tolist()]


def _by_ratios(scheduler: Any) -> list[NoiseLevel]:
    return [NoiseLevel.at_ratio(ratio) for ratio in scheduler.sigmas[:-1].tolist()]


def _by_flow_times(scheduler: Any) -> list[NoiseLevel]:
    return [NoiseLevel.at_flow_time(s) for s in scheduler.sigmas[:-1].tolist()]


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "DDIM": Method(Space.VP, _ddim, _by_alphas),
        "Euler": Method(Space.VE, _timed(EulerDiscreteScheduler), _by_ratios),
        "Euler A": Method(
            Space.VE, _timed(EulerAncestralDiscreteScheduler), _by_ratios, draws_noise=True
        ),
        "DPM++": Method(Space.VP, _timed(DPMSolverMultistepScheduler), _by_ratios),
        # its warm-up is four steps of Runge-Kutta, and it knows no zero SNR: see docs/samplers.md
        "PNDM": Method(Space.VP, _timed(PNDMScheduler), _by_alphas, fewest_steps=4),
        # the reference shifts by e¹ whatever the size
        "Flow": Method(Space.FLOW, _timed(FlowMatchEulerDiscreteScheduler, mu=1.0), _by_flow_times),
        "DPM++ 2M Karras": Method(Space.VP, dpm_2m_karras, _by_ratios),
    }
)

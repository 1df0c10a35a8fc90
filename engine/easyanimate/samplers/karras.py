"""DPM++ 2M Karras: the schedule that diffusers can't make here."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler

from engine.easyanimate.samplers.networks import vp_time
from engine.easyanimate.samplers.noise_level import NoiseLevel
from engine.easyanimate.samplers.schedules import Config, configured

RHO = 7.0  # Karras et al., arXiv 2206.00364, equation 5
CAP_PER_STEP = 0.6


def dpm_2m_karras(config: Config, num_inference_steps: int) -> Any:
    """DPM-Solver++(2M) on Karras's noise levels, in diffusers' scheduler.

    diffusers' own `use_karras_sigmas` spans all that the schedule holds. With zero terminal SNR
    that begins at σ/α = 4096 (2⁻²⁴ stands for the zero), so 34 of 50 steps go where σ/α > 14.6,
    beyond the betas before their rescaling; rounded times fall together at 999, which lets `step`
    begin at its second level and, at 25, 50, 60 or 100 steps, raise IndexError at the end.

    Here the first call is on pure noise, at time 999, as the network was trained to begin; one
    leap then reaches a cap from which Karras's levels run down to the schedule's first, 0.029.
    The leap misses a share variance/(2·cap²) of the way; a higher cap misses less but takes steps
    from where they are needed. The rest errs with the square of the steps, so the two stay in
    balance where the cap grows with them. 0.6 a step, so 30 at 50 steps, was the best or within
    3 % of it at 25, 50 and 100 steps on each data set of docs/samplers.md. Times are not rounded,
    since the levels lie between the trained ones.
    """
    scheduler = configured(DPMSolverMultistepScheduler, config)
    scheduler.set_timesteps(num_inference_steps)
    ratios = karras_ratios(config, num_inference_steps)
    time = vp_time(config)
    scheduler.sigmas = torch.tensor([*ratios, 0.0], dtype=torch.float32)
    scheduler.timesteps = torch.tensor(
        [time(NoiseLevel.at_ratio(ratio)) for ratio in ratios], dtype=torch.float32
    )
    scheduler.set_begin_index(0)
    return scheduler


def karras_ratios(
    config: Config, num_inference_steps: int, cap: float | None = None
) -> list[float]:
    """σ/α at each model call: pure noise, then Karras's levels from `cap` down.

    A schedule without zero SNR, which may end below the cap, has no pure noise to leap from.
    """
    trained = configured(DPMSolverMultistepScheduler, config).sigmas
    smallest, noisiest = float(trained[0]), float(trained[-1])
    cap = CAP_PER_STEP * num_inference_steps if cap is None else cap
    leap = [noisiest] if noisiest > cap else []
    largest = cap if leap else noisiest
    count = num_inference_steps - len(leap)
    ramp = np.linspace(largest ** (1 / RHO), smallest ** (1 / RHO), count)
    return [*leap, *(ramp**RHO).tolist()]

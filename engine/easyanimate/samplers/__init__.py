"""The samplers that a person can pick by name, each for both families.

The reference offers V5 the first five and V5.1 Flow; those are diffusers' schedulers untouched.
The other pairs go through the change of variables of noise_level.py.
"""

from __future__ import annotations

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.samplers.methods import METHODS
from engine.easyanimate.samplers.networks import network_of
from engine.easyanimate.samplers.sampler import Sampler
from engine.easyanimate.samplers.schedules import Config

__all__ = ["SAMPLERS", "Sampler", "make_sampler"]

SAMPLERS = tuple(METHODS)
TRAINED_FOR = {Family.V5: "DDIM", Family.V5_1: "Flow"}
MOST_STEPS = 1000  # the trained times


def make_sampler(
    name: str | None, family: Family, scheduler_config: Config, num_inference_steps: int
) -> Sampler:
    """The sampler `name`, or the one that `family` was trained for, for one clip.

    `scheduler_config` is the checkpoint's scheduler_config.json. Raises `ValueError` for a name
    that isn't in `SAMPLERS` and for a number of steps that the sampler can't make,
    `CheckpointError` for a config that isn't the family's.
    """
    name = TRAINED_FOR[family] if name is None else name
    if name not in METHODS:
        raise ValueError(f"no sampler is called {name!r}; there are {', '.join(SAMPLERS)}")
    method = METHODS[name]
    if not method.fewest_steps <= num_inference_steps <= MOST_STEPS:
        raise ValueError(
            f"{name} takes {method.fewest_steps} to {MOST_STEPS} steps, not {num_inference_steps}"
        )
    network = network_of(family, scheduler_config)
    run = method.run(network.config_for(method.space), num_inference_steps)
    return Sampler(name, run, network)

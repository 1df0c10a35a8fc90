"""The samplers that a person can pick by name, each for both families.

The reference offers V5 the first five and V5.1 Flow; those are diffusers' schedulers untouched.
The other pairs go through the change of variables of noise_level.py.
"""

from __future__ import annotations

from engine.easyanimate.checkpoint import Family
from engine.easyanimate.errors import CheckpointError, told_shortly
from engine.easyanimate.samplers.methods import METHODS
from engine.easyanimate.samplers.networks import network_of
from engine.easyanimate.samplers.sampler import Sampler
from engine.easyanimate.samplers.schedules import Config
from engine.easyanimate.tensor_files import AGAIN

__all__ = ["SAMPLERS", "Sampler", "check_sampler", "make_sampler"]

SAMPLERS = tuple(METHODS)
TRAINED_FOR = {Family.V5: "DDIM", Family.V5_1: "Flow"}
MOST_STEPS = 1000  # the trained times


def check_sampler(name: str | None, family: Family, num_inference_steps: int) -> str:
    """The name, None being the sampler that `family` was trained for.

    Raises `ValueError` for one that isn't in `SAMPLERS` and for a number of steps that the
    sampler can't make.
    """
    name = TRAINED_FOR[family] if name is None else name
    if name not in METHODS:
        raise ValueError(f"no sampler is called {name!r}; there are {', '.join(SAMPLERS)}")
    fewest = METHODS[name].fewest_steps
    if not fewest <= num_inference_steps <= MOST_STEPS:
        raise ValueError(f"{name} takes {fewest} to {MOST_STEPS} steps, not {num_inference_steps}")
    return name


def make_sampler(
    name: str | None, family: Family, scheduler_config: Config, num_inference_steps: int
) -> Sampler:
    """The sampler `name`, as `check_sampler` has it, for one clip.

    `scheduler_config` is the checkpoint's scheduler_config.json. Raises `ValueError` as
    `check_sampler` does, `CheckpointError` for a config that isn't the family's or makes nothing.
    """
    name = check_sampler(name, family, num_inference_steps)
    method = METHODS[name]
    try:
        network = network_of(family, scheduler_config)
        run = method.run(network.config_for(method.space), num_inference_steps)
    except CheckpointError:
        raise
    except Exception as error:  # nonsense in a config fails in as many ways
        raise CheckpointError(
            f"scheduler_config.json makes no sampler ({told_shortly(error)}): {AGAIN}"
        ) from error
    return Sampler(name, run, network)

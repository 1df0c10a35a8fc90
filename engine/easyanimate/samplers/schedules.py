"""The noise schedules that the two families were trained with, in diffusers' words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Config = Mapping[str, Any]  # a scheduler_config.json

# What a sampler of the other family runs with: V5's schedule over V5.1's network, and the reverse.
VP_CONFIG: Config = MappingProxyType(
    {
        "num_train_timesteps": 1000,
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
        "clip_sample": False,
        "set_alpha_to_one": True,
        "steps_offset": 0,
    }
)
FLOW_CONFIG: Config = MappingProxyType(
    {"num_train_timesteps": 1000, "shift": 3.0, "use_dynamic_shifting": True}
)


def configured(scheduler: Any, config: Config) -> Any:
    """One of diffusers' schedulers (which are untyped), from its config.

    That becomes a dict first: diffusers takes any other mapping for a path, and asks the network.
    """
    return scheduler.from_config(dict(config))

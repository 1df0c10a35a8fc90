"""How much is measured: all of it, or as little as shows that it still works."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.net_size import DEEP, MIDDLE, SIXTH, SMALL, NetSize


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """`rounds` alternate with the peer's; `block` jobs are accepted in each of `blocks`.

    The model's clips have `model_frames`. `net` denoises `steps` of a clip of `side` pixels for
    its speed, `saved_net` `steps_saved` of `saved_side` to save some of them; `loaded_net` is
    read from disk, beside a VAE of as many channels in its blocks as `loaded_vae` says. Decoded
    clips have `decoded_side` and `num_frames`. A card that changes so many times is looked at by
    `streams`; a day has `jobs_a_day` within `day_s`.
    """

    rounds: int
    jobs_a_round: int
    block: int
    blocks: int
    jobs_of_a_bot: int
    jobs_a_worker: int
    num_frames: int
    res: int
    net: NetSize
    loaded_net: NetSize
    loaded_vae: tuple[int, ...]
    saved_net: NetSize
    saved_side: int
    side: int
    model_frames: int
    steps: int
    steps_saved: int
    decoded_side: int
    streams: int
    changes: int
    jobs_a_day: int
    day_s: float


FULL = Sizes(
    rounds=5,
    jobs_a_round=100,
    block=1000,
    blocks=10,
    jobs_of_a_bot=100,
    jobs_a_worker=20,
    num_frames=49,
    res=768,
    net=MIDDLE,
    loaded_net=SIXTH,
    loaded_vae=(52, 104, 208, 208),
    saved_net=DEEP,
    saved_side=128,
    side=256,
    model_frames=17,
    steps=4,
    steps_saved=20,
    decoded_side=160,
    streams=200,
    changes=40,
    jobs_a_day=2000,
    day_s=600,
)
QUICK = replace(
    FULL,
    rounds=3,
    jobs_a_round=30,
    block=100,
    blocks=5,
    jobs_of_a_bot=20,
    jobs_a_worker=8,
    steps=2,
    changes=10,
    jobs_a_day=200,
    day_s=60,
)
TINY = Sizes(
    rounds=1,
    jobs_a_round=3,
    block=4,
    blocks=3,
    jobs_of_a_bot=2,
    jobs_a_worker=2,
    num_frames=5,
    res=512,
    net=SMALL,
    loaded_net=SMALL,
    loaded_vae=(),
    saved_net=SMALL,
    saved_side=32,
    side=32,
    model_frames=5,
    steps=2,
    steps_saved=5,
    decoded_side=32,
    streams=5,
    changes=3,
    jobs_a_day=20,
    day_s=5,
)

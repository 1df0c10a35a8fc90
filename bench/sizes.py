"""How much is measured: all of it, or as little as shows that it still works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """`rounds` alternate with the peer's; `block` jobs are accepted in each of `blocks`."""

    rounds: int
    jobs_a_round: int
    block: int
    blocks: int
    jobs_of_a_bot: int
    num_frames: int
    res: int


FULL = Sizes(
    rounds=5, jobs_a_round=100, block=1000, blocks=10, jobs_of_a_bot=100, num_frames=49, res=768
)
QUICK = Sizes(
    rounds=3, jobs_a_round=30, block=100, blocks=5, jobs_of_a_bot=20, num_frames=49, res=768
)
TINY = Sizes(rounds=1, jobs_a_round=3, block=4, blocks=3, jobs_of_a_bot=2, num_frames=5, res=512)

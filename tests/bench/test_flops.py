"""The arithmetic behind every TFLOP/s: held to a table that was worked out by hand."""

from __future__ import annotations

import pytest

from bench.flops import TERA, forward_flops, video_tokens
from bench.net_size import V5_7B

TEXT_TOKENS = 512  # what the table counted


@pytest.mark.parametrize(
    ("side", "tokens", "linear", "attention"),
    [(512, 13_312, 113, 85), (768, 29_952, 248, 411), (1024, 53_248, 438, 1_279)],
)
def test_the_7b_is_so_much_arithmetic(side: int, tokens: int, linear: int, attention: int) -> None:
    assert video_tokens(side, side, 49) == tokens
    found = forward_flops(tokens + TEXT_TOKENS, V5_7B.width, V5_7B.layers)
    assert round(found.linear / TERA) == linear
    assert round(found.attention / TERA) == attention


def test_a_guided_step_is_two_forwards() -> None:
    found = forward_flops(13_312 + TEXT_TOKENS, V5_7B.width, V5_7B.layers)
    assert 2 * found.total / TERA == pytest.approx(394, abs=1)


def test_a_picture_is_one_latent_frame() -> None:
    assert video_tokens(512, 512, 1) == 32 * 32

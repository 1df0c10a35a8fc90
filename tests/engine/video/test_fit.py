"""The search for a size that fits, against encoders that only say how large a file would be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.errors import EncodeError
from engine.video.fit import MAX_TRIES, SMALLEST_SIDE, Try, fit

WEIGHTS = (1.0, 0.6, 0.4, 0.25)
BEST = Try(0, 768, 768)
WHOLE = 8_000_000


class Encoder:
    """Files whose size follows quality and area; counts how often it was asked."""

    def __init__(self, exponent: float = 1.0, weights: tuple[float, ...] = WEIGHTS) -> None:
        self.tries: list[Try] = []
        self._exponent = exponent
        self._weights = weights

    def __call__(self, attempt: Try) -> int:
        self.tries.append(attempt)
        return self.size_of(attempt)

    def size_of(self, attempt: Try) -> int:
        area = attempt.width * attempt.height / (BEST.width * BEST.height)
        weight: float = self._weights[attempt.quality] * area**self._exponent
        return round(WHOLE * weight)


def test_without_a_limit_the_best_is_made_once() -> None:
    encoder = Encoder()
    assert fit(encoder, BEST, WEIGHTS, None) == BEST
    assert encoder.tries == [BEST]


@pytest.mark.parametrize(
    ("limit", "quality"), [(WHOLE, 0), (6_000_000, 1), (4_000_000, 2), (2_400_000, 3)]
)
def test_the_best_quality_that_should_fit_is_taken_at_once(limit: int, quality: int) -> None:
    encoder = Encoder()
    assert fit(encoder, BEST, WEIGHTS, limit) == Try(quality, 768, 768)
    assert len(encoder.tries) <= 2


def test_dimensions_are_given_up_only_after_the_last_quality() -> None:
    encoder = Encoder()
    fit(encoder, BEST, WEIGHTS, 300_000)
    qualities = [attempt.quality for attempt in encoder.tries if attempt.width == BEST.width]
    assert qualities[-1] == len(WEIGHTS) - 1


@pytest.mark.parametrize("exponent", [0.5, 0.7, 1.0, 1.5])
@pytest.mark.parametrize("limit", [1_000_000, 400_000, 200_000])
def test_few_tries_suffice_however_the_size_follows_the_area(exponent: float, limit: int) -> None:
    encoder = Encoder(exponent)
    chosen = fit(encoder, BEST, WEIGHTS, limit)
    assert encoder.size_of(chosen) <= limit
    assert len(encoder.tries) <= MAX_TRIES
    assert chosen == encoder.tries[-1], "the file on the disk is the last one made"


def test_weights_that_promise_too_much_still_end_in_a_file_that_fits() -> None:
    encoder = Encoder(weights=(1.0, 0.99, 0.98, 0.97))
    chosen = fit(encoder, BEST, WEIGHTS, 2_000_000)
    assert encoder.size_of(chosen) <= 2_000_000


def test_the_shape_is_kept_and_both_sides_are_even() -> None:
    chosen = fit(Encoder(), Try(0, 1184, 496), WEIGHTS, 300_000)
    assert (chosen.width % 2, chosen.height % 2) == (0, 0)
    assert chosen.width / chosen.height == pytest.approx(1184 / 496, rel=0.02)


@pytest.mark.parametrize("size_of", [lambda _: WHOLE, Encoder(exponent=0.1)])
def test_what_never_fits_is_an_error_after_few_tries(size_of: Callable[[Try], int]) -> None:
    tries = []

    def make(attempt: Try) -> int:
        tries.append(attempt)
        return size_of(attempt)

    with pytest.raises(EncodeError) as caught:
        fit(make, BEST, WEIGHTS, 10_000)
    assert caught.value.key == "error-too-large-to-fit"
    assert len(tries) <= MAX_TRIES
    assert min(tries[-1].width, tries[-1].height) >= SMALLEST_SIDE


def test_the_smallest_size_is_tried_before_giving_up() -> None:
    encoder = Encoder()
    smallest = Try(len(WEIGHTS) - 1, SMALLEST_SIDE, SMALLEST_SIDE)
    assert fit(encoder, BEST, WEIGHTS, encoder.size_of(smallest)) == smallest

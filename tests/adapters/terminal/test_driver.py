"""Drivers and CUDAs: by NVIDIA's figures."""

from __future__ import annotations

import pytest

from adapters.terminal.driver import driver_needed, is_new_enough


@pytest.mark.parametrize(
    ("cuda", "driver"),
    [("11.8", "450.80.02"), ("12.1", "525.60.13"), ("12.8", "525.60.13"), ("13.0", "580")],
)
def test_a_cuda_needs_the_first_driver_of_its_major_version(cuda: str, driver: str) -> None:
    assert driver_needed(cuda) == driver


@pytest.mark.parametrize("cuda", ["14.0", "6.2", "–", ""])
def test_of_a_cuda_that_is_not_known_nothing_is_asked(cuda: str) -> None:
    assert driver_needed(cuda) == ""
    assert is_new_enough("1.0", "")


@pytest.mark.parametrize(
    ("driver", "fits"),
    [
        ("525.60.13", True),
        ("525.105.17", True),  # numbers, not letters
        ("580.65.06", True),
        ("525.60.11", False),
        ("470.256.02", False),
        ("[N/A]", True),
    ],
)
def test_versions_are_compared_number_by_number(driver: str, fits: bool) -> None:
    assert is_new_enough(driver, "525.60.13") is fits

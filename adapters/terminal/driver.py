"""Which NVIDIA driver a CUDA needs, as told by NVIDIA's release notes of the CUDA toolkit.

Within a major version each CUDA runs on the drivers of the first ("minor version compatibility");
the figures are those for Linux, and for a PyTorch that is installed from wheels nothing else of
CUDA has to be there.
"""

from __future__ import annotations

OLDEST_DRIVER = {11: "450.80.02", 12: "525.60.13", 13: "580"}  # by CUDA's major version


def driver_needed(cuda: str) -> str:
    """The oldest driver for a CUDA, "12.8" or "13"; "" for a major version that isn't known."""
    major, _, _ = cuda.partition(".")
    return OLDEST_DRIVER.get(int(major), "") if major.isdecimal() else ""


def is_new_enough(driver: str, needed: str) -> bool:
    """By their numbers; what is no version at all is given the benefit of the doubt."""
    return _numbers(driver) >= _numbers(needed) if driver[:1].isdecimal() else True


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]

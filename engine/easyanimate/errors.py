"""What the engine says where it can't go on: one English sentence, for whoever runs the model."""

from __future__ import annotations


class CheckpointError(ValueError):
    """The model's files can't be used: what they are instead, and what to do."""


class TooLargeForMemoryError(ValueError):
    """A clip that fits under no memory plan; `fitting` are (width, height, num_frames) that do."""

    def __init__(self, sentence: str, fitting: tuple[tuple[int, int, int], ...] = ()) -> None:
        self.fitting = fitting
        super().__init__(sentence)


class BrokenLatentsError(RuntimeError):
    """NaN or infinity came out of the network: a broken checkpoint, or a dtype too narrow."""


def told_shortly(error: Exception) -> str:
    """The first line of what a library says, for the inside of a sentence."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__

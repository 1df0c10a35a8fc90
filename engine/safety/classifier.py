"""An image classifier by its name on a hub or its folder, and which of its labels count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.inspection import Suspicion


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetySettings:
    """What the bot tells this worker through its environment, by the names of `bot.settings`."""

    model: str
    labels: Mapping[str, float]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> SafetySettings:
        """`SAFETY_LABELS` are `nsfw, gore:0.5`; those without a score take `SAFETY_THRESHOLD`."""
        usual = float(environment.get("SAFETY_THRESHOLD") or 0.8)
        named = filter(None, map(str.strip, environment.get("SAFETY_LABELS", "").split(",")))
        return cls(
            model=environment.get("SAFETY_MODEL", ""),
            labels=dict(_limit(one, usual) for one in named),
        )


class Classifier:
    """On the CPU: the GPU is the renderer's."""

    def __init__(self, settings: SafetySettings) -> None:
        """Raises `ValueError` for labels that the model lacks; what its library raises for a
        folder or a name is of any kind."""
        # here, as the settings are also read where transformers is not installed
        from transformers import pipeline

        self._limits = settings.labels
        self._pipeline: Any = pipeline("image-classification", model=settings.model, device="cpu")
        config: Any = self._pipeline.model.config
        known = {str(label).casefold() for label in config.id2label.values()}
        if not self._limits or self._limits.keys() - known:
            wrong = ", ".join(sorted(self._limits.keys() - known)) or "SAFETY_LABELS"
            raise ValueError(f"{wrong}: this model's labels are {', '.join(sorted(known))}")

    def judge(self, pictures: Iterable[NDArray[np.uint8]]) -> Suspicion | None:
        """The surest of what was found in any of the pictures, each (height, width, 3) in RGB."""
        found = [one for picture in pictures for one in self._found_in(picture)]
        return max(found, key=lambda one: one.score, default=None)

    def _found_in(self, picture: NDArray[np.uint8]) -> Iterator[Suspicion]:
        said: Sequence[Mapping[str, Any]] = self._pipeline(Image.fromarray(picture), top_k=None)
        for one in said:
            label, score = str(one["label"]).casefold(), float(one["score"])
            if score >= self._limits.get(label, 2.0):
                yield Suspicion(label, score)


def _limit(text: str, usual: float) -> tuple[str, float]:
    label, colon, score = text.rpartition(":")
    return (label.strip().casefold(), float(score)) if colon else (text.casefold(), usual)

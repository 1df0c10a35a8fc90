"""EasyAnimate as a worker's role: `model`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.errors import ModelError
from engine.easyanimate import load_pipeline
from engine.easyanimate.errors import CheckpointError, TooLargeForMemoryError
from engine.protocol import Answer, Render, Rendered, Task
from engine.role import Cancelled, Report

if TYPE_CHECKING:
    from engine.easyanimate.pipeline import EasyAnimatePipeline

log = structlog.get_logger(__name__)

NOT_INSTALLED = "{missing} is not installed: run `make model`, which installs what the model needs"


class Model:
    """One render at a time. A model that can't be loaded leaves a role that says why."""

    lanes = 1
    niceness = 0

    def __init__(self) -> None:
        self._settings = ModelSettings.of(os.environ)
        self._pipe: EasyAnimatePipeline | None = None
        self._problem = ""
        try:
            self._pipe = self._settings.load()
        except ModuleNotFoundError as error:
            self._problem = NOT_INSTALLED.format(missing=error.name)
        except (CheckpointError, TooLargeForMemoryError, ValueError) as error:
            self._problem = str(error)
        if self._problem:
            log.error("model.unusable", model=self._settings.model, reason=self._problem)

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        if not isinstance(task, Render):
            raise TypeError(f"the model role does not {task.verb}")
        if self._pipe is None:
            raise ModelError(reason=self._problem)
        # imports torch, which is there where a model could be loaded
        from engine.easyanimate.rendering import render

        return Rendered(render(self._pipe, task.order, report, cancelled))

    def describe(self) -> dict[str, str]:
        facts = {"renderer": "EasyAnimate", "model": self._settings.model} | _torch()
        if self._pipe is None:
            return facts | {"problem": self._problem}
        return facts | self._pipe.describe()


def _torch() -> dict[str, str]:
    """Asked of a role without a pipeline too: a driver may be too old for its CUDA."""
    try:
        import torch
    except ModuleNotFoundError:
        return {}
    return {"torch": torch.__version__, "cuda": torch.version.cuda or "–"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the bot tells this worker through its environment, by the names of `bot.settings`."""

    model: str
    lora: str = ""
    memory: str = "auto"
    attention: str = "auto"
    compile: bool = False
    device: str = "auto"
    prompt_cache: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> ModelSettings:
        given = {name: environment.get(name.upper(), "") for name in cls.__slots__}
        return cls(
            model=given["model"],
            lora=given["lora"],
            memory=given["memory"] or "auto",
            attention=given["attention"] or "auto",
            compile=given["compile"] == "on",
            device=given["device"] or "auto",
            prompt_cache=given["prompt_cache"],
        )

    @property
    def loras(self) -> list[tuple[str, float]]:
        """`path:0.6, other.safetensors:0.4`; a path's own colons stay its own."""
        pairs = (one.strip().rpartition(":") for one in self.lora.split(",") if one.strip())
        return [(path, float(weight)) for path, _, weight in pairs]

    def load(self) -> EasyAnimatePipeline:
        return load_pipeline(
            self.model,
            device=self.device,
            memory=self.memory,
            attention=self.attention,
            compile=self.compile,
            loras=self.loras,
            prompt_cache=Path(self.prompt_cache) if self.prompt_cache else "auto",
        )

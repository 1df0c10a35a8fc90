"""A render order through the pipeline into its master, with progress, pictures and cancels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from bot.clip import FPS, Clip, Progress, RenderOrder
from bot.errors import ModelError, RenderError, RequestError, WayOut
from bot.request import AnimationRequest, Mode, Note, Sampler
from engine.easyanimate.conditioning import resized
from engine.easyanimate.errors import (
    BrokenLatentsError,
    CheckpointError,
    TooLargeForMemoryError,
)
from engine.easyanimate.look import Look, fit_look
from engine.easyanimate.pipeline import EasyAnimatePipeline, RenderedClip
from engine.pixels import save_progress_picture
from engine.role import Cancelled, Report, TaskCancelledError
from engine.video.master import MasterWriter


def render(
    pipe: EasyAnimatePipeline, order: RenderOrder, report: Report, cancelled: Cancelled
) -> Clip:
    """Raises `RequestError` for what does not fit this card, `ModelError` for broken weights."""
    with _errors_of_the_house(order.request):
        return _Rendering(pipe, order, report, cancelled).clip()


class _Rendering:
    """One order on its way through the pipeline into its master."""

    def __init__(
        self, pipe: EasyAnimatePipeline, order: RenderOrder, report: Report, cancelled: Cancelled
    ) -> None:
        self._pipe = pipe
        self._order = order
        self._report = report
        self._cancelled = cancelled
        self._look: Look | None = None
        with Image.open(order.picture) as picture:
            self._picture = picture.convert("RGB")

    def clip(self) -> Clip:
        order, request = self._order, self._order.request
        self._tell(0, request.num_inference_steps)
        embeds = self._pipe.encode_prompt(request.prompt_to_render, request.negative_prompt)
        self._write(self._pipe(**self._arguments(), prompt_embeds=embeds))
        return Clip(
            master=order.folder / "master.mkv",
            width=order.width,
            height=order.height,
            num_frames=request.frames_shown,
            notes=(Note("note-prompt-cut"),) if embeds.cut else (),
        )

    def _arguments(self) -> dict[str, Any]:
        order, request = self._order, self._order.request
        return {
            "image": self._picture,
            "end_image": self._picture if request.loop else None,
            "height": order.height,
            "width": order.width,
            "num_frames": request.num_frames,
            "num_inference_steps": request.num_inference_steps,
            "guidance_scale": request.guidance_scale,
            "sampler": None if request.sampler is Sampler.AUTO else request.sampler.value,
            "seed": request.seed,
            "mode": None if request.mode is Mode.AUTO else request.mode.value,
            "output_type": "stream",
            "callback_on_step_end": self._step_ended,
        }

    def _step_ended(
        self, pipe: EasyAnimatePipeline, call: int, _timestep: float, told: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        self._tell(call + 1, pipe.num_timesteps, self._look_at(told["x0"], told["inpaint"]))
        return {}

    def _look_at(self, x0: Tensor, inpaint: Tensor) -> Path:
        """A small picture of what the clip is going to be, for its card."""
        if self._look is None:
            start = resized(self._picture, self._order.width, self._order.height)
            self._look = fit_look(inpaint[0, 1:, 0], start)
        return save_progress_picture(self._look.picture(x0), self._order.folder)

    def _write(self, rendered: RenderedClip) -> None:
        """A loop ends on its first frame again: the repeated frame is left out."""
        order, left = self._order, self._order.request.frames_shown
        calls = self._pipe.num_timesteps
        with MasterWriter(order.folder / "master.mkv", order.width, order.height, FPS) as out:
            for piece in rendered.frames or ():
                for frame in piece[:left]:
                    out.write((frame * 255).astype(np.uint8))
                left -= len(piece[:left])
                self._tell(calls, calls)

    def _tell(self, step: int, of: int, picture: Path | None = None) -> None:
        if self._cancelled():
            raise TaskCancelledError
        self._report(Progress(step, of, picture))


@contextmanager
def _errors_of_the_house(request: AnimationRequest) -> Iterator[None]:
    try:
        yield
    except TooLargeForMemoryError as error:
        ways_out = [_way_out(size, request) for size in error.fitting]
        raise RequestError(
            "request-too-large-for-card",
            ways_out=tuple(ways_out),
            frames=request.num_frames,
            res=str(request.res),
            fitting=", ".join(f"{w}×{h}×{n}" for w, h, n in error.fitting) or "–",
        ) from error
    except (CheckpointError, BrokenLatentsError) as error:
        raise ModelError(reason=str(error)) from error
    except torch.OutOfMemoryError as error:
        raise RenderError(reason=str(error)) from error


def _way_out(size: tuple[int, int, int], request: AnimationRequest) -> WayOut:
    res, _, frames = size
    fits = {"res": str(res), "frames": str(frames)}
    asked = {"res": str(request.res), "frames": str(request.num_frames)}
    return WayOut("change", {name: fits[name] for name in fits if fits[name] != asked[name]})

"""A picture and a prompt into a clip: the stages in order, each timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from torch import Tensor

from engine.easyanimate.arguments import generator_of, latents_of, text
from engine.easyanimate.call import Call
from engine.easyanimate.checkpoint import Checkpoint
from engine.easyanimate.conditioning import ClipSize, condition
from engine.easyanimate.decoding import Frames, decode
from engine.easyanimate.denoise import Conditions, Guidance, Step, denoise
from engine.easyanimate.denoiser import Denoiser
from engine.easyanimate.modes import Tuning
from engine.easyanimate.placement import Placement
from engine.easyanimate.samplers import Sampler, check_sampler, make_sampler
from engine.easyanimate.step_cache import TeaCache, tea_cache
from engine.easyanimate.text import PromptEmbeds, TextEncoders
from engine.easyanimate.vae import ENCODE_PEAK, Vae

StepCallback = Callable[
    ["EasyAnimatePipeline", int, float, dict[str, Tensor]], Mapping[str, Tensor] | None
]


@dataclass(frozen=True, slots=True)
class RenderedClip:
    """What a call returns.

    `frames`: (frames, height, width, 3) float32 in [0, 1]; with "stream" an iterator over such
    pieces as the VAE makes them; None with "latent". `latents` are the final ones, still times
    the VAE's scaling factor: (1, 16, latent_frames, latent_height, latent_width). `timings` are
    seconds by stage (a stream's "decode_s" comes with its last piece). `forwards` counts samples
    through the blocks: two for a guided step, none for one that the step cache served.
    """

    frames: Frames | Iterator[Frames] | None
    latents: Tensor
    timings: dict[str, float]
    forwards: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What a pipeline is made of."""

    checkpoint: Checkpoint
    encoders: TextEncoders
    denoiser: Denoiser
    vae: Vae
    placement: Placement
    device: torch.device
    dtype: torch.dtype


class EasyAnimatePipeline:
    """EasyAnimate V5 or V5.1 image-to-video; `engine.easyanimate.load_pipeline` makes one.

    Not for several threads at once: its networks keep state while they run.
    """

    def __init__(self, parts: Parts, tuning: Tuning) -> None:
        self.parts = parts
        self.tuning = tuning
        self.num_timesteps = 0  # model calls of the newest run, as diffusers' pipelines tell it

    def __call__(
        self,
        image: Image.Image,
        end_image: Image.Image | None = None,
        prompt: str = "",
        negative_prompt: str | None = "",
        height: int = 768,
        width: int = 768,
        num_frames: int = 49,
        num_inference_steps: int = 50,
        guidance_scale: float = 6.0,
        sampler: str | None = None,
        seed: int | None = None,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: Tensor | None = None,
        output_type: Literal["np", "latent", "stream"] = "np",
        callback_on_step_end: StepCallback | None = None,
        mode: str | None = None,
        prompt_embeds: PromptEmbeds | None = None,
    ) -> RenderedClip:
        """Animate `image`; where there is an `end_image`, the clip ends on it.

        Both are stretched to `width` × `height` (multiples of 16, as in the reference, which
        keeps no aspect ratio); `num_frames` is 4k+1, at most 49. `sampler` is a name of
        `samplers.SAMPLERS`, None being the one that the checkpoint was trained for. `seed` seeds
        a generator on the CPU, so that it means the same everywhere; a `generator` of one's own
        is asked for the initial latents (unless `latents`, of unit variance, are given), then
        for the pictures' noise, then once a step by Euler A. `callback_on_step_end` is called
        as in diffusers, with "latents", which it may return changed, "x0", the predicted clean
        ones, and "inpaint", the conditioning. `prompt_embeds` come from `encode_prompt`, and
        stand in for both prompts.

        Raises `ValueError` for what is of another kind or off the grid, `TooLargeForMemoryError`
        before it starts, `CheckpointError` where the text encoders can't be used,
        `BrokenLatentsError` for NaN.
        """
        savings = self.tuning.savings(mode)
        return self._rendered(
            Call(
                image=image,
                end_image=end_image,
                prompt=prompt,
                negative_prompt="" if negative_prompt is None else negative_prompt,
                size=ClipSize(width, height, num_frames),
                num_inference_steps=num_inference_steps,
                guidance=Guidance(guidance_scale, savings.guidance_until),
                sampler=sampler,
                generator=generator_of(seed, generator),
                latents=latents,
                output_type=output_type,
                callback=callback_on_step_end,
                savings=savings,
                prompt_embeds=prompt_embeds,
            )
        )

    def encode_prompt(self, prompt: str, negative_prompt: str | None = "") -> PromptEmbeds:
        """What the text encoders make of a prompt, from the cache where it is known."""
        negative = text("negative_prompt", "" if negative_prompt is None else negative_prompt)
        return self.parts.encoders.encode(text("prompt", prompt), negative)

    def describe(self) -> dict[str, str]:
        """What an operator wants to know: quick, and safe while a clip is made."""
        parts = self.parts
        cuda = parts.device.type == "cuda"
        return {
            "family": parts.checkpoint.family,
            "size": parts.checkpoint.size,
            "device": torch.cuda.get_device_name(parts.device) if cuda else "cpu",
            "dtype": str(parts.dtype).removeprefix("torch."),
            "plan": parts.placement.plan,
            "attention": parts.denoiser.attention,
            "mode": self.tuning.mode,
        }

    def _rendered(self, call: Call) -> RenderedClip:
        check_sampler(call.sampler, self.parts.checkpoint.family, call.num_inference_steps)
        timings = dict[str, float]()
        latents, forwards = self._latents_with_room(call, timings)
        return RenderedClip(self._frames(call, latents, timings), latents, timings, forwards)

    def _latents_with_room(self, call: Call, timings: dict[str, float]) -> tuple[Tensor, int]:
        """Out of memory in the middle: one plan down, once more from the same draws."""
        self.parts.placement.make_room(call.size)
        drawn = call.generator.get_state()
        try:
            return self._latents(call, timings)
        except torch.OutOfMemoryError as error:
            self.parts.placement.tell_out_of_memory(error)
        # only here is the traceback gone, and with it what it held of the activations
        self.parts.placement.ran_out(call.size)
        call.generator.set_state(drawn)
        return self._latents(call, timings)

    @torch.no_grad()
    def _latents(self, call: Call, timings: dict[str, float]) -> tuple[Tensor, int]:
        """The clean latents, and how many samples went through the blocks for them."""
        parts = self.parts
        forwards_before = parts.denoiser.forwards
        parts.denoiser.allow_quick_attention(call.savings.quick_attention)
        with self._timed(timings, "prompt_s"):
            embeds = call.prompt_embeds or self.encode_prompt(call.prompt, call.negative_prompt)
        noise = self._noise(call)
        with self._timed(timings, "condition_s"):
            inpaint = self._inpaint(call)
        with self._timed(timings, "denoise_s"):
            latents = self._denoised(call, embeds, inpaint, noise)
        return latents, parts.denoiser.forwards - forwards_before

    def _inpaint(self, call: Call) -> Tensor:
        """What the network is told of the pictures; the generator's second draw."""
        parts, config = self.parts, self.parts.checkpoint.transformer.config
        with parts.placement.for_vae(call.size, ENCODE_PEAK):
            return condition(
                parts.vae,
                call.image,
                call.end_image,
                call.size,
                generator=call.generator,
                device=parts.device,
                dtype=parts.dtype,
                add_noise=config.get("add_noise_in_inpaint_model", True),
            )

    def _noise(self, call: Call) -> Tensor:
        """The generator's first draw, or what was given in its place."""
        device, dtype = self.parts.device, self.parts.dtype
        if call.latents is not None:
            return call.latents.to(device, dtype)
        noise: Tensor = randn_tensor(call.latents_shape, call.generator, device, dtype)
        return noise

    def _denoised(self, call: Call, embeds: PromptEmbeds, inpaint: Tensor, noise: Tensor) -> Tensor:
        parts = self.parts
        sampler = make_sampler(
            call.sampler,
            parts.checkpoint.family,
            parts.checkpoint.scheduler,
            call.num_inference_steps,
        )
        self.num_timesteps = len(sampler.timesteps)
        branches = [embeds.negative, embeds.prompt] if call.guidance.wanted else [embeds.prompt]
        conditions = Conditions(
            texts=[
                parts.denoiser.text_tokens([one.to(parts.device, parts.dtype) for one in branch])
                for branch in branches
            ],
            inpaint=inpaint,
            guidance=call.guidance,
            batched=parts.placement.batched,
        )
        return denoise(
            parts.denoiser,
            sampler,
            conditions,
            noise,
            call.generator,
            self._step_cache(call, sampler),
            lambda step: self._tell(call, step, inpaint),
        )

    def _step_cache(self, call: Call, sampler: Sampler) -> TeaCache | None:
        threshold, checkpoint = call.savings.step_cache, self.parts.checkpoint
        if threshold is None:
            return None
        layers = int(checkpoint.transformer.config["num_layers"])
        return tea_cache(checkpoint.family, layers, threshold, len(sampler.timesteps))

    def _tell(self, call: Call, step: Step, inpaint: Tensor) -> Tensor:
        if call.callback is None:
            return step.latents
        told = {"latents": step.latents, "x0": step.x0(), "inpaint": inpaint}
        answer = call.callback(self, step.call, step.timestep, told)
        return latents_of(answer, step.latents)

    def _frames(
        self, call: Call, latents: Tensor, timings: dict[str, float]
    ) -> Frames | Iterator[Frames] | None:
        if call.output_type == "latent":
            return None
        pieces = self._decoded(latents, call.size, timings)
        return pieces if call.output_type == "stream" else np.concatenate(list(pieces))

    def _decoded(
        self, latents: Tensor, size: ClipSize, timings: dict[str, float]
    ) -> Iterator[Frames]:
        started = time.perf_counter()
        yield from decode(self.parts.vae, self.parts.placement, latents, size)
        timings["decode_s"] = time.perf_counter() - started

    @contextmanager
    def _timed(self, timings: dict[str, float], stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        if self.parts.device.type == "cuda":
            torch.cuda.synchronize(self.parts.device)
        timings[stage] = time.perf_counter() - started

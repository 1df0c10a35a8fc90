"""What the door refuses: each with one sentence that names what was given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.easyanimate import load_pipeline
from engine.easyanimate.pipeline import EasyAnimatePipeline, RenderedClip
from engine.easyanimate.text import PromptEmbeds
from tests.engine.easyanimate import cases

SKETCH = Image.new("RGB", (200, 120), (240, 235, 230))
NOISE = torch.zeros(1, 16, 2, 4, 6)
GENERATOR = torch.Generator()


@pytest.fixture(scope="module")
def pipe() -> EasyAnimatePipeline:
    return load_pipeline(cases.V5, device="cpu", mode="exact")


def animate(pipe: EasyAnimatePipeline, **changes: Any) -> RenderedClip:
    asked: dict[str, Any] = {
        "image": SKETCH,
        "height": 32,
        "width": 48,
        "num_frames": 5,
        "num_inference_steps": 4,
        "seed": 7,
        "output_type": "latent",
    }
    return pipe(**(asked | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 50}, "width is a multiple of 16, not 50"),
        ({"height": 0}, "height is a multiple of 16, not 0"),
        ({"num_frames": 6}, "num_frames is 4k.1, from 1 to 49, not 6"),
        ({"num_frames": 53}, "not 53"),
        ({"num_inference_steps": 0}, "num_inference_steps is at least 1, not 0"),
        ({"num_inference_steps": 3, "sampler": "PNDM"}, "4"),
        ({"sampler": "Heun"}, "Heun"),
        ({"guidance_scale": float("nan")}, "guidance_scale is a finite number, not nan"),
        ({"output_type": "pil"}, "output_type is one of np, latent, stream, not 'pil'"),
        ({"mode": "quick"}, "mode is one of exact, fast, not 'quick'"),
        ({"latents": torch.zeros(1, 16, 2, 4, 4)}, r"\(1, 16, 2, 4, 6\), not \(1, 16, 2, 4, 4\)"),
        ({"generator": torch.Generator()}, "a seed or a generator, not both"),
        ({"sampler": "ddim"}, "there are DDIM, Euler, Euler A, DPM.., PNDM, Flow, DPM.. 2M Karras"),
        ({"mode": ""}, "mode is one of exact, fast, not ''"),
        ({"seed": 2**64}, f"seed is from .* to {2**64 - 1}, not {2**64}"),
        ({"latents": NOISE * float("nan")}, "latents hold NaN or infinity"),
    ],
)
def test_what_is_off_the_grid_is_refused_by_its_numbers(
    pipe: EasyAnimatePipeline, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        animate(pipe, **changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"image": None}, "image is a picture of PIL with pixels, not NoneType"),
        ({"image": "sketch.png"}, "not str"),
        ({"image": np.zeros((8, 8, 3), np.uint8)}, "not ndarray"),
        ({"image": Image.new("RGB", (0, 5))}, "image is a picture of PIL with pixels, not 0×5"),
        ({"end_image": "sketch.png"}, "end_image is a picture of PIL with pixels, not str"),
        ({"height": 32.0}, "height is a whole number, not 32.0"),
        ({"width": "32"}, "width is a whole number, not '32'"),
        ({"num_frames": True}, "num_frames is a whole number, not True"),
        ({"num_inference_steps": None}, "num_inference_steps is a whole number, not None"),
        ({"num_inference_steps": 2.5}, "num_inference_steps is a whole number, not 2.5"),
        ({"guidance_scale": "6"}, "guidance_scale is a finite number, not '6'"),
        ({"sampler": ["DDIM"]}, "sampler is a text, not list"),
        ({"seed": 1.5}, "seed is a whole number, not 1.5"),
        ({"seed": None, "generator": 5}, "generator is one torch.Generator, not int"),
        ({"seed": None, "generator": [GENERATOR, GENERATOR]}, "is one torch.Generator, not list"),
        ({"prompt": None}, "prompt is a text, not NoneType"),
        ({"prompt": ["a", "b"]}, "prompt is a text, not list"),
        ({"negative_prompt": 5}, "negative_prompt is a text, not int"),
        ({"prompt_embeds": (1, 2)}, "prompt_embeds are what encode_prompt returned, not tuple"),
        ({"latents": np.zeros(5)}, "latents are a floating-point tensor, not ndarray"),
        ({"latents": NOISE.long()}, "latents are a floating-point tensor, not Tensor of torch.int"),
        ({"callback_on_step_end": 5}, "callback_on_step_end can't be called, it is 5"),
    ],
)
def test_what_is_of_another_kind_is_refused_before_anything_runs(
    pipe: EasyAnimatePipeline, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        animate(pipe, **changes)


@pytest.mark.parametrize("changes", [{"sampler": "Heun"}, {"num_inference_steps": 1001}])
def test_a_sampler_that_can_not_be_costs_no_encoding(
    pipe: EasyAnimatePipeline, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("nothing has begun")

    monkeypatch.setattr(pipe.parts.encoders, "encode", never)
    monkeypatch.setattr(pipe.parts.placement, "make_room", never)
    with pytest.raises(ValueError, match=r"Heun|1001"):
        animate(pipe, **changes)


def test_numbers_of_numpy_are_numbers(pipe: EasyAnimatePipeline) -> None:
    ours = animate(pipe, height=np.int64(32), guidance_scale=np.float32(6), seed=np.uint8(7))
    assert torch.equal(ours.latents, animate(pipe).latents)


def test_no_negative_prompt_is_an_empty_one(pipe: EasyAnimatePipeline) -> None:
    assert torch.equal(animate(pipe, negative_prompt=None).latents, animate(pipe).latents)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([1], "callback_on_step_end returns a mapping or None, not list"),
        ({"latents": "x"}, "the callback's latents are a floating-point tensor, not str"),
        ({"latents": NOISE[:, :, :1]}, r"are \(1, 16, 2, 4, 6\), not \(1, 16, 1, 4, 6\)"),
        ({"latents": NOISE + float("inf")}, "the callback's latents hold NaN or infinity"),
    ],
)
def test_what_a_callback_may_not_return(
    pipe: EasyAnimatePipeline, answer: object, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        animate(pipe, callback_on_step_end=lambda *_: answer)


def test_embeddings_of_another_model_are_refused_and_another_dtype_is_cast(
    pipe: EasyAnimatePipeline,
) -> None:
    theirs = (torch.zeros(1, 256, 64),)
    with pytest.raises(ValueError, match="they are another model's"):
        animate(pipe, prompt_embeds=PromptEmbeds(theirs, theirs))
    with pytest.raises(ValueError, match="the negative one's"):
        PromptEmbeds(theirs, (torch.zeros(1, 77, 64),))
    known = pipe.encode_prompt("a wink")
    double = PromptEmbeds(
        tuple(one.double() for one in known.prompt), tuple(one.double() for one in known.negative)
    )
    assert torch.equal(
        animate(pipe, prompt_embeds=double).latents, animate(pipe, prompt="a wink").latents
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mode": "quick"}, "mode is one of exact, fast, not 'quick'"),
        ({"step_cache": ("magic", 0.1)}, "a step cache is"),
        ({"guidance_until": 1.5}, "a share from 0 to 1, not 1.5"),
        ({"memory": "tiny"}, "memory is auto or one of device, .*, not 'tiny'"),
        ({"dtype": "float7"}, "dtype is one of .*, not 'float7'"),
        ({"dtype": torch.int8}, "dtype is one of .*, not torch.int8"),
        ({"device": "gpu"}, "'gpu' is no device of torch"),
        ({"device": "meta"}, "device is auto or one of cpu, cuda, not meta"),
        ({"device": "cuda:99"}, "there is no GPU that torch .* can use as cuda:99"),
        ({"step_cache": ("teacache",)}, "a step cache is"),
        ({"step_cache": ("teacache", "0.1")}, "a step cache is"),
        ({"guidance_until": None}, "a share from 0 to 1, not None"),
        ({"loras": ["a.safetensors"]}, "loras are pairs"),
        ({"loras": [("a.safetensors", "0.6")]}, "the strength of LoRA .* is a number, not '0.6'"),
        ({"attention": "telepathy"}, "telepathy"),
    ],
)
def test_unknown_wishes_at_loading_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load_pipeline(cases.V5, **({"device": "cpu"} | changes))

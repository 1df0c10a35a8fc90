"""The tiny checkpoints, and what the reference computed on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

DATA = Path(__file__).parents[2] / "data" / "easyanimate"
V5 = DATA / "v5-inp-tiny"
V5_1 = DATA / "v5.1-inp-tiny"

CASES = tuple(sorted(folder.name for folder in (DATA / "cases").iterdir()))

SAMPLER_KEYS: Mapping[str, str] = {
    "DDIM": "ddim",
    "Euler": "euler",
    "Euler A": "euler_a",
    "DPM++": "dpmpp",
    "PNDM": "pndm",
    "Flow": "flow",
}  # what the expected tensors of a sampler begin with


@dataclass(frozen=True, slots=True)
class Request:
    height: int
    width: int
    frames: int
    steps: int
    guidance_scale: float
    seed: int
    prompt: str
    negative_prompt: str
    samplers: tuple[str, ...]
    teacache: Mapping[str, Any] | None = None  # threshold, coefficients


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the pictures and files it names, and the reference's tensors for it."""

    name: str
    request: Request
    checkpoint: Path
    start: Image.Image
    end: Image.Image | None
    lora: tuple[Path, float] | None
    expected: Mapping[str, Tensor]

    @property
    def loras(self) -> tuple[tuple[Path, float], ...]:
        return () if self.lora is None else (self.lora,)

    def of(self, sampler: str, tensor: str) -> Tensor:
        """`case.of("Euler A", "latents")`."""
        return self.expected[f"{SAMPLER_KEYS[sampler]}/{tensor}"]


@cache
def case(name: str) -> Case:
    """`case("v5-start")`: read once, so leave the tensors as they are."""
    folder = DATA / "cases" / name
    told = json.loads((folder / "case.json").read_text())
    lora = told.get("lora")
    end = told["end_image"]
    return Case(
        name=name,
        request=_request(told),
        checkpoint=DATA / told["checkpoint"],
        start=_picture(told["start_image"]),
        end=None if end is None else _picture(end),
        lora=None if lora is None else (folder / lora["file"], lora["weight"]),
        expected=load_file(folder / "expected.safetensors"),
    )


def pairs(cases: Iterable[str] = CASES) -> list[tuple[str, str]]:
    """(case, sampler) for each sampler that the reference ran."""
    return [(name, sampler) for name in cases for sampler in case(name).request.samplers]


def _request(told: Mapping[str, Any]) -> Request:
    names = ("height", "width", "frames", "steps", "guidance_scale", "seed")
    return Request(
        **{name: told[name] for name in (*names, "prompt", "negative_prompt")},
        samplers=tuple(told["samplers"]),
        teacache=told.get("teacache"),
    )


def _picture(name: str) -> Image.Image:
    picture = Image.open(DATA / "pictures" / name)
    picture.load()  # so that the file is closed
    return picture

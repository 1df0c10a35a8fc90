"""What a person asks for: every parameter with its default, its bounds and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DEFAULT_NEGATIVE_PROMPT = (
    "deformation, distortion, mutation, blurry, static, frozen, mannequin, doll face, "
    "plastic skin, sharp edges"
)


class Sampler(StrEnum):
    """AUTO is DDIM on a V5 checkpoint and Flow on V5.1, what each was trained for."""

    AUTO = "auto"
    FLOW = "Flow"
    DPM_2M_KARRAS = "DPM++ 2M Karras"
    DPM = "DPM++"
    EULER = "Euler"
    EULER_A = "Euler A"
    DDIM = "DDIM"
    PNDM = "PNDM"


class Mode(StrEnum):
    """AUTO is fast on cards under 40 GB, else exact; the worker that renders knows which."""

    AUTO = "auto"
    FAST = "fast"
    EXACT = "exact"


class Expression(StrEnum):
    AUTO = "auto"
    BLINK = "blink"
    SMILE = "smile"
    WINK = "wink"
    NOD = "nod"
    SURPRISE = "surprise"


class Style(StrEnum):
    FINE = "fine"
    LOOSE = "loose"
    CARTOON = "cartoon"


class ClipFormat(StrEnum):
    """The files that a master becomes. SHEET is a PNG with a JSON of frame boxes beside it."""

    MP4 = "mp4"
    GIF = "gif"
    WEBP = "webp"
    APNG = "apng"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimationRequest:
    """A request on its grid and within its bounds; anything else cannot be built.

    `seed` is always set (`seed_typed` tells a person's own from a drawn one); `style` is kept
    beside the `guidance_scale` that it chose.
    """

    seed: int
    seed_typed: bool = False
    num_frames: int = 49
    res: int = 768
    num_inference_steps: int = 50
    guidance_scale: float = 6.0
    sampler: Sampler = Sampler.AUTO
    mode: Mode = Mode.AUTO
    expression: Expression = Expression.AUTO
    prompt: str = ""
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT
    style: Style = Style.FINE
    loop: bool = False
    format: ClipFormat = ClipFormat.MP4

    @property
    def frames_shown(self) -> int:
        """A loop ends on its first frame again; that repeated frame is dropped."""
        return self.num_frames - 1 if self.loop else self.num_frames

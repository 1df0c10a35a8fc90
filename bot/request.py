"""What a person asks for: every parameter with its default, its bounds and its rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from math import prod
from typing import Any

from bot.errors import RequestError, WayOut

DEFAULT_NEGATIVE_PROMPT = (
    "deformation, distortion, mutation, blurry, static, frozen, mannequin, doll face, "
    "plastic skin, sharp edges"
)
GENTLE_PROMPT = "subtle eye blink, gentle smile, natural facial micro-expression, soft lighting"
PROMPT_LIMIT = 1000  # characters
FRAMES_GRID = 4  # frames come as 4k+1: the VAE folds four into one behind a first frame of its own
BUDGET = {1024: 33}  # the most frames at a resolution; the others take them all


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


STYLE_CFG = {Style.FINE: 6.0, Style.LOOSE: 4.5, Style.CARTOON: 4.5}
EXPRESSION_PROMPTS = {
    Expression.AUTO: "",
    Expression.BLINK: "subtle eye blink",
    Expression.SMILE: "gentle smile",
    Expression.WINK: "a wink of one eye",
    Expression.NOD: "a slow small nod of the head",
    Expression.SURPRISE: "a surprised look, raised eyebrows, widened eyes",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number's name in chat and its range, both ends included."""

    name: str
    low: int
    high: int

    def check(self, value: float) -> None:
        """Raise `RequestError` unless the value lies within; offer the bound next to it."""
        if self.low <= value <= self.high:
            return
        nearest = self.high if value > self.high else self.low
        raise RequestError(
            "request-out-of-range",
            ways_out=(WayOut("change", {self.name: str(nearest)}),),
            name=self.name,
            value=str(value),
            low=self.low,
            high=self.high,
        )


FRAMES = Bounds("frames", 5, 49)
STEPS = Bounds("steps", 10, 100)
CFG = Bounds("cfg", 1, 20)
SEED = Bounds("seed", 0, 2**32 - 1)
RESOLUTIONS = (512, 768, 1024)
LONGEST_RATIO = 3
SIDE_GRID = 16  # pixels: the VAE shrinks by 8, the transformer takes patches of 2 latents
SMALLEST_AREA = 0.9  # of res²


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimationRequest:
    """A request on its grid and within its bounds; anything else cannot be built.

    `seed` is always set (`seed_typed` tells a person's own from a drawn one); `style` is kept
    beside the `guidance_scale` that it chose. Raises `RequestError`.
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
    # not in the repr: what a person wrote must not slip into a log
    prompt: str = field(default="", repr=False)
    negative_prompt: str = field(default=DEFAULT_NEGATIVE_PROMPT, repr=False)
    style: Style = Style.FINE
    loop: bool = False
    format: ClipFormat = ClipFormat.MP4

    def __post_init__(self) -> None:
        SEED.check(self.seed)
        STEPS.check(self.num_inference_steps)
        CFG.check(self.guidance_scale)
        FRAMES.check(self.num_frames)
        if snap_frames(self.num_frames) != self.num_frames:
            raise RequestError(
                "request-off-grid", value=self.num_frames, nearest=snap_frames(self.num_frames)
            )
        if self.res not in RESOLUTIONS:
            raise not_one_of("res", str(self.res), RESOLUTIONS)
        check_budget(self.num_frames, self.res)
        check_length("prompt", self.prompt)
        check_length("negative", self.negative_prompt)
        if not self.negative_prompt:
            raise RequestError("request-negative-empty")

    @property
    def frames_shown(self) -> int:
        """A loop ends on its first frame again; that repeated frame is dropped."""
        return self.num_frames - 1 if self.loop else self.num_frames

    @property
    def prompt_to_render(self) -> str:
        """What the model reads: the person's own words, else those of the expression."""
        return self.prompt or EXPRESSION_PROMPTS[self.expression]

    @property
    def wordless(self) -> AnimationRequest:
        """The same without what a person wrote."""
        return replace(self, prompt="", negative_prompt=DEFAULT_NEGATIVE_PROMPT)


def snap_frames(wanted: int) -> int:
    """The nearest count on the 4k+1 grid, up on a tie: 31 and 32 become 33."""
    return FRAMES_GRID * ((wanted + 1) // FRAMES_GRID) + 1


def check_budget(num_frames: int, res: int) -> None:
    """Raise `RequestError` beyond the frames that fit at this resolution, with the two ways out."""
    most = BUDGET.get(res, FRAMES.high)
    if num_frames <= most:
        return
    smaller = max(size for size in RESOLUTIONS if size not in BUDGET)
    raise RequestError(
        "request-over-budget",
        ways_out=(WayOut("change", {"frames": str(most)}), WayOut("change", {"res": str(smaller)})),
        frames=num_frames,
        res=str(res),
        fitting_frames=most,
        fitting_res=str(smaller),
    )


def fit_size(width: int, height: int, res: int) -> tuple[int, int]:
    """The clip's (width, height) for a picture of that size: of the pairs of multiples of 16
    whose area is 90 to 100 % of res², the one nearest in ratio, the largest of equals.

    Nearness is measured on the ratio's logarithm, so that portrait and landscape mirror each
    other. Raises `RequestError` for pictures longer than 3:1.
    """
    if max(width, height) > LONGEST_RATIO * min(width, height):
        raise RequestError("ratio-too-long", width=str(width), height=str(height))

    def how_far(size: tuple[int, int]) -> tuple[float, int, int]:
        # whole numbers divide to the nearest float, so that equals stay equal, which logarithms
        # would tear apart; of two sizes that are equally near, the larger, then the squarer
        wide, high = size[0] * height, size[1] * width
        return max(wide, high) / min(wide, high), -size[0] * size[1], -min(size)

    sizes = _sizes_by_ratio(res)
    at = bisect_right(sizes, width / height, key=_ratio)
    return min(sizes[max(at - 1, 0) : at + 1], key=how_far)


@cache
def _sizes_by_ratio(res: int) -> list[tuple[int, int]]:
    """The largest size of each ratio that the grid has, from the tallest to the widest."""
    largest = {_ratio(size): size for size in sorted(_sizes_within(res), key=prod)}
    return sorted(largest.values(), key=_ratio)


def _ratio(size: tuple[int, int]) -> float:
    return size[0] / size[1]


def _sizes_within(res: int) -> Iterator[tuple[int, int]]:
    longest = res * (LONGEST_RATIO - 1)  # a side of 3:1 is √3 times res
    for width in range(SIDE_GRID, longest, SIDE_GRID):
        highest = res * res // width // SIDE_GRID * SIDE_GRID
        for height in range(highest, 0, -SIDE_GRID):
            if width * height < SMALLEST_AREA * res * res:
                break
            yield width, height


def check_length(name: str, text: str) -> None:
    if len(text) > PROMPT_LIMIT:
        raise RequestError("request-text-too-long", name=name, length=len(text), limit=PROMPT_LIMIT)


def not_one_of(name: str, value: str, allowed: Iterable[object]) -> RequestError:
    return RequestError(
        "request-not-one-of", name=name, value=value, allowed=", ".join(map(str, allowed))
    )


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a request that its person is told, such as frames that were snapped."""

    key: str
    args: Mapping[str, Any] = field(default_factory=dict)

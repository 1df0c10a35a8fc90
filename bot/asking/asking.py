"""Settings as a person gave them into a request, and what they must be told about it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.asking.option_words import NAMES
from bot.asking.prompt_rules import check_wishes
from bot.errors import RequestError, WayOut
from bot.request import (
    CFG,
    DEFAULT_NEGATIVE_PROMPT,
    FRAMES,
    RESOLUTIONS,
    SEED,
    STEPS,
    STYLE_CFG,
    AnimationRequest,
    Bounds,
    ClipFormat,
    Expression,
    Mode,
    Note,
    Sampler,
    Style,
    not_one_of,
    snap_frames,
)

SWITCH = {"on": True, "off": False}
WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the notes that its card shows."""

    request: AnimationRequest
    notes: tuple[Note, ...] = ()


def draw_seed() -> int:
    return secrets.randbelow(int(SEED.high) + 1)


def make_request(given: Mapping[str, str], draw_seed: Callable[[], int] = draw_seed) -> Asked:
    """The request that settings by their names in chat (see `bot.asking.options`) ask for.

    What was not given takes its default. Raises `RequestError`, with ways out where there are any.
    """
    for name in given:
        if name not in NAMES:
            raise RequestError("option-unknown", name=name, names=", ".join(NAMES))
    frames = _frames(given)
    style = _choice(Style, "style", given, Style.FINE)
    prompt = given.get("prompt", "").strip()
    check_wishes(prompt)
    request = AnimationRequest(
        seed=_whole(SEED, given["seed"]) if "seed" in given else draw_seed(),
        seed_typed="seed" in given,
        num_frames=snap_frames(frames),
        res=_resolution(given),
        num_inference_steps=_whole(STEPS, given.get("steps", "50")),
        guidance_scale=_decimal(CFG, given["cfg"]) if "cfg" in given else STYLE_CFG[style],
        sampler=_choice(Sampler, "sampler", given, Sampler.AUTO),
        mode=_choice(Mode, "mode", given, Mode.AUTO),
        expression=_choice(Expression, "expression", given, Expression.AUTO),
        prompt=prompt,
        negative_prompt=given.get("negative", "").strip() or DEFAULT_NEGATIVE_PROMPT,
        style=style,
        loop=_switch("loop", given.get("loop", "off")),
        format=_choice(ClipFormat, "format", given, ClipFormat.MP4),
    )
    return Asked(request, tuple(_notes(given, frames, request)))


def _notes(given: Mapping[str, str], frames: int, request: AnimationRequest) -> Iterator[Note]:
    if frames != request.num_frames:
        yield Note("note-frames-snapped", {"asked": frames, "frames": request.num_frames})
    if request.style is Style.CARTOON:
        yield Note("note-cartoon-eyes")
    if not given.get("negative", "default").strip():
        yield Note("note-negative-default")


def _frames(given: Mapping[str, str]) -> int:
    frames = _whole_number(FRAMES, given.get("frames", "49"))
    if frames > FRAMES.high:
        raise RequestError(
            "frames-too-many",
            ways_out=(WayOut("change", {"frames": str(FRAMES.high)}),),
            value=str(frames),
            high=FRAMES.high,
        )
    FRAMES.check(frames)
    return frames


def _resolution(given: Mapping[str, str]) -> int:
    typed = given.get("res", "768")
    if typed not in map(str, RESOLUTIONS):
        raise not_one_of("res", typed, RESOLUTIONS)
    return int(typed)


def _whole(bounds: Bounds, typed: str) -> int:
    value = _whole_number(bounds, typed)
    bounds.check(value)
    return value


def _whole_number(bounds: Bounds, typed: str) -> int:
    if not WHOLE.fullmatch(typed):
        raise _not_a_number("request-not-whole", bounds, typed)
    return int(typed)


def _decimal(bounds: Bounds, typed: str) -> float:
    if not DECIMAL.fullmatch(typed):
        raise _not_a_number("request-not-a-number", bounds, typed)
    bounds.check(float(typed))
    return float(typed)


def _not_a_number(key: str, bounds: Bounds, typed: str) -> RequestError:
    return RequestError(key, name=bounds.name, value=typed, low=bounds.low, high=bounds.high)


def _choice(kind: type[Choice], name: str, given: Mapping[str, str], default: Choice) -> Choice:
    typed = given.get(name, default)
    for value in kind:
        if value == typed:
            return value
    raise not_one_of(name, typed, kind)


def _switch(name: str, typed: str) -> bool:
    if typed not in SWITCH:
        raise not_one_of(name, typed, SWITCH)
    return SWITCH[typed]

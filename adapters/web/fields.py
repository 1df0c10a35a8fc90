"""The settings of a clip as fields of a form, and what was filled in as settings again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from adapters.web.forms import text_of
from bot.asking.option_words import value_in
from bot.asking.presets import PRESET
from bot.request import (
    CFG,
    FRAMES,
    FRAMES_GRID,
    PROMPT_LIMIT,
    RESOLUTIONS,
    SEED,
    STEPS,
    STYLE_CFG,
    Bounds,
    Expression,
    Mode,
    Sampler,
    Style,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`default` is what an empty field means; `kind` is that of its widget. `open` ones are in
    sight at once, the others folded away."""

    name: str
    kind: str
    default: str = ""
    choices: tuple[str, ...] = ()
    bounds: Bounds | None = None
    step: str = "1"
    longest: int = 0
    open: bool = False

    def label_of(self, choice: str, language: str) -> str:
        """As people here call it."""
        if language == "zh":
            return value_in(language, self.name, choice)
        return choice if self.name == "sampler" and choice != "auto" else choice.capitalize()


def _choice(name: str, choices: Iterable[object], default: str, *, open: bool = False) -> Field:
    told = tuple(map(str, choices))
    return Field(name=name, kind="choice", choices=told, default=default, open=open)


def _number(name: str, bounds: Bounds, default: str = "", step: str = "1") -> Field:
    return Field(name=name, kind="number", bounds=bounds, default=default, step=step)


FIELDS = (
    _choice("expression", Expression, Expression.AUTO, open=True),
    _choice("style", Style, Style.FINE, open=True),
    _choice("res", RESOLUTIONS, "768", open=True),
    Field(name="loop", kind="switch", default="off", open=True),
    _number("frames", FRAMES, "49", step=str(FRAMES_GRID)),
    _number("steps", STEPS, "50"),
    _number("cfg", CFG, step="0.1"),
    _choice("sampler", Sampler, Sampler.AUTO),
    _choice("mode", Mode, Mode.AUTO),
    _number("seed", SEED),
    Field(name="prompt", kind="text", longest=PROMPT_LIMIT),
    Field(name="negative", kind="text", longest=PROMPT_LIMIT),
)


def options_in(form: FormData, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings that differ from those `before` (None: from the defaults), as they would be
    typed in a chat. A seed stays where its field was emptied, as a typed one is never replaced."""
    before = before or {}
    options = {}
    for field in FIELDS:
        value = text_of(form, field.name) or _default_of(field, form)
        if value != before.get(field.name, _default_of(field, form)):
            options[field.name] = value
    if options.get("seed") == "":
        del options["seed"]
    if preset := text_of(form, PRESET):
        options[PRESET] = preset
    return options


def filled_in(options: Mapping[str, str]) -> dict[str, str]:
    """What each field of a form shows under these settings."""
    return {
        field.name: options.get(field.name, "" if field.kind == "number" else field.default)
        for field in FIELDS
    }


def _default_of(field: Field, form: FormData) -> str:
    """How strictly a prompt is followed goes by the style."""
    style = text_of(form, "style") or Style.FINE
    if field.name == "cfg" and style in list(Style):
        return f"{STYLE_CFG[Style(style)]:g}"
    return field.default

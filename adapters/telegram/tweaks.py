"""The menu behind "Tweak": a button for each setting, which a tap moves on to its next value.

What was chosen travels in the buttons themselves, a letter for each setting ("-": as it is), so
that a menu works after a restart as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from adapters.telegram import callback_data
from adapters.telegram.keyboard import rows
from bot.asking.option_words import name_in, value_in
from bot.card import Action
from bot.job import Job
from bot.request import AnimationRequest, Expression, Mode, Sampler, Style
from bot.texts import Texts

CHOICES: Mapping[str, tuple[str, ...]] = {
    "expression": tuple(Expression),
    "style": tuple(Style),
    "res": ("512", "768", "1024"),
    "frames": ("17", "25", "33", "41", "49"),
    "steps": ("30", "50", "60", "80"),
    "cfg": ("4.5", "6", "8"),
    "sampler": tuple(Sampler),
    "mode": tuple(Mode),
    "loop": ("off", "on"),
}
AS_IT_IS = "-"
STATE, GO, CLOSE = "s", "go", "x"  # what a button of the menu carries


def settings_of(request: AnimationRequest) -> dict[str, str]:
    return {
        "expression": request.expression,
        "style": request.style,
        "res": str(request.res),
        "frames": str(request.num_frames),
        "steps": str(request.num_inference_steps),
        "cfg": f"{request.guidance_scale:g}",
        "sampler": request.sampler,
        "mode": request.mode,
        "loop": "on" if request.loop else "off",
    }


def changes_of(state: str) -> dict[str, str]:
    """The settings as a person would type them; a state that is none of ours changes nothing."""
    chosen = zip(CHOICES, state, strict=False)
    return {
        name: CHOICES[name][int(digit)]
        for name, digit in chosen
        if digit.isdigit() and int(digit) < len(CHOICES[name])
    }


def menu(job: Job, state: str, locale: str) -> InlineKeyboardMarkup:
    """As `state` has it, "" being as the clip was made."""
    state = state.ljust(len(CHOICES), AS_IT_IS)
    shown = {**settings_of(job.request), **changes_of(state)}
    buttons = [
        InlineKeyboardButton(
            f"{name_in(locale, name)}: {value_in(locale, name, shown[name])}",
            callback_data=_data(job.id, _moved_on(state, index, shown[name])),
        )
        for index, name in enumerate(CHOICES)
    ]
    texts = Texts(locale)
    go = texts.say("telegram-tweak-go")
    ends = [
        InlineKeyboardButton(go, callback_data=_data(job.id, state, GO)),
        InlineKeyboardButton(
            texts.say("telegram-menu-close"),
            callback_data=callback_data.write(Action.TWEAK, job.id, {CLOSE: "1"}),
        ),
    ]
    return InlineKeyboardMarkup([*rows(buttons), ends])


def _moved_on(state: str, index: int, value: str) -> str:
    choices = list(CHOICES.values())[index]
    at = choices.index(value) + 1 if value in choices else 0
    return f"{state[:index]}{at % len(choices)}{state[index + 1 :]}"


def _data(job_id: str, state: str, *flags: str) -> str:
    said = {STATE: state, **dict.fromkeys(flags, "1")}
    return callback_data.write(Action.TWEAK, job_id, said)

"""Forms that a button opens: other settings for a clip, or what is wrong with one.

Nothing of an open form is remembered here. Its id tells what it is for, as a button's does, so that
one may be sent an hour later, and to a bot that has been restarted meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from discord import Interaction, SelectOption, TextStyle
from discord.ui import Item, Label, Modal, Select, TextInput, View

from adapters.discord.custom_id import TEMPLATE, Press
from bot.asking.option_words import value_in
from bot.asking.options import parse_options
from bot.card import Action
from bot.clips.moderation import REASON_LIMIT
from bot.job import Job
from bot.request import PROMPT_LIMIT, RESOLUTIONS, AnimationRequest, Sampler, Style
from bot.texts import Texts

OPTIONS_LIMIT = 500
DESCRIPTION_LIMIT = 100  # characters, by Discord


def tweak_form(job: Job, locale: str, cost: str) -> Modal:
    """Filled in with what the clip was made with; `cost` is what that would cost once more."""
    before = _before(job.request)
    return _form(
        Press(Action.TWEAK, job.id),
        Texts(locale),
        {
            "prompt": TextInput[View](
                custom_id="prompt",
                style=TextStyle.paragraph,
                default=before["prompt"] or None,
                required=False,
                max_length=PROMPT_LIMIT,
            ),
            "style": _select("style", Style, before, locale),
            "sampler": _select("sampler", Sampler, before, locale),
            "res": _select("res", map(str, RESOLUTIONS), before, locale),
            "options": TextInput[View](
                custom_id="options",
                required=False,
                max_length=OPTIONS_LIMIT,
                placeholder="steps:60 frames:33 seed:7",
            ),
        },
        {"options": cost},
    )


def report_form(job: Job, locale: str) -> Modal:
    reason = TextInput[View](
        custom_id="reason", style=TextStyle.paragraph, required=False, max_length=REASON_LIMIT
    )
    return _form(Press(Action.REPORT, job.id), Texts(locale), {"reason": reason})


def press_of(interaction: Interaction[Any]) -> Press | None:
    """The button that opened the form which was sent; None: it is none of ours."""
    match = TEMPLATE.fullmatch(_data(interaction)["custom_id"])
    return Press.of(match) if match else None


def filled_in(interaction: Interaction[Any]) -> dict[str, str]:
    """What was sent, by the names of the fields."""
    fields = [label["component"] for label in _data(interaction)["components"]]
    return {
        each["custom_id"]: each["values"][0] if each.get("values") else each.get("value") or ""
        for each in fields
    }


def tweaks_of(job: Job, sent: Mapping[str, str]) -> dict[str, str]:
    """Only what was changed counts as asked for. Raises `RequestError`."""
    before = _before(job.request)
    changed = {name: said for name, said in sent.items() if said != before.get(name, said)}
    return changed | parse_options(sent.get("options", ""))


def _before(asked: AnimationRequest) -> dict[str, str]:
    return {
        "prompt": asked.prompt,
        "style": asked.style.value,
        "sampler": asked.sampler.value,
        "res": str(asked.res),
    }


def _form(
    press: Press,
    texts: Texts,
    fields: Mapping[str, Item[View]],
    described: Mapping[str, str] | None = None,
) -> Modal:
    form = Modal(title=texts.say(f"action-{press.action.value}"), custom_id=press.custom_id)
    described = described or {}
    for name, field in fields.items():
        said = described.get(name, "")[:DESCRIPTION_LIMIT] or None
        label = texts.say(f"discord-form-{name}")
        form.add_item(Label(text=label, description=said, component=field))
    form.stop()  # or the library would keep it, and answer for it only while it does
    return form


def _select(
    name: str, values: Iterable[str], before: Mapping[str, str], locale: str
) -> Select[View]:
    options = [
        SelectOption(label=value_in(locale, name, each), value=each, default=each == before[name])
        for each in values
    ]
    return Select(custom_id=name, options=options)


def _data(interaction: Interaction[Any]) -> dict[str, Any]:
    return cast(dict[str, Any], interaction.data)

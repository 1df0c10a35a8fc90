"""Forms that a button opens: other settings for a clip, or what is wrong with one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from discord import Interaction, SelectOption, TextStyle
from discord.ui import Label, Modal, Select, TextInput, View

from adapters.discord.answers import Whisper, answering
from bot.job import Job
from bot.moderation import REASON_LIMIT
from bot.options import parse_options
from bot.request import PROMPT_LIMIT, RESOLUTIONS, Sampler, Style
from bot.texts import Texts

OPEN_S = 900.0  # as long as its interaction could be answered
OPTIONS_LIMIT = 500

Sent = Callable[[Whisper, Interaction[Any]], Awaitable[None]]


class _Form(Modal):
    """What goes wrong with what was sent is said like everything else."""

    def __init__(self, title: str, locale: str) -> None:
        super().__init__(title=title, timeout=OPEN_S)
        self._locale = locale

    async def sent(self, answer: Whisper, interaction: Interaction[Any]) -> None:
        raise NotImplementedError

    async def on_submit(self, interaction: Interaction[Any], /) -> None:
        answer = Whisper(interaction)
        answer.locale = self._locale
        async with answering(answer, type(self).__name__):
            await answer.think()
            await self.sent(answer, interaction)


class TweakForm(_Form):
    """Filled in with what the clip was made with; only what is changed counts as asked for."""

    def __init__(
        self,
        job: Job,
        locale: str,
        then: Callable[[Whisper, Interaction[Any], Mapping[str, str]], Awaitable[None]],
    ) -> None:
        texts, asked = Texts(locale), job.request
        super().__init__(texts.say("action-tweak"), locale)
        self._then = then
        self._before = {
            "prompt": asked.prompt,
            "style": asked.style.value,
            "sampler": asked.sampler.value,
            "res": str(asked.res),
        }
        self._prompt = TextInput[View](
            style=TextStyle.paragraph,
            default=asked.prompt or None,
            required=False,
            max_length=PROMPT_LIMIT,
        )
        self._style = _select(list(Style), asked.style.value)
        self._sampler = _select(list(Sampler), asked.sampler.value)
        self._res = _select([str(side) for side in RESOLUTIONS], str(asked.res))
        self._options = TextInput[View](
            required=False, max_length=OPTIONS_LIMIT, placeholder="steps:60 frames:33 seed:7"
        )
        for name, item in (
            ("prompt", self._prompt),
            ("style", self._style),
            ("sampler", self._sampler),
            ("res", self._res),
            ("options", self._options),
        ):
            self.add_item(Label(text=texts.say(f"discord-form-{name}"), component=item))

    async def sent(self, answer: Whisper, interaction: Interaction[Any]) -> None:
        filled_in = {
            "prompt": self._prompt.value,
            "style": self._style.values[0],
            "sampler": self._sampler.values[0],
            "res": self._res.values[0],
        }
        changed = {name: said for name, said in filled_in.items() if said != self._before[name]}
        await self._then(answer, interaction, changed | parse_options(self._options.value))


class ReportForm(_Form):
    def __init__(
        self, locale: str, then: Callable[[Whisper, Interaction[Any], str], Awaitable[None]]
    ) -> None:
        texts = Texts(locale)
        super().__init__(texts.say("action-report"), locale)
        self._then = then
        self._reason = TextInput[View](
            style=TextStyle.paragraph, required=False, max_length=REASON_LIMIT
        )
        self.add_item(Label(text=texts.say("discord-form-reason"), component=self._reason))

    async def sent(self, answer: Whisper, interaction: Interaction[Any]) -> None:
        await self._then(answer, interaction, self._reason.value)


def _select(values: Sequence[str], chosen: str) -> Select[View]:
    options = [SelectOption(label=each, value=each, default=each == chosen) for each in values]
    return Select(options=options)

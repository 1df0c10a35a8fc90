"""The bot asks for a picture, and knows the answer again.

What was asked for stands in the prompt itself, set as code: so nothing has to be remembered, and
an answer finds its settings after a restart too.
"""

from __future__ import annotations

from dataclasses import dataclass

from telegram import ForceReply, Message, MessageEntity

from adapters.telegram.contents import marked_as
from adapters.telegram.words import TEXT, cut, units
from bot.texts import Texts

ANIMATE = "/animate"
HINT_LETTERS = 64


@dataclass(frozen=True, slots=True)
class Prompt:
    text: str
    mark: MessageEntity
    keyboard: ForceReply


def prompt_for(options: str, locale: str) -> Prompt:
    said = Texts(locale).say("telegram-send-picture")
    asked = cut(f"{ANIMATE} {options}".strip(), TEXT - units(f"{said}\n"))
    mark = MessageEntity(MessageEntity.CODE, units(f"{said}\n"), units(asked))
    hint = Texts(locale).say("telegram-send-picture-hint")[:HINT_LETTERS]
    return Prompt(
        f"{said}\n{asked}", mark, ForceReply(selective=True, input_field_placeholder=hint)
    )


def options_of_prompt(message: Message, my_id: int) -> str | None:
    """What the prompt that this message answers asked for; None: it answers none of ours."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != my_id:
        return None
    for said in marked_as(asked, MessageEntity.CODE):
        if said.split(" ")[0] == ANIMATE:
            return said.removeprefix(ANIMATE).strip()
    return None

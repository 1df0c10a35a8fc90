"""A command as it is answered: at once that it was heard, and then to its person alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

import structlog
from discord import Interaction

from adapters.discord.answers import Whisper, answering
from adapters.discord.leaves import Leaves
from adapters.discord.markup import escaped
from adapters.discord.members import Members
from adapters.discord.origins import from_interaction
from adapters.discord.permissions import require_of_interaction, speaks_in
from bot.errors import StoreError
from bot.origin import Origin
from bot.service import Service
from bot.texts import Texts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """`texts` are in the language that the person chose, else in that of their Discord."""

    answer: Whisper
    person: Origin
    texts: Texts


class Hears(Protocol):
    """The client that heard it."""

    members: Members
    leaves: Leaves


async def who_asks(interaction: Interaction[Any]) -> Origin:
    if not speaks_in(interaction):
        cast(Hears, interaction.client).leaves.keep(interaction)
    return await who_types(interaction)


async def who_types(interaction: Interaction[Any]) -> Origin:
    """Somebody who has not asked for anything yet."""
    members, elsewhere = cast(Hears, interaction.client).members, not speaks_in(interaction)
    return await members.known(from_interaction(interaction), elsewhere=elsewhere)


async def chosen_locale(service: Service, person: Origin) -> str:
    """What the person chose, as far as that can be had, else what their Discord says."""
    try:
        return (await service.community.person(person)).language or person.locale
    except StoreError as error:
        log.warning("discord.language_unknown", error=str(error))
        return person.locale


@asynccontextmanager
async def asked(interaction: Interaction[Any], service: Service, what: str) -> AsyncIterator[Asked]:
    """What goes wrong inside the block is said to the person; what goes wrong before it is raised,
    as there is no block then."""
    answer = Whisper(interaction)
    await answer.think()
    person = await who_asks(interaction)
    answer.locale = await chosen_locale(service, person)
    async with answering(answer, what):
        yield Asked(answer, person, Texts(answer.locale))


async def make_way(interaction: Interaction[Any], heard: Asked) -> None:
    """Before a card is posted: raises `NotAllowedError` where none can be. Where the bot is no
    member it comes by the leave of this interaction, as a message of its own: the first of those
    would take the place of "thinking", and be seen by its person alone."""
    require_of_interaction(interaction)
    if not speaks_in(interaction):
        await heard.answer.settle(escaped(heard.texts.say("discord-brought-along")))

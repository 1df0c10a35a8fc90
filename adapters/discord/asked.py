"""A command as it is answered: at once that it was heard, and then to its person alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from discord import Interaction

from adapters.discord.answers import Whisper, answering
from adapters.discord.members import Members
from adapters.discord.origins import from_interaction
from bot.origin import Origin
from bot.service import Service
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Asked:
    """`texts` are in the language that the person chose, else in that of their Discord."""

    answer: Whisper
    person: Origin
    texts: Texts


class HasMembers(Protocol):
    """The client that heard it."""

    members: Members


async def who_asks(interaction: Interaction[Any]) -> Origin:
    return await cast(HasMembers, interaction.client).members.known(from_interaction(interaction))


async def chosen_locale(service: Service, person: Origin) -> str:
    """What the person chose, else what their Discord says. Raises `StoreError`."""
    return (await service.community.person(person)).language or person.locale


@asynccontextmanager
async def asked(interaction: Interaction[Any], service: Service, what: str) -> AsyncIterator[Asked]:
    """What goes wrong inside the block is said to the person."""
    answer = Whisper(interaction)
    async with answering(answer, what):
        await answer.think()
        person = await who_asks(interaction)
        answer.locale = await chosen_locale(service, person)
        yield Asked(answer, person, Texts(answer.locale))

"""Who belongs to which guild, asked of Discord where somebody writes in private."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord
import structlog
from discord import Guild

from adapters.discord.errors import UNDONE
from bot.origin import Origin
from bot.ports import Clock

log = structlog.get_logger(__name__)

REMEMBERED = timedelta(minutes=5)
MOST = 1000  # answers that are remembered


class Members:
    """`guilds` are those whose members may write in private. Asking for single members needs no
    privileged intent, unlike a list of them."""

    def __init__(self, client: discord.Client, clock: Clock, guilds: Sequence[int]) -> None:
        self._client = client
        self._clock = clock
        self._guilds = guilds
        self._known: OrderedDict[tuple[int, int], tuple[datetime, bool]] = OrderedDict()

    async def known(self, person: Origin, *, elsewhere: bool = False) -> Origin:
        """With the guilds that the person belongs to, as far as those matter: in private, and
        `elsewhere`, where the bot is no member."""
        if not (person.private or elsewhere):
            return person
        found = [guild for guild in self._guilds if await self._belongs(guild, int(person.person))]
        rights = replace(person.rights, member_of=frozenset(map(str, found)))
        return replace(person, rights=rights)

    async def _belongs(self, guild_id: int, person_id: int) -> bool:
        key, now = (guild_id, person_id), self._clock.now()
        at, belongs = self._known.get(key, (None, False))
        if at is not None and now - at < REMEMBERED:
            return belongs
        guild = self._client.get_guild(guild_id)
        try:
            belongs = guild is not None and await _is_in(guild, person_id)
        except UNDONE as error:
            log.warning("discord.member_unknown", guild=guild_id, error=type(error).__name__)
            return False
        self._known[key] = now, belongs
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return belongs


async def _is_in(guild: Guild, person_id: int) -> bool:
    if guild.get_member(person_id) is not None:
        return True
    try:
        await guild.fetch_member(person_id)
    except discord.NotFound:
        return False
    return True

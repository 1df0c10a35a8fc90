"""Where somebody is answered who brought the bot along to a place that it is no member of."""

from __future__ import annotations

from typing import Any, cast

from discord import Interaction

from adapters.discord.asked import HasMembers
from adapters.discord.origins import in_private
from bot.origin import Origin


def is_member(interaction: Interaction[Any]) -> bool:
    """Whether the bot itself is in the guild, and not only with the person who uses it there."""
    guild = interaction.guild_id
    return guild is not None and interaction.client.get_guild(guild) is not None


async def place_of(interaction: Interaction[Any], origin: Origin) -> Origin:
    """The channel itself where the bot may speak; else its direct messages with the person: there
    an interaction can be answered for a quarter of an hour, and a clip may take longer."""
    if is_member(interaction) or interaction.context.dm_channel:
        return origin
    direct = await interaction.client.create_dm(interaction.user)
    members = cast(HasMembers, interaction.client).members
    return await members.known(in_private(origin, direct.id))

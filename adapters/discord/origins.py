"""Who speaks to the bot on Discord, and where, as the core's `Origin`."""

from __future__ import annotations

from typing import Any

import discord
from discord import Interaction, Member, Message, Permissions, User
from discord.abc import GuildChannel

from adapters.discord.leaves import by_leave
from adapters.discord.messenger import PLATFORM
from adapters.discord.permissions import is_restricted
from bot.origin import Origin, Rights

SITE = "https://discord.com/channels"


def from_interaction(interaction: Interaction[Any]) -> Origin:
    """A slash command, a menu or a button; with the languages that Discord tells of both sides."""
    guild, locale = interaction.guild_id, str(interaction.locale)
    return Origin(
        platform=PLATFORM,
        place=str(interaction.channel_id or ""),
        person=str(interaction.user.id),
        message=str(interaction.id),
        locale=locale,
        place_locale=str(interaction.guild_locale or locale),
        community=str(guild or ""),
        person_name=interaction.user.display_name,
        private=guild is None,
        restricted=is_restricted(interaction.channel),
        rights=_rights(interaction.client, interaction.user, interaction.permissions),
    )


def from_message(client: discord.Client, message: Message) -> Origin:
    """An ordinary message, which tells the language of its guild alone."""
    guild, author = message.guild, message.author
    locale = str(guild.preferred_locale) if guild is not None else "en"
    permissions = Permissions.none()
    if isinstance(author, Member) and isinstance(message.channel, GuildChannel | discord.Thread):
        permissions = message.channel.permissions_for(author)
    return Origin(
        platform=PLATFORM,
        place=str(message.channel.id),
        person=str(author.id),
        message=str(message.id),
        locale=locale,
        place_locale=locale,
        community=str(guild.id) if guild is not None else "",
        person_name=author.display_name,
        private=guild is None,
        restricted=is_restricted(message.channel),
        rights=_rights(client, author, permissions),
    )


def link_to(origin: Origin, ref: str) -> str:
    """Opens the message in everybody's client, and in everybody's browser."""
    return f"{SITE}/{ref}" if by_leave(ref) else f"{SITE}/{origin.community or '@me'}/{ref}"


def _rights(client: discord.Client, person: User | Member, permissions: Permissions) -> Rights:
    roles = person.roles if isinstance(person, Member) else []
    return Rights(
        roles=frozenset(str(role.id) for role in roles),
        moderator=permissions.manage_guild or permissions.manage_messages,
        operator=_runs(client.application, person),
    )


def _runs(application: discord.AppInfo | None, person: User | Member) -> bool:
    """Who made the application in Discord's portal, alone or as a team."""
    if application is None:
        return False
    team = application.team
    return person.id in ({one.id for one in team.members} if team else {application.owner.id})

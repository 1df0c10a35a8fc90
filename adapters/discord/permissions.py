"""What a channel allows: to the bot, which is seen before anything is queued, and to be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from discord import Interaction, Message, Permissions, Thread

from bot.errors import NotAllowedError
from bot.texts import Texts

NEEDED = ("view_channel", "attach_files", "read_message_history")


def speaks_in(interaction: Interaction[Any]) -> bool:
    """Whether the bot itself is there, and not only with the person who brought it along."""
    return is_member(interaction) or interaction.context.dm_channel


def is_member(interaction: Interaction[Any]) -> bool:
    guild = interaction.guild_id
    return guild is not None and interaction.client.get_guild(guild) is not None


def require_of_interaction(interaction: Interaction[Any]) -> None:
    """Raises `NotAllowedError`. Where the bot itself is no member, there is nothing to look at."""
    if is_member(interaction):
        in_thread = isinstance(interaction.channel, Thread)
        _require(interaction.app_permissions, in_thread, str(interaction.locale))


def require_of_message(message: Message) -> None:
    """Raises `NotAllowedError`."""
    if message.guild is not None:
        granted = message.channel.permissions_for(message.guild.me)
        locale = str(message.guild.preferred_locale)
        _require(granted, isinstance(message.channel, Thread), locale)


def may_answer(message: Message) -> bool:
    """Whether words can be said there at all."""
    if message.guild is None:
        return True
    granted = message.channel.permissions_for(message.guild.me)
    return bool(getattr(granted, _speaking(isinstance(message.channel, Thread))))


def _require(granted: Permissions, in_thread: bool, locale: str) -> None:
    needed = (*NEEDED, _speaking(in_thread))
    missing = [name for name in needed if not getattr(granted, name)]
    if missing:
        raise NotAllowedError("discord-not-permitted", missing=names_of(missing, locale))


def names_of(missing: Iterable[str], locale: str) -> str:
    """As Discord calls them, where somebody can grant them."""
    texts = Texts(locale)
    return ", ".join(texts.say(f"discord-permission-{name.replace('_', '-')}") for name in missing)


def _speaking(in_thread: bool) -> str:
    return "send_messages_in_threads" if in_thread else "send_messages"


def is_restricted(channel: Any) -> bool:
    """A thread is as its channel, and restricted where that can't be seen, as in guilds that the
    bot is no member of; neither a direct message nor a partial channel is restricted."""
    if isinstance(channel, Thread) and channel.parent is None:
        return True
    try:
        return bool(channel.is_nsfw())
    except AttributeError:
        return False

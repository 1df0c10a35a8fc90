"""Whose picture a message shows: its sender's, or that of whoever wrote what it forwards.

A forward brings the picture along and says where it came from, but not from whom. So the first
message is looked up, which takes being able to read where it stands.
"""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import Message

from adapters.discord.errors import UNDONE
from bot.origin import SOMEBODY, Origin

MOST = 5  # forwards of forwards


async def with_author_of(message: Message, origin: Origin, client: discord.Client) -> Origin:
    """Where the picture is somebody else's than who asks. Bots draw nothing of their own; but what
    this one posted was made of somebody's picture, and does not say whose, and webhooks carry
    over what people wrote elsewhere."""
    first = await _first(message, client)
    if first is None or first.author == client.user or _carried_over(first):
        return replace(origin, author=SOMEBODY, author_name="")
    author = first.author
    if author.bot or str(author.id) == origin.person:
        return origin
    return replace(origin, author=str(author.id), author_name=author.display_name)


def _carried_over(message: Message) -> bool:
    """By a webhook of people; what an application answers to commands comes by one of its own."""
    return message.webhook_id is not None and message.application_id is None


async def _first(message: Message, client: discord.Client) -> Message | None:
    for _ in range(MOST):
        if not message.message_snapshots:
            return message
        original = await _forwarded_by(message, client)
        if original is None:
            return None
        message = original
    return None


async def _forwarded_by(message: Message, client: discord.Client) -> Message | None:
    """None: it is gone, or stands where this bot can't read."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    channel = client.get_partial_messageable(reference.channel_id, guild_id=reference.guild_id)
    try:
        return await channel.fetch_message(reference.message_id)
    except UNDONE:
        return None

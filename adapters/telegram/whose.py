"""Whose picture a message shows: its sender's, or that of who first sent what it forwards."""

from __future__ import annotations

from dataclasses import replace

from telegram import (
    Chat,
    ExternalReplyInfo,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
)

from adapters.telegram.contents import Shown
from adapters.telegram.origins import Somebody, sender_of
from bot.origin import SOMEBODY, Origin


def with_author_of(message: Shown, origin: Origin, me: User) -> Origin:
    """Where the picture is somebody else's than who asks. Bots draw nothing of their own; but what
    this one (`me`) posted was made of somebody's picture, and does not say whose."""
    author = first_sender(message)
    if isinstance(author, User) and author.is_bot:
        return origin if author.id != me.id else _of(Somebody(SOMEBODY, ""), origin)
    if isinstance(author, str):  # their name, and no more than that
        return origin if author == origin.person_name else _of(Somebody(SOMEBODY, author), origin)
    if isinstance(message, Message) and message.is_automatic_forward:
        return _of(sender_of(message), origin)
    if isinstance(author, Chat) and str(author.id) not in (origin.community, origin.person):
        return _of(Somebody(SOMEBODY, Somebody.of(author).name), origin)  # it presses no button
    return _of(Somebody.of(author), origin)


def first_sender(message: Shown) -> User | Chat | str:
    """Of some people Telegram tells the name alone."""
    first = message.origin if isinstance(message, ExternalReplyInfo) else message.forward_origin
    match first:
        case MessageOriginUser(sender_user=user):
            return user
        case MessageOriginHiddenUser(sender_user_name=name):
            return name
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return chat
    if isinstance(message, ExternalReplyInfo):
        return ""
    return message.sender_chat or message.from_user or message.chat


def _of(author: Somebody, origin: Origin) -> Origin:
    if author.id == origin.person:
        return origin
    return replace(origin, author=author.id, author_name=author.name)

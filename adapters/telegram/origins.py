"""Who speaks to the bot on Telegram, and where, as the core's `Origin`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from telegram import (
    CallbackQuery,
    Chat,
    MaybeInaccessibleMessage,
    Message,
    User,
)

from adapters.telegram.addresses import Ref, Spot
from bot.origin import Origin, Rights

PLATFORM = "telegram"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person; or a chat, for admins who are anonymous and channels that speak in groups."""

    id: str
    name: str

    @classmethod
    def of(cls, who: User | Chat) -> Somebody:
        name = who.full_name if isinstance(who, User) else who.effective_name
        return cls(str(who.id), name or "")


def from_message(message: Message) -> Origin:
    """Telegram tells a person's language and no group's: a card speaks as who asked for it."""
    who = sender_of(message)
    user = message.from_user
    locale = (user and user.language_code) or "en"
    return _origin(message.chat, message, who, locale)


def from_tap(query: CallbackQuery) -> Origin:
    """A button was pressed below a message, by a person who is never anonymous."""
    message, user = query.message, query.from_user
    assert message is not None, "we send no inline messages"
    return _origin(message.chat, message, Somebody.of(user), user.language_code or "en")


def sender_of(message: Message) -> Somebody:
    """What a linked channel posts is the group's, whose admins can answer for it and press its
    buttons, as a channel can't."""
    who = Somebody.of(message.sender_chat or message.from_user or message.chat)
    return replace(who, id=str(message.chat.id)) if message.is_automatic_forward else who


def with_rights(origin: Origin, rights: Rights) -> Origin:
    return replace(origin, rights=rights)


def is_anonymous_admin(origin: Origin) -> bool:
    """All of a group's anonymous admins share the group's own name."""
    return not origin.private and origin.person == origin.community


def _origin(chat: Chat, message: MaybeInaccessibleMessage, who: Somebody, locale: str) -> Origin:
    private = chat.type == Chat.PRIVATE
    topic = None
    if isinstance(message, Message) and message.is_topic_message:
        topic = message.message_thread_id
    return Origin(
        platform=PLATFORM,
        place=str(Spot(chat.id, topic)),
        person=who.id,
        message=str(Ref(chat.id, message.message_id)),
        locale=locale,
        place_locale=locale,
        community="" if private else str(chat.id),
        person_name=who.name,
        private=private,
    )

"""What a message holds: a picture, a command, words that speak to the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import ExternalReplyInfo, Message, MessageEntity, User

from bot.door.attached import ending_of, is_picture

Shown = Message | ExternalReplyInfo  # a message, or what Telegram tells of one in another chat


@dataclass(frozen=True, slots=True)
class Picture:
    """`is_photo`: Telegram made it smaller and compressed it anew, as it does with photos;
    `suffix` is one of those that pictures have, or none."""

    file_id: str
    suffix: str
    size_bytes: int
    is_photo: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """`text` is what stands behind it; `addressed` that the bot's name does, too."""

    name: str
    text: str
    addressed: bool


def picture_of(message: Shown) -> Picture | None:
    """Whether it can be used is for the eyes to say; here, whether it means to be one."""
    if message.photo:
        largest = message.photo[-1]
        return Picture(largest.file_id, ".jpg", largest.file_size or 0, is_photo=True)
    document = message.document
    if document is None:
        return None
    name = document.file_name or ""
    if not is_picture(name, document.mime_type):
        return None
    return Picture(document.file_id, ending_of(name), document.file_size or 0)


def command_of(message: Message, me: User) -> Command | None:
    """A command at the beginning of a text or a caption, unless it is for another bot."""
    text, first = words_of(message), _first(message, MessageEntity.BOT_COMMAND)
    if first is None or first.offset:
        return None
    name, _, to = text[1 : first.length].partition("@")
    if to and to.casefold() != (me.username or "").casefold():
        return None
    return Command(name.casefold(), text[first.length :].strip(), addressed=bool(to))


def move_of(message: Message) -> tuple[int, int] | None:
    """A group has become a supergroup, as is said in both: the id before, and the one of now."""
    if before := message.migrate_from_chat_id:
        return before, message.chat.id
    if now := message.migrate_to_chat_id:
        return message.chat.id, now
    return None


def words_of(message: Message) -> str:
    return message.text or message.caption or ""


def without_mention(message: Message, me: User) -> str | None:
    """Its words without the bot's name; None where they don't hold it."""
    name = f"@{me.username}".casefold()
    for entity, said in _entities(message, MessageEntity.MENTION):
        if said.casefold() == name:
            units = words_of(message).encode("utf-16-le")
            start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            return (units[:start] + units[end:]).decode("utf-16-le").strip()
    return None


def marked_as(message: Message, kind: str) -> Sequence[str]:
    """The parts of its words that are set in a kind of type."""
    return [said for _, said in _entities(message, kind)]


def _first(message: Message, kind: str) -> MessageEntity | None:
    return next((entity for entity, _ in _entities(message, kind)), None)


def _entities(message: Message, kind: str) -> list[tuple[MessageEntity, str]]:
    found = message.parse_entities([kind]) if message.text else {}
    if message.caption:
        found = message.parse_caption_entities([kind])
    return sorted(found.items(), key=lambda one: one[0].offset)

"""People who write to the bot on Telegram, as the updates that their messages become."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.chats import NOW, Shown
from tests.fakes.telegram.server import BOT, FakeTelegram

COMMAND = re.compile(r"(?:(?<=\s)|^)/\w+(@\w+)?")
MENTION = re.compile(r"@\w+")
_ids = itertools.count(100)
_queries = itertools.count(5_000_000_000)

Json = dict[str, Any]


@dataclass
class Person:
    """Writes in private, or in `chat` where one is given; each call is an update on its way."""

    telegram: FakeTelegram
    id: int = 11
    name: str = "Ada"
    language: str = "en"
    chat: Json = field(default_factory=dict)
    topic: int | None = None
    anonymous: bool = False

    @property
    def user(self) -> Json:
        user = {"id": self.id, "is_bot": False, "first_name": self.name}
        return user | {"language_code": self.language}

    async def says(self, text: str, **more: Any) -> Json:
        return await self._send({"text": text, "entities": entities(text)}, more)

    async def sends_photo(self, caption: str = "", content: bytes = b"photo", **more: Any) -> Json:
        file_id = self.telegram.keep(content)
        sizes = [
            {"file_id": f"{file_id}{suffix}", "file_unique_id": f"{file_id}{suffix}"}
            | {"width": side, "height": side, "file_size": len(content)}
            for suffix, side in (("-small", 90), ("", 800))
        ]
        return await self._send({"photo": sizes} | _caption(caption), more)

    async def sends_file(
        self,
        name: str = "sketch.png",
        caption: str = "",
        content: bytes = b"file",
        size: int | None = None,
        mime: str = "image/png",
        **more: Any,
    ) -> Json:
        file_id = self.telegram.keep(content)
        document = {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_name": name,
            "mime_type": mime,
            "file_size": size or len(content),
        }
        return await self._send({"document": document} | _caption(caption), more)

    async def taps(self, shown: Shown, label: str) -> str:
        """The id of the query that the bot has to answer."""
        return await self.presses(shown, shown.buttons[label])

    async def presses(self, shown: Shown, data: str, *, too_old: bool = False) -> str:
        """`too_old`: Telegram does not say any more what the message is."""
        query = str(next(_queries))
        self.telegram.presses.append(query)
        message = {"message_id": shown.id, "date": 0, "chat": self.chat or self._private()}
        if not too_old:
            message |= {"date": NOW, "from": BOT, "text": shown.text}
            message |= {"reply_markup": shown.markup} if shown.markup else {}
        await self.telegram.send_update(
            callback_query={
                "id": query,
                "from": self.user,
                "chat_instance": "1",
                "message": message,
                "data": data,
            }
        )
        return query

    async def _send(self, content: Json, more: Json) -> Json:
        message: Json = {
            "message_id": next(_ids),
            "date": NOW,
            "chat": self.chat or self._private(),
            "from": self.user,
        }
        if self.anonymous:
            anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
            message |= {"from": anonymous, "sender_chat": self.chat}
        if self.topic is not None:
            message |= {"message_thread_id": self.topic, "is_topic_message": True}
        message |= content | more
        await self.telegram.send_update(message=message)
        return message

    def _private(self) -> Json:
        return {"id": self.id, "type": "private", "first_name": self.name}


def group(chat_id: int = -1001234, title: str = "Studio") -> Json:
    return {"id": chat_id, "type": "supergroup", "title": title}


def shown_by_bot(shown: Shown, chat: Json) -> Json:
    """A message of the bot as somebody's reply brings it along."""
    message = {"message_id": shown.id, "date": NOW, "chat": chat, "from": BOT}
    return message | {"text": shown.text, "entities": shown.entities}


def entities(text: str) -> list[Json]:
    found = [("bot_command", match) for match in COMMAND.finditer(text)]
    spans = [match.span() for _, match in found]
    found += [
        ("mention", match)
        for match in MENTION.finditer(text)
        if not any(start <= match.start() < end for start, end in spans)
    ]
    return [
        {
            "type": kind,
            "offset": len(text[: match.start()].encode("utf-16-le")) // 2,
            "length": len(match[0].encode("utf-16-le")) // 2,
        }
        for kind, match in found
    ]


def _caption(text: str) -> Json:
    return {"caption": text, "caption_entities": entities(text)} if text else {}

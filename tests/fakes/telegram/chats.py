"""What a Bot API server keeps of its chats: messages that are sent, edited and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

BOT_ID = 4242
NOW = 1_893_499_200  # 2030-01-01 12:00 UTC
SENT_MEDIA = ("photo", "video", "animation", "document")
Keep = Callable[[bytes], str]


class Refusal(Exception):  # noqa: N818  (it is what the server says, not what went wrong in it)
    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass
class Shown:
    """One message of the bot as people see it."""

    chat: int
    id: int
    text: str = ""
    kind: str = "text"
    file: bytes | None = None
    thumbnail: bytes | None = None
    details: dict[str, Any] = field(default_factory=dict)
    entities: list[dict[str, Any]] = field(default_factory=list)
    markup: dict[str, Any] | None = None
    reply_to: int | None = None
    topic: int | None = None
    edits: int = 0

    @property
    def buttons(self) -> dict[str, str]:
        """What each does, by its label."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return {one["text"]: one.get("callback_data", "") for row in rows for one in row}


@dataclass
class Chats:
    """`refusing` maps a chat to what the server says to anything sent there; `old` holds
    messages that are too old to be deleted, `closed` by chat those of topics that are closed, a
    topic being called by its first one; `admins` are (chat, person), `strangers` people who
    are in no chat."""

    messages: dict[tuple[int, int], Shown] = field(default_factory=dict)
    refusing: dict[int, Refusal] = field(default_factory=dict)
    old: set[tuple[int, int]] = field(default_factory=set)
    closed: dict[int, set[int]] = field(default_factory=dict)
    admins: set[tuple[int, int]] = field(default_factory=set)
    strangers: set[int] = field(default_factory=set)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)  # by callback query
    commands: list[dict[str, Any]] = field(default_factory=list)
    next_id: int = 1000

    def of(self, chat: int) -> list[Shown]:
        return [shown for (where, _), shown in self.messages.items() if where == chat]

    def move(self, small: int, now: int) -> None:
        """A group becomes a supergroup: nothing can be done in the old one any more."""
        said = "Bad Request: group chat was upgraded to a supergroup chat"
        self.refusing[small] = Refusal(400, said, migrate_to_chat_id=now)
        self.admins |= {(now, person) for chat, person in self.admins if chat == small}

    def apply(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, bytes], keep: Keep
    ) -> Any:
        match method:
            case "answerCallbackQuery":
                self.answers[params["callback_query_id"]] = dict(params)
                return True
            case "setMyCommands":
                self.commands.append(dict(params))
                return True
        if refusal := self.refusing.get(params["chat_id"]):
            raise refusal
        if method == "getChatMember":
            return self._member(params["chat_id"], params["user_id"])
        if method == "sendChatAction":
            return True
        if method == "deleteMessage":
            return self._delete(params)
        if method.startswith("send"):
            return self._send(method.removeprefix("send").lower(), params, files, keep)
        return self._edit(method.removeprefix("editMessage"), params, files, keep)

    def _send(
        self, kind: str, params: Mapping[str, Any], files: Mapping[str, bytes], keep: Keep
    ) -> Any:
        reply = params.get("reply_parameters") or {}
        into = {params.get("message_thread_id"), reply.get("message_id")}
        if into & self.closed.get(params["chat_id"], set()):
            raise Refusal(400, "Bad Request: TOPIC_CLOSED")
        self.next_id += 1
        shown = Shown(
            params["chat_id"],
            self.next_id,
            text=params.get("caption" if kind in SENT_MEDIA else "text", ""),
            entities=params.get("caption_entities" if kind in SENT_MEDIA else "entities", []),
            markup=params.get("reply_markup"),
            reply_to=reply.get("message_id"),
            topic=params.get("message_thread_id"),
        )
        if kind in SENT_MEDIA:
            _put_media(shown, kind, params, params.get(kind, kind), files)
        self.messages[shown.chat, shown.id] = shown
        return _message(shown, keep)

    def _edit(
        self, what: str, params: Mapping[str, Any], files: Mapping[str, bytes], keep: Keep
    ) -> Any:
        shown = self.messages.get((params["chat_id"], params["message_id"]))
        if shown is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        markup = params.get("reply_markup")
        before = (shown.text, shown.markup, shown.kind)
        if what == "Text":
            if shown.kind != "text":
                raise Refusal(400, "Bad Request: there is no text in the message to edit")
            shown.text, shown.entities = params["text"], params.get("entities", [])
        elif what == "Caption":
            if shown.kind == "text":
                raise Refusal(400, "Bad Request: there is no caption in the message to edit")
            shown.text = params.get("caption", "")
            shown.entities = params.get("caption_entities", [])
        elif what == "Media":
            media = params["media"]
            shown.text, shown.entities = media.get("caption", ""), media.get("caption_entities", [])
            _put_media(shown, media["type"], media, media["media"], files)
        shown.markup = markup
        if what != "Media" and before == (shown.text, shown.markup, shown.kind):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        shown.edits += 1
        return _message(shown, keep)

    def _member(self, chat: int, person: int) -> dict[str, Any]:
        if person in self.strangers:
            return _described(person, "left")
        return _described(person, "administrator" if (chat, person) in self.admins else "member")

    def _delete(self, params: Mapping[str, Any]) -> bool:
        where = (params["chat_id"], params["message_id"])
        if where not in self.messages:
            raise Refusal(400, "Bad Request: message to delete not found")
        if where in self.old:
            raise Refusal(400, "Bad Request: message can't be deleted for everyone")
        del self.messages[where]
        return True


def _put_media(
    shown: Shown, kind: str, details: Mapping[str, Any], source: str, files: Mapping[str, bytes]
) -> None:
    shown.kind = kind
    shown.file = files[source.removeprefix("attach://")]
    thumbnail = str(details.get("thumbnail", "thumbnail")).removeprefix("attach://")
    shown.thumbnail = files.get(thumbnail)
    shown.details = {
        name: details[name]
        for name in ("width", "height", "duration", "supports_streaming")
        if name in details
    }


def _described(user_id: int, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {
        "user": {"id": user_id, "is_bot": False, "first_name": "x"},
        "status": status,
    }
    if status == "administrator":
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
            "can_restrict_members can_promote_members can_change_info can_invite_users "
            "can_post_stories can_edit_stories can_delete_stories"
        )
        member |= dict.fromkeys(rights.split(), True)
    return member


def _message(shown: Shown, keep: Keep) -> dict[str, Any]:
    chat_type = "private" if shown.chat > 0 else "supergroup"
    message: dict[str, Any] = {
        "message_id": shown.id,
        "date": NOW,
        "chat": {"id": shown.chat, "type": chat_type},
        "from": {"id": BOT_ID, "is_bot": True, "first_name": "Sketchlife"},
    }
    if shown.kind == "text":
        return message | {"text": shown.text}
    file_id = keep(shown.file or b"")
    file = {"file_id": file_id, "file_unique_id": file_id, "width": 16, "height": 16}
    content: Any = [file] if shown.kind == "photo" else file | {"duration": 6}
    return message | {shown.kind: content, "caption": shown.text}

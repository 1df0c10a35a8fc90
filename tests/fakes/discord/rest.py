"""The REST routes that the bot uses, over one set of channels and messages."""

from __future__ import annotations

import mimetypes
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.payloads import (
    DM,
    MIB,
    Payload,
    application,
    channel,
    member,
    message,
    snowflake,
    user,
)
from tests.fakes.discord.recorded import Recorded

EPHEMERAL = 64
FOLLOW_UPS = 5  # of an interaction in a guild that the bot is no member of
DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL = 5, 6, 7, 9
SIZE_LIMIT = 10 * MIB


class RefusedError(Exception):
    """What Discord answers instead, with its own error code."""

    def __init__(self, status: int, code: int, why: str, **more: Any) -> None:
        self.status = status
        self.body = {"code": code, "message": why, **more}
        # without this the library takes a 429 for a ban by whoever stands before Discord
        self.headers = {"Via": "1.1 google"} if status == 429 else {}
        super().__init__(why)


class Rest:
    """`size_limit` is the largest upload; `guilds`, `channels` and `messages` by their ids, the
    messages in the order in which they were written."""

    def __init__(self, bot: Payload, flags: int, cdn: Callable[[str, bytes], str]) -> None:
        self.bot = bot
        self.application = application(bot, flags)
        self.guilds: dict[str, Payload] = {}
        self.channels: dict[str, Payload] = {}
        self.people: dict[str, Payload] = {}
        self.messages: dict[str, Payload] = {}
        self.reactions: list[tuple[str, str]] = []
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Payload] = []
        self.size_limit = SIZE_LIMIT
        self._nonces: dict[tuple[str, str], Payload] = {}
        self._cdn = cdn
        self._routes = [
            (method, re.compile(pattern), handle) for method, pattern, handle in self._table()
        ]

    def answer(self, request: Recorded) -> Any:
        """The JSON that it is answered with. Raises `RefusedError`."""
        if request.size > self.size_limit:
            raise RefusedError(413, 40005, "Request entity too large")
        for method, pattern, handle in self._routes:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return handle(request, *found.groups())
        raise RefusedError(404, 0, f"404: {request.method} {request.path}")

    def _table(self) -> Iterator[tuple[str, str, Callable[..., Any]]]:
        message_path = r"/channels/(\d+)/messages/(\d+)"
        yield "GET", "/users/@me", lambda _: self.bot
        yield "GET", "/oauth2/applications/@me", lambda _: self.application
        yield "GET", "/users/@me/guilds", self._my_guilds
        yield "PUT", r"/applications/\d+/commands", self._sync
        yield "POST", "/users/@me/channels", self._open_direct
        yield "GET", r"/channels/(\d+)", lambda _, id: self._channel(id)
        yield "GET", r"/guilds/(\d+)/members/(\d+)", self._member
        yield "POST", r"/channels/(\d+)/messages", self._post
        yield "GET", message_path, lambda _, where, id: self._message(where, id)
        yield "PATCH", message_path, self._edit
        yield "DELETE", message_path, self._delete
        yield "PUT", message_path + r"/reactions/([^/]+)/@me", self._react
        yield "POST", r"/interactions/(\d+)/([^/]+)/callback", self._respond
        yield "GET", r"/webhooks/\d+/([^/]+)/messages/@original", self._original
        yield "PATCH", r"/webhooks/\d+/([^/]+)/messages/@original", self._edit_original
        yield "DELETE", r"/webhooks/\d+/([^/]+)/messages/@original", self._delete_original
        yield "PATCH", r"/webhooks/\d+/([^/]+)/messages/(\d+)", self._edit_follow_up
        yield "DELETE", r"/webhooks/\d+/([^/]+)/messages/(\d+)", self._delete_follow_up
        yield "POST", r"/webhooks/\d+/([^/]+)", self._follow_up

    def _sync(self, request: Recorded) -> Any:
        more = {"application_id": self.bot["id"], "version": "1"}
        self.commands = [
            {"description": "", **each, **more, "id": snowflake()} for each in request.json
        ]
        return self.commands

    def _my_guilds(self, _: Recorded) -> Any:
        more = {"icon": None, "owner": False, "features": []}
        return [
            {
                "id": id,
                "name": each["name"],
                "permissions": each["roles"][0]["permissions"],
                **more,
            }
            for id, each in self.guilds.items()
        ]

    def _open_direct(self, request: Recorded) -> Any:
        person = self.people.get(str(request.json["recipient_id"])) or user("somebody")
        for each in self.channels.values():
            if each["type"] == DM and each["recipients"][0]["id"] == person["id"]:
                return each
        opened = channel("", DM, recipients=[person])
        self.channels[opened["id"]] = opened
        return opened

    def _member(self, _: Recorded, guild_id: str, user_id: str) -> Any:
        for each in self.guilds[guild_id]["members"]:
            if each["user"]["id"] == user_id:
                return each
        raise RefusedError(404, 10007, "Unknown Member")

    def _post(self, request: Recorded, channel_id: str) -> Any:
        place, said = self._channel(channel_id), request.json
        nonce = said.get("nonce")
        if said.get("enforce_nonce") and (known := self._nonces.get((channel_id, nonce))):
            return known  # for some minutes, whether it still stands there or not
        written = message(self.bot, channel_id, place.get("guild_id"))
        self._write(written, request)
        if nonce is not None:
            written["nonce"] = nonce
            self._nonces[channel_id, nonce] = written
        self.messages[written["id"]] = written
        return written

    def _edit(self, request: Recorded, channel_id: str, message_id: str) -> Any:
        found = self._message(channel_id, message_id)
        self._write(found, request)
        found["edited_timestamp"] = "2030-01-01T00:00:01+00:00"
        return found

    def _delete(self, _: Recorded, channel_id: str, message_id: str) -> Any:
        self._message(channel_id, message_id)
        del self.messages[message_id]
        return None

    def _react(self, _: Recorded, channel_id: str, message_id: str, emoji: str) -> Any:
        self._message(channel_id, message_id)
        self.reactions.append((message_id, emoji))
        return None

    def _respond(self, request: Recorded, interaction_id: str, token: str) -> Any:
        asked = self._interaction(token)
        if asked.responses:
            raise RefusedError(400, 40060, "Interaction has already been acknowledged.")
        kind, said = request.json["type"], request.json.get("data") or {}
        asked.answered_at = time.perf_counter()
        asked.responses.append(request.json)
        answered = {
            "id": interaction_id,
            "type": 2,
            "response_message_loading": kind == DEFERRED,
            "response_message_ephemeral": bool(said.get("flags", 0) & EPHEMERAL),
        }
        if kind in (DEFERRED_UPDATE, UPDATE, MODAL):
            return {"interaction": answered}
        asked.original = asked.answer(self.bot, snowflake(), flags=said.get("flags", 0))
        asked.original["loading"] = kind == DEFERRED
        self._fill(asked.original, said, request)
        answered["response_message_id"] = asked.original["id"]
        resource = {"type": kind, "message": asked.original}
        return {"interaction": answered, "resource": resource}

    def _original(self, _: Recorded, token: str) -> Any:
        """Of a button that answered nothing of its own it is the message that the button is on."""
        asked = self._interaction(token)
        if asked.original is not None:
            return asked.original
        for each in [*self.messages.values(), *self._answers()]:
            if each["id"] == asked.on:
                return each
        raise RefusedError(404, 10008, "Unknown Message")

    def _answers(self) -> Iterator[Payload]:
        """To interactions."""
        for asked in self.interactions.values():
            yield from asked.followups
            if asked.original is not None:
                yield asked.original

    def _edit_original(self, request: Recorded, token: str) -> Any:
        original = self._original(request, token)
        self._write(original, request)
        original["loading"] = False
        return original

    def _delete_original(self, request: Recorded, token: str) -> Any:
        self._original(request, token)
        self._interaction(token).original = None
        return None

    def _follow_up(self, request: Recorded, token: str) -> Any:
        """The first one takes the place of "thinking", for whom that was shown to."""
        asked = self._interaction(token)
        if asked.original is not None and asked.original["loading"]:
            return self._edit_original(request, token)
        if asked.brought_along and len(asked.followups) == FOLLOW_UPS:
            raise RefusedError(403, 40094, "Maximum number of follow-up messages reached")
        written = asked.answer(self.bot, asked.place)
        self._write(written, request)
        asked.followups.append(written)
        return written

    def _edit_follow_up(self, request: Recorded, token: str, message_id: str) -> Any:
        found = self._followed_up(token, message_id)
        self._write(found, request)
        return found

    def _delete_follow_up(self, _: Recorded, token: str, message_id: str) -> Any:
        self._followed_up(token, message_id)
        for each in self.interactions.values():
            each.followups = [one for one in each.followups if one["id"] != message_id]
        return None

    def _followed_up(self, token: str, message_id: str) -> Payload:
        """Written by this interaction, or the one that the button of this interaction is on."""
        this = self._interaction(token)
        for asked in self.interactions.values():
            for each in asked.followups:
                if each["id"] == message_id and (asked is this or this.on == message_id):
                    return each
        raise RefusedError(404, 10008, "Unknown Message")

    def _interaction(self, token: str) -> Interaction:
        asked = self.interactions[token]
        if asked.over:
            raise RefusedError(401, 50027, "Invalid Webhook Token")
        return asked

    def _write(self, written: Payload, request: Recorded) -> None:
        self._fill(written, request.json or {}, request)

    def _fill(self, written: Payload, said: Payload, request: Recorded) -> None:
        """As Discord edits: what is not named stays, attachments that are not named go."""
        for name in ("content", "embeds", "components", "flags"):
            if said.get(name) is not None:
                written[name] = said[name]
        if "message_reference" in said:
            written["message_reference"] = said["message_reference"]
        written["allowed_mentions"] = said.get("allowed_mentions")
        if "attachments" in said:
            staying = {each["id"] for each in said["attachments"]}
            kept = [each for each in written["attachments"] if each["id"] in staying]
            written["attachments"] = kept + [self.upload(*each) for each in request.files.items()]

    def upload(self, name: str, content: bytes) -> Payload:
        """What an attachment looks like whose bytes the CDN now has."""
        url = self._cdn(name, content)
        return {
            "id": snowflake(),
            "filename": name,
            "size": len(content),
            "url": url,
            "proxy_url": url,
            "content_type": mimetypes.guess_type(name)[0] or "application/octet-stream",
        }

    def _channel(self, channel_id: str) -> Payload:
        if channel_id not in self.channels:
            raise RefusedError(404, 10003, "Unknown Channel")
        return self.channels[channel_id]

    def _message(self, channel_id: str, message_id: str) -> Payload:
        self._channel(channel_id)
        if message_id not in self.messages:
            raise RefusedError(404, 10008, "Unknown Message")
        return self.messages[message_id]

    def join(self, guild_id: str, person: Payload, roles: list[str]) -> Payload:
        joined = member(person, roles)
        self.people[person["id"]] = person
        self.guilds[guild_id]["members"].append(joined)
        return joined

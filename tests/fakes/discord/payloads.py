"""What Discord says of people, places and messages, as far as the library reads it."""

from __future__ import annotations

import itertools
import time
from typing import Any

EPOCH_MS = 1_420_070_400_000  # of snowflakes: the first second of 2015
MIB = 2**20
EVERYTHING = str((1 << 53) - 1)  # permissions
TEXT, DM = 0, 1

_count = itertools.count()

Payload = dict[str, Any]


def snowflake() -> str:
    """An id made now."""
    ms = int(time.time() * 1000) - EPOCH_MS
    return str((ms << 22) | (next(_count) & 0x3FFFFF))


def user(name: str, *, bot: bool = False, id: str | None = None) -> Payload:
    return {
        "id": id or snowflake(),
        "username": name,
        "global_name": name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
    }


def member(of: Payload, roles: list[str], permissions: str | None = None) -> Payload:
    said = {
        "user": of,
        "roles": roles,
        "joined_at": "2030-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
    }
    return said if permissions is None else said | {"permissions": permissions}


def channel(name: str, kind: int = TEXT, **more: Any) -> Payload:
    return {
        "id": snowflake(),
        "type": kind,
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "topic": None,
        "parent_id": None,
        "last_message_id": None,
        **more,
    }


def role(id: str, name: str, permissions: str) -> Payload:
    return {
        "id": id,
        "name": name,
        "permissions": permissions,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def guild(name: str, bot: Payload, *, locale: str = "en-US", tier: int = 0) -> Payload:
    id = snowflake()
    return {
        "id": id,
        "name": name,
        "owner_id": snowflake(),
        "preferred_locale": locale,
        "premium_tier": tier,
        "roles": [role(id, "@everyone", EVERYTHING)],
        "channels": [],
        "threads": [],
        "members": [member(bot, [])],
        "member_count": 1,
        "emojis": [],
        "stickers": [],
        "features": [],
        "unavailable": False,
        "large": False,
    }


def message(author: Payload, channel_id: str, guild_id: str | None, **more: Any) -> Payload:
    said = {
        "id": snowflake(),
        "channel_id": channel_id,
        "author": author,
        "content": "",
        "timestamp": "2030-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        **more,
    }
    return said if guild_id is None else said | {"guild_id": guild_id}


def application(bot: Payload, flags: int) -> Payload:
    owner = user("operator")
    return {
        "id": bot["id"],
        "name": "Sketchlife",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "summary": "",
        "owner": owner,
        "team": None,
        "flags": flags,
    }

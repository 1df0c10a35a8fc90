"""The Bot API's client: how long it waits, how often it asks again, through which proxy."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from telegram import Bot, LinkPreviewOptions
from telegram.constants import FloodLimit
from telegram.ext import Defaults, ExtBot
from telegram.request import HTTPXRequest

from adapters.telegram.floods import Floods

CLOUD = "https://api.telegram.org"
CLOUD_UP = 50 * 2**20  # bytes: what a bot may upload
LOCAL_UP = 2000 * 2**20  # at a server of one's own
FLOOD_RETRIES = 5
CONNECTIONS = 64
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a name may look like somebody's page
NO_MESSAGES = frozenset({"getChatMember"})  # the limiter counts whatever names a chat
MEDIA_S = 300.0  # for 50 MB over a slow line


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the operator set of Telegram, how large a file of ours may be, and how many messages it
    takes (0: as many as there are)."""

    token: str = field(repr=False)
    base_url: str = CLOUD
    proxy: str | None = field(default=None, repr=False)
    up_bytes: int = CLOUD_UP
    messages_per_s: float = FloodLimit.MESSAGES_PER_SECOND

    @classmethod
    def to(cls, base_url: str | None, *, token: str, proxy: str | None) -> Access:
        """Telegram's own servers, or a Bot API server of one's own, which takes more."""
        if base_url is None:
            return cls(token=token, proxy=proxy)
        return cls(token=token, base_url=base_url, proxy=proxy, up_bytes=LOCAL_UP)

    @property
    def bot_id(self) -> str:
        """The number that a token begins with."""
        return self.token.partition(":")[0]


class Client(ExtBot[int]):
    """The library's bot, with one door more: updates as they came, before anything reads them.
    And with one limit less: asking who somebody is is no message to a group."""

    async def raw_updates(
        self, offset: int | None, timeout_s: int, wanted: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Long polling; asking for `offset` confirms all updates before it."""
        asked = {"offset": offset, "timeout": timeout_s, "allowed_updates": wanted}
        updates: list[dict[str, Any]] = await self._post(
            "getUpdates", asked, read_timeout=timeout_s + 10
        )
        return updates

    async def _do_post(
        self, endpoint: str, data: dict[str, Any], **timeouts: Any
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        if endpoint in NO_MESSAGES:
            return await Bot._do_post(self, endpoint, data, **timeouts)
        return await super()._do_post(endpoint, data, **timeouts)


def open_client(access: Access, flood_retries: int = FLOOD_RETRIES) -> Client:
    """Not logged in yet; `async with` does that, and closes its connections."""
    _hush_the_libraries()
    base_url = access.base_url.rstrip("/")
    return Client(
        access.token,
        base_url=f"{base_url}/bot",
        base_file_url=f"{base_url}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=CONNECTIONS,
            proxy=access.proxy,
            read_timeout=30,
            write_timeout=30,
            connect_timeout=10,
            pool_timeout=60,
            media_write_timeout=MEDIA_S,
        ),
        get_updates_request=HTTPXRequest(
            connection_pool_size=1, proxy=access.proxy, connect_timeout=10
        ),
        defaults=Defaults(link_preview_options=NO_PREVIEW),
        rate_limiter=Floods(access.messages_per_s, flood_retries),
    )


def _hush_the_libraries() -> None:
    """At "info" httpx writes down each request's address, of which the token is a part; at "debug"
    python-telegram-bot writes down what people wrote, and at "error" a traceback of each answer
    that is no JSON, such as a proxy's, and of each flood, beside the error that it raises."""
    wanted = logging.getLogger().level
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
    logging.getLogger("telegram").setLevel(max(wanted, logging.INFO))
    for name in ("telegram.request", "telegram.ext.AIORateLimiter"):
        logging.getLogger(name).setLevel(logging.CRITICAL)

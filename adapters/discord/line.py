"""How Discord is reached: with which token, through which proxy."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

from aiohttp import ClientError, TraceConfig
from aiohttp_socks import ProxyConnector
from discord import VoiceClient

BY_THE_LIBRARY = ("http", "https")


@dataclass(frozen=True, slots=True)
class Line:
    """`proxy` is an address as the operator wrote it."""

    token: str = field(repr=False)
    proxy: str | None = field(default=None, repr=False)

    def options(self) -> dict[str, Any]:
        """For one client, since its connector ends with it; inside an event loop."""
        straight = {"http_trace": _without_detours()}
        if self.proxy is None:
            return straight
        address = urlsplit(self.proxy)
        if address.scheme in BY_THE_LIBRARY:
            return {**straight, "proxy": self.proxy}
        # socks5h says that names are looked up on the far side, which is done in any case: where
        # a proxy is needed, the near side often lies about these names
        socks5 = address._replace(scheme="socks5").geturl()
        return {**straight, "connector": ProxyConnector.from_url(socks5, rdns=True)}


def _without_detours() -> TraceConfig:
    """Neither Discord nor its CDN sends anybody elsewhere; who did might have the bot ask in the
    network that it stands in. The library would follow, also with pictures."""

    async def refuse(*_: object) -> NoReturn:
        raise ClientError("sent elsewhere")

    trace = TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


def hush_the_library() -> None:
    """At "debug" it writes down every event, and with them the tokens of interactions; and it
    warns of voices, which nobody wants here."""
    level = max(logging.INFO, logging.getLogger().level)
    logging.getLogger("discord").setLevel(level)
    VoiceClient.warn_nacl = VoiceClient.warn_dave = False

"""How Discord is reached: with which token, through which proxy."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

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
        if self.proxy is None:
            return {}
        address = urlsplit(self.proxy)
        if address.scheme in BY_THE_LIBRARY:
            return {"proxy": self.proxy}
        # socks5h says that names are looked up on the far side, which is done in any case: where
        # a proxy is needed, the near side often lies about these names
        socks5 = address._replace(scheme="socks5").geturl()
        return {"connector": ProxyConnector.from_url(socks5, rdns=True)}


def hush_the_library() -> None:
    """At "debug" it writes down every event, and with them the tokens of interactions; and it
    warns of voices, which nobody wants here."""
    level = max(logging.INFO, logging.getLogger().level)
    logging.getLogger("discord").setLevel(level)
    VoiceClient.warn_nacl = VoiceClient.warn_dave = False

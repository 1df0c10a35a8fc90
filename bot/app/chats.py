"""The platforms that people come in by, as the settings say."""

from __future__ import annotations

import sys

from adapters.db.database import Database
from adapters.db.inbox import SqlInboxStore, SqlTipStore
from adapters.db.moved import SqlMovedStore
from adapters.discord.client import Terms
from adapters.discord.frontend import DiscordFrontend
from adapters.discord.line import Line
from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from adapters.telegram.webhook import Hook, secret_of
from adapters.web.access import Access as WebAccess
from adapters.web.frontend import WebFrontend
from bot.clock import SystemClock
from bot.frontends import Frontend
from bot.settings import Settings, listed
from bot.texts import Texts

WEB_LISTEN = "127.0.0.1:8080"  # unless the settings say otherwise


def frontends_of(settings: Settings, database: Database) -> list[Frontend]:
    """A chat for each token that is set; what comes in is stored in `database`."""
    chats: list[Frontend] = []
    if (line := discord_line(settings)) is not None:
        terms = Terms(guilds=tuple(_numbered("discord", settings)))
        chats.append(DiscordFrontend(line, SystemClock(), terms))
    if (access := telegram_access(settings)) is not None:
        chats.append(_telegram(settings, access, database))
    return chats


def discord_line(settings: Settings) -> Line | None:
    if settings.discord_token is None:
        return None
    proxy = settings.discord_proxy or settings.proxy
    return Line(
        token=settings.discord_token.get_secret_value(),
        proxy=proxy.get_secret_value() if proxy is not None else None,
    )


def telegram_access(settings: Settings) -> Access | None:
    if settings.telegram_token is None:
        return None
    proxy = settings.telegram_proxy or settings.proxy
    return Access.to(
        settings.telegram_base_url,
        token=settings.telegram_token.get_secret_value(),
        proxy=proxy.get_secret_value() if proxy is not None else None,
    )


def _telegram(settings: Settings, access: Access, database: Database) -> TelegramFrontend:
    url, hook = settings.telegram_webhook_url, None
    if url is not None:
        host, _, port = settings.telegram_webhook_listen.partition(":")
        hook = Hook(url=url, host=host, port=int(port), secret=secret_of(access.token))
    return TelegramFrontend(
        access,
        Kept(SqlInboxStore(database), SqlTipStore(database), SqlMovedStore(database)),
        SystemClock(),
        places=_numbered("telegram", settings),
        hook=hook,
    )


def page_of(settings: Settings) -> WebFrontend:
    texts = Texts(settings.language)

    def tell(address: str) -> None:
        lines = [texts.say("web-address", address=address), texts.say("web-how-to-operate")]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    return WebFrontend(web_access(settings), settings.data_dir, SystemClock(), tell)


def web_access(settings: Settings) -> WebAccess:
    host, _, port = (settings.web_listen or WEB_LISTEN).partition(":")
    token = settings.web_admin_token
    return WebAccess(
        host=host,
        port=int(port),
        url=settings.web_url or "",
        admin_token=token.get_secret_value() if token is not None else "",
    )


def _numbered(platform: str, settings: Settings) -> list[int]:
    """A platform's guilds or groups among the allowed places: their members may write in
    private."""
    named = [place.partition(":") for place in listed(settings.allowed_places)]
    return [
        int(number)
        for of, _, number in named
        if of == platform and number.removeprefix("-").isdigit()
    ]

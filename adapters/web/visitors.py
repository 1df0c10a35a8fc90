"""Who looks at the page: an anonymous cookie, or somebody who signed in."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from starlette.requests import HTTPConnection

from adapters.web.messenger import PLATFORM
from adapters.web.seal import Seal
from bot.origin import Origin, Rights
from bot.texts import LANGUAGES, language_of

PAGE = "page"  # the one place that everybody here is in
HOME = f"{PLATFORM}:{PAGE}"
COOKIE = "sketchlife"
COOKIE_S = 365 * 24 * 3600
SIGNED_IN = timedelta(days=30)
QUALITY = re.compile(r";\s*q=([0-9.]+)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`id` is empty for somebody whom the page does not know; `until` (seconds since 1970) is
    when a sign-in ends, None for a cookie that nobody signed in with. `fresh`: their cookie has
    yet to be set. `session` is the one sign-in that this is, on one device."""

    id: str = ""
    name: str = ""
    operator: bool = False
    until: float | None = None
    fresh: bool = False
    session: str = ""

    @property
    def signed_in(self) -> bool:
        return self.until is not None

    def origin(self, locale: str) -> Origin:
        """In private: nobody else reads along, and there is no community to share with."""
        return Origin(
            platform=PLATFORM,
            place=self.id,
            person=self.id,
            community=PAGE,
            person_name=self.name,
            locale=locale,
            place_locale=locale,
            private=True,
            rights=Rights(operator=self.operator, moderator=self.operator),
        )


NOBODY = Visitor()


def newcomer() -> Visitor:
    return Visitor(id=f"visitor-{secrets.token_hex(8)}", fresh=True)


def signed_in(name: str, operator: bool, now: datetime) -> Visitor:
    """Whoever comes with the same name is the same person, on whatever device."""
    kind = "operator" if operator else "guest"
    until = (now + SIGNED_IN).timestamp()
    return Visitor(
        id=f"{kind}-{name}",
        name=name,
        operator=operator,
        until=until,
        fresh=True,
        session=secrets.token_hex(8),
    )


def cookie_of(visitor: Visitor, seal: Seal) -> str:
    return seal.close(
        "visitor",
        {
            "id": visitor.id,
            "name": visitor.name,
            "operator": visitor.operator,
            "until": visitor.until,
            "session": visitor.session,
        },
    )


def read_cookie(request: HTTPConnection, seal: Seal, now: datetime) -> Visitor | None:
    known = seal.open("visitor", request.cookies.get(COOKIE, ""))
    if known is None:
        return None
    visitor = Visitor(**known)
    if visitor.until is not None and visitor.until < now.timestamp():
        return None
    return visitor


def invitation(seal: Seal, name: str, operator: bool, until: datetime) -> str:
    """The end of a sign-in link."""
    ticket = {"name": name, "operator": operator, "until": until.timestamp()}
    return f"/sign-in?invitation={quote(seal.close('invitation', ticket))}"


def read_invitation(seal: Seal, sealed: str, now: datetime) -> Visitor | None:
    ticket = seal.open("invitation", sealed)
    if ticket is None or ticket["until"] < now.timestamp():
        return None
    return signed_in(ticket["name"], ticket["operator"], now)


def locale_of(request: HTTPConnection) -> str:
    """The first of the browser's languages that the page speaks, else English."""
    wanted = request.headers.get("accept-language", "").split(",")
    for tag in sorted(wanted, key=_quality, reverse=True):
        code = QUALITY.sub("", tag).strip()
        if code.split("-")[0].lower() in LANGUAGES:
            return language_of(code)
    return "en"


def _quality(tag: str) -> float:
    found = QUALITY.search(tag)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 0.0

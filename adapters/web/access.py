"""From where the page may be opened, and by whom."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from bot.errors import NotAllowedError

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`host` and `port` are where the page listens, `url` its public address where it has one;
    `admin_token` is what whoever runs the bot can sign in with."""

    host: str = "127.0.0.1"
    port: int = 8080
    url: str = ""
    admin_token: str = ""

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return self.url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def open(self) -> bool:
        """Only this machine can reach it, so that nobody has to sign in."""
        return not self.url and is_loopback(self.host)

    @property
    def secure(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    def require_host(self, request: HTTPConnection) -> None:
        """Raises `NotAllowedError` for a name that is none of ours: a strange page could have made
        it lead to this machine. What somebody forwards does not come from this machine."""
        name = _split(f"//{request.headers.get('host', '')}").hostname or ""
        if self.open:
            if not is_loopback(name) or any(header in request.headers for header in FORWARDED):
                raise NotAllowedError("web-only-here")
        elif self.url and name != urlsplit(self.url).hostname and not is_loopback(name):
            raise NotAllowedError("web-only-here")

    def require_same_page(self, request: HTTPConnection) -> None:
        """Raises `NotAllowedError` for a form that another site's page sent."""
        said, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if said is not None and not self.is_ours(said, request):
            raise NotAllowedError("web-other-site")
        if site not in (None, "same-origin", "none"):
            raise NotAllowedError("web-other-site")

    def is_ours(self, address: str, request: HTTPConnection) -> bool:
        """Of this page, as its browser knows it; a proxy may rename the host."""
        netloc = _split(address).netloc  # empty: of an origin that hides
        return bool(netloc) and netloc in (
            request.headers.get("host"),
            urlsplit(self.url).netloc,
        )

    def is_admin_token(self, typed: str) -> bool:
        token = self.admin_token
        return bool(token) and hmac.compare_digest(typed.encode(), token.encode())


def _split(address: str) -> SplitResult:
    """Nowhere, for what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

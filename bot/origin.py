"""Where a request came from. The core passes it on and compares it, and reads nothing into it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One message on one platform: who sent it, where, and in which languages to answer.

    `platform` picks the Messenger ("discord", "terminal"); `place`, `person` and `message` are
    that platform's own ids as text. `locale` is the person's language, `place_locale` the one
    that public cards of this place are written in.
    """

    platform: str
    place: str
    person: str
    message: str = ""
    locale: str = "en"
    place_locale: str = "en"

    @property
    def owner(self) -> str:
        """The person across platforms: whom jobs, limits and turns are counted for."""
        return f"{self.platform}:{self.person}"

"""Where a request came from. The core passes it on and compares it, and reads nothing into it."""

from __future__ import annotations

from dataclasses import dataclass, field

SOMEBODY = "?"  # the author of a picture who is somebody else, and nobody can tell who


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a person may do at this moment, as their platform says; never stored.

    `roles` are the platform's own ids as text; `moderator` says that the person looks after the
    community; `operator` that they run this machine; `member_of` are the communities that a
    person in private belongs to, as far as the platform tells.
    """

    roles: frozenset[str] = frozenset()
    moderator: bool = False
    operator: bool = False
    member_of: frozenset[str] = frozenset()

    @property
    def in_charge(self) -> bool:
        """Whether they decide what holds in the community that they are in."""
        return self.moderator or self.operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One message on one platform: who sent it, where, and in which languages to answer.

    `platform` picks the Messenger ("discord", "terminal"); `place`, `person` and `message` are
    that platform's own ids as text. `community` is the guild or group whose settings hold in the
    place; empty: the place stands for itself. `author` drew or posted the picture, where that is
    somebody else than `person` (`SOMEBODY`: nobody knows who). The names are what people there
    read, for credits. `locale` is the person's language, `place_locale` the one that public cards
    of this place are written in. `private` is a direct message, `restricted` a place for adults
    only.
    """

    platform: str
    place: str
    person: str
    message: str = ""
    locale: str = "en"
    place_locale: str = "en"
    community: str = ""
    person_name: str = ""
    author: str = ""
    author_name: str = ""
    private: bool = False
    restricted: bool = False
    rights: Rights = field(default_factory=Rights)

    @property
    def owner(self) -> str:
        """The person across platforms: whom jobs, limits and turns are counted for."""
        return f"{self.platform}:{self.person}"

    @property
    def home(self) -> str:
        """The place across platforms whose settings and limits hold."""
        return f"{self.platform}:{self.community or self.place}"

    @property
    def drawn_by(self) -> str:
        """Whose picture it is, across platforms."""
        return f"{self.platform}:{self.author or self.person}"

    @property
    def own_picture(self) -> bool:
        return self.author in ("", self.person)

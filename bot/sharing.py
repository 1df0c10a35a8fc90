"""A clip that its owner shows to others, and what came of showing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One row a shared clip. `home` is the community that it is shared in (empty: in none, on the
    web page alone); `gallery` the place of its copy there and `ref` the copy's message; `web`
    says that the owner wants it on the web page too. `stars` are counted, not stored."""

    job_id: str
    owner: str
    author: str
    shared_at: datetime
    home: str = ""
    gallery: str = ""
    ref: str = ""
    restricted: bool = False
    web: bool = False
    stars: int = 0

    @property
    def shown(self) -> bool:
        """False once it was taken back, while its copy still has to be taken away."""
        return bool(self.home) or self.web

    def taken_back(self) -> Share:
        return replace(self, home="", web=False)

"""What the doctor found about one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `name` is a text key's suffix; `found` is shown as it is; `advice` a text key
    where something should be done. Only what a clip needs is `needed`."""

    name: str
    ok: bool
    found: str
    advice: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    needed: bool = True

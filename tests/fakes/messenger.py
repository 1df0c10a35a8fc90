"""Messengers without a platform: one in memory, one in a folder that outlives a killed process."""

from __future__ import annotations

import json
import shutil
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.card import Card, CardState
from bot.errors import CardGoneError, MessengerError, TooLargeError
from bot.origin import Origin

DIRECT = "direct/"  # what references of private messages begin with


@dataclass
class FakeMessenger:
    """Keeps every card as it stands and everything that happened to it.

    `failures` are raised by the next calls, one each; `limit_bytes` is this platform's largest
    file; `gone` holds references of deleted cards, `away` of those that nobody sees without
    scrolling; where it `keeps_all`, nothing can be deleted.
    """

    platform: str = "fake"
    pace_s: float = 0.0
    limit_bytes: int | None = None
    cards: dict[str, Card] = field(default_factory=dict)
    history: dict[str, list[Card]] = field(default_factory=dict)
    mentions: list[tuple[str, str]] = field(default_factory=list)
    failures: deque[MessengerError] = field(default_factory=deque)
    gone: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    keeps_all: bool = False
    place_names: dict[str, str] = field(default_factory=dict)
    _posted: Counter[str] = field(default_factory=Counter)
    _live: dict[str, str] = field(default_factory=dict)

    def connected(self) -> bool:
        return True

    def edit_interval_s(self, origin: Origin) -> float:
        return self.pace_s

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        self._check(card)
        live = self._live.get(nonce)
        if live is not None and live not in self.gone:
            return live
        self._posted[nonce] += 1
        ref = f"{nonce}/{self._posted[nonce]}"
        self._live[nonce] = ref
        self._keep(ref, card)
        return ref

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        self._check(card)
        if ref in self.gone or ref not in self.cards:
            raise CardGoneError
        self._keep(ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        self._check(None)
        self.mentions.append((ref, text))

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        self._check(card)
        ref = f"{DIRECT}{nonce}"
        self._keep(ref, card)
        return ref

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        self._check(instead)
        if not self.keeps_all:
            self.gone.add(ref)
        elif ref in self.cards and ref not in self.gone:
            self._keep(ref, instead)

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return ref in self.away

    def size_limit(self, origin: Origin) -> int | None:
        return self.limit_bytes

    def place_name(self, community: str) -> str:
        return self.place_names.get(community, "")

    @property
    def direct(self) -> list[Card]:
        """What can be seen in private now."""
        return [card for ref, card in self._seen() if ref.startswith(DIRECT)]

    def of_job(self, job_id: str) -> list[Card]:
        """The cards of a job that everybody in its places can see now."""
        public = [card for ref, card in self._seen() if not ref.startswith(DIRECT)]
        return [card for card in public if card.job_id == job_id]

    def states(self, job_id: str) -> list[CardState]:
        return [card.state for card in self.of_job(job_id)]

    def _seen(self) -> list[tuple[str, Card]]:
        return [(ref, card) for ref, card in self.cards.items() if ref not in self.gone]

    def _keep(self, ref: str, card: Card) -> None:
        self.cards[ref] = card
        self.history.setdefault(ref, []).append(card)

    def _check(self, card: Card | None) -> None:
        if self.failures:
            raise self.failures.popleft()
        if card and card.clip and self.limit_bytes and card.clip.size_bytes > self.limit_bytes:
            raise TooLargeError(self.limit_bytes)


class FolderMessenger:
    """A platform that is a folder: a JSON file per card, its clip beside it, a line in
    `events.jsonl` per post, edit, mention and removal. Survives its process, as a real one does."""

    platform = "folder"

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def connected(self) -> bool:
        return True

    def edit_interval_s(self, origin: Origin) -> float:
        return 0.0

    async def post(self, origin: Origin, card: Card, nonce: str) -> str:
        if not (self.root / f"{nonce}.json").exists():
            self._write("post", nonce, card)
        return nonce

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        if not (self.root / f"{ref}.json").exists():
            raise CardGoneError
        self._write("edit", ref, card)

    async def mention(self, origin: Origin, ref: str, text: str) -> None:
        self._log("mention", ref, text)

    async def post_direct(self, origin: Origin, card: Card, nonce: str) -> str:
        self._write("direct", f"direct-{nonce}", card)
        return f"direct-{nonce}"

    async def remove(self, origin: Origin, ref: str, instead: Card) -> None:
        for path in list(self.root.glob(f"{ref}.*")):
            path.unlink(missing_ok=True)
        self._log("remove", ref, instead.state.value)

    def scrolled_away(self, origin: Origin, ref: str) -> bool:
        return False

    def size_limit(self, origin: Origin) -> int | None:
        return None

    def place_name(self, community: str) -> str:
        return ""

    def states(self) -> dict[str, str]:
        """What each card says now, by the job's id."""
        return {card["job_id"]: card["state"] for card in self._cards()}

    def rendering(self) -> bool:
        """True when some card shows a step of its render."""
        return any(card["step"] for card in self._cards())

    def events(self) -> list[dict[str, str]]:
        path = self.root / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _cards(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in self.root.glob("*.json")]

    def _write(self, event: str, ref: str, card: Card) -> None:
        if card.clip is not None and not card.clip_stays:
            shutil.copyfile(card.clip.path, self.root / f"{ref}{card.clip.path.suffix}")
        shown = {"job_id": card.job_id, "state": card.state.value, "title": card.title}
        partial = self.root / f"{ref}.partial"
        progress = {"step": card.progress.step if card.progress else 0}
        partial.write_text(json.dumps(shown | progress | {"lines": card.lines}))
        partial.replace(self.root / f"{ref}.json")
        self._log(event, ref, card.state.value)

    def _log(self, event: str, ref: str, what: str) -> None:
        with (self.root / "events.jsonl").open("a") as events:
            events.write(json.dumps({"event": event, "ref": ref, "what": what}) + "\n")

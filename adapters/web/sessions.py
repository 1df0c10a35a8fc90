"""Sign-ins that were ended before their time: a cookie that was copied is worth nothing then."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from adapters.web.visitors import Visitor
from bot.ports import Clock

log = structlog.get_logger(__name__)

FILE = "web.signed-out"


class Sessions:
    """Kept beside the page's key, a line each, until they would have ended by themselves."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._path = data_dir / FILE
        self._clock = clock
        self._ended = dict(_read(self._path))

    def is_over(self, visitor: Visitor) -> bool:
        return bool(visitor.session) and visitor.session in self._ended

    async def end(self, visitor: Visitor) -> None:
        """Where that can't be written down it holds until the next start."""
        if not visitor.session or visitor.until is None:
            return
        now = self._clock.now().timestamp()
        ended = {session: until for session, until in self._ended.items() if until > now}
        self._ended = {**ended, visitor.session: visitor.until}
        try:
            await asyncio.to_thread(_write, self._path, self._ended)
        except OSError as error:
            log.warning("web.signed_out_not_kept", error=str(error))


def _read(path: Path) -> list[tuple[str, float]]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    parts = (line.partition(" ") for line in lines)
    return [(session, float(until)) for session, _, until in parts if _is_number(until)]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _write(path: Path, ended: dict[str, float]) -> None:
    partial = path.with_name(f".{path.name}.part")
    lines = (f"{session} {until}\n" for session, until in ended.items())
    partial.write_text("".join(lines), encoding="ascii")
    partial.replace(path)

"""Cards as server-sent events: the newest state of one job, until it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from adapters.web.site import Site
from bot.card import Card, CardState
from bot.errors import SketchlifeError
from bot.origin import Origin

UNDER_WAY = frozenset({CardState.QUEUED, CardState.RUNNING, CardState.FINISHING})
QUIET_S = 15.0  # then a word, so that a connection that is dead is found to be
WRITTEN_S = 0.05  # the clip is shown a moment before the job table says so
END = "event: end\ndata:\n\n"
STILL_HERE = ": still here\n\n"


class Crowd:
    """All who look at one job: what is sent to each of them is made once."""

    def __init__(self, site: Site, job_id: str) -> None:
        self.size = 0
        self._site = site
        self._job_id = job_id
        self._said: tuple[Card, str] | None = None
        self._written: asyncio.Task[None] | None = None

    def event(self, card: Card) -> str:
        if self._said is None or self._said[0] != card:
            html = self._site.fragment("live.html", card.locale, card=card)
            lines = "".join(f"data: {line}\n" for line in html.splitlines())
            self._said = card, f"event: card\n{lines}\n"
        return self._said[1]

    async def until_written(self, person: Origin) -> None:
        """A page that is loaded now must not find the job under way. Whoever of them asks: all
        may look."""
        if self._written is None:
            self._written = asyncio.create_task(self._until_written(person))
        await asyncio.shield(self._written)

    def leave(self) -> None:
        """Nobody looks any more."""
        if self._written is not None:
            self._written.cancel()

    async def _until_written(self, person: Origin) -> None:
        try:
            while (await self._look(person)).state in UNDER_WAY:
                await self._site.clock.sleep(WRITTEN_S)
        except SketchlifeError:
            return

    async def _look(self, person: Origin) -> Card:
        return (await self._site.service.looking.look(self._job_id, person)).card


class Events:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._crowds: dict[str, Crowd] = {}

    async def of(self, card: Card, person: Origin) -> AsyncIterator[str]:
        """`card` as it was when somebody came to look. Ends when the page is to be loaded anew."""
        messenger, job_id, shown = self._site.messenger, card.job_id, None
        with messenger.watching(job_id) as news, self._joining(job_id) as crowd:
            news.set()  # what came between the look and now
            while card.state in UNDER_WAY and not messenger.closed:
                if not await _wait(news):
                    yield STILL_HERE
                news.clear()
                card = messenger.newest(job_id) or card
                if card != shown and card.state in UNDER_WAY:
                    yield crowd.event(card)
                    shown = card
            if not messenger.closed:
                await crowd.until_written(person)
                yield END

    @contextmanager
    def _joining(self, job_id: str) -> Iterator[Crowd]:
        crowd = self._crowds.setdefault(job_id, Crowd(self._site, job_id))
        crowd.size += 1
        try:
            yield crowd
        finally:
            crowd.size -= 1
            if not crowd.size:
                del self._crowds[job_id]
                crowd.leave()


async def _wait(news: asyncio.Event) -> bool:
    """Whether there were any."""
    try:
        async with asyncio.timeout(QUIET_S):
            await news.wait()
    except TimeoutError:
        return False
    return True

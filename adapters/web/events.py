"""Cards as server-sent events: the newest state of one job, until it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from adapters.web.site import Site
from bot.card import Card, CardState
from bot.errors import SketchlifeError
from bot.origin import Origin

UNDER_WAY = frozenset({CardState.QUEUED, CardState.RUNNING, CardState.FINISHING})
QUIET_S = 15.0  # then a word, so that a connection that is dead is found to be
WRITTEN_S = 0.2  # the clip is shown a moment before the job table says so
END = "event: end\ndata:\n\n"
STILL_HERE = ": still here\n\n"


class Events:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def of(self, card: Card, person: Origin) -> AsyncIterator[str]:
        """`card` as it was when somebody came to look. Ends when the page is to be loaded anew."""
        messenger, job_id, shown = self._site.messenger, card.job_id, None
        with messenger.watching(job_id) as news:
            news.set()  # what came between the look and now
            while card.state in UNDER_WAY and not messenger.closed:
                if not await _wait(news):
                    yield STILL_HERE
                news.clear()
                card = messenger.newest(job_id) or card
                if card != shown and card.state in UNDER_WAY:
                    yield self._event(card)
                    shown = card
        if not messenger.closed:
            await self._until_written(job_id, person)
            yield END

    def _event(self, card: Card) -> str:
        html = self._site.fragment("live.html", card.locale, card=card)
        lines = "".join(f"data: {line}\n" for line in html.splitlines())
        return f"event: card\n{lines}\n"

    async def _until_written(self, job_id: str, person: Origin) -> None:
        """A page that is loaded now must not find the job under way."""
        try:
            while (await self._look(job_id, person)).state in UNDER_WAY:
                await self._site.clock.sleep(WRITTEN_S)
        except SketchlifeError:
            return

    async def _look(self, job_id: str, person: Origin) -> Card:
        return (await self._site.service.looking.look(job_id, person)).card


async def _wait(news: asyncio.Event) -> bool:
    """Whether there were any."""
    try:
        async with asyncio.timeout(QUIET_S):
            await news.wait()
    except TimeoutError:
        return False
    return True

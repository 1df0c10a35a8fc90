"""A card that is looked at: pushed as it changes, the newest state winning."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from adapters.web import events as events_module
from adapters.web.pace import STREAMS
from adapters.web.site import Site
from bot.cards.looking import Looking, Sight
from bot.job import JobStatus
from bot.origin import Origin
from tests.adapters.web.harness import Browser, Page

GUARD_S = events_module.QUIET_S - 5  # what comes only with the next quiet word came too late


@dataclass
class Stream:
    lines: AsyncIterator[str]

    async def next(self) -> tuple[str, str]:
        """The name and the data of the next event; comments have no name."""
        name, data = "", []
        async with asyncio.timeout(GUARD_S):
            async for line in self.lines:
                if not line:
                    return name, "\n".join(data)
                field, _, value = line.partition(":")
                if field == "event":
                    name = value.strip()
                elif field == "data":
                    data.append(value.strip())
        raise EOFError

    async def until(self, said: str) -> None:
        while True:
            name, data = await self.next()
            if said in (name, data) or said in data:
                return


@asynccontextmanager
async def looking(browser: Browser, path: str) -> AsyncIterator[Stream]:
    async with browser.client.stream("GET", f"{path}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


@asynccontextmanager
async def drawing(page: Page, path: str) -> AsyncIterator[None]:
    """It is being drawn until the block ends."""
    page.house.engine.gate.clear()
    async with page.house.at_work():
        await page.house.until_status(path.rpartition("/")[2], JobStatus.RUNNING)
        try:
            yield
        finally:
            page.house.engine.gate.set()


async def test_who_looks_sees_the_place_the_drawing_and_the_end(
    page: Page, browser: Browser
) -> None:
    path = await browser.animate()
    async with looking(browser, path) as stream:
        await stream.until('data-state="queued"')
        async with page.house.at_work():
            await page.house.clock.advance(1)
            await page.house.until_status(path.rpartition("/")[2], JobStatus.DELIVERED)
            await page.house.clock.advance(1)
            await stream.until("end")
    assert 'data-state="done"' in (await browser.get(path)).text


async def test_two_tabs_see_the_same(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    async with looking(browser, path) as one, looking(browser, path) as two:
        await one.until('data-state="queued"')
        await two.until('data-state="queued"')
        await browser.post(f"{path}/cancel")
        await one.until("end")
        await two.until("end")


async def test_who_comes_late_sees_the_newest_at_once(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    async with drawing(page, path):
        await page.house.clock.advance(1)
        async with looking(browser, path) as stream:
            await stream.until('data-state="running"')
        assert 'data-state="running"' in (await browser.get(path)).text
        assert (await browser.get(f"{path}/preview/1")).content == b"a sketch"


async def test_the_stream_of_what_has_ended_ends(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    await page.done(path)
    async with looking(browser, path) as stream:
        assert await stream.next() == ("end", "")


async def test_a_quiet_stream_says_now_and_then_that_it_is_there(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "QUIET_S", 0.01)
    path = await browser.animate()
    async with looking(browser, path) as stream:
        await stream.until('data-state="queued"')
        assert await stream.next() == ("", "")


async def test_nobody_is_remembered_who_has_gone(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    async with looking(browser, path) as stream:
        await stream.until('data-state="queued"')
    messenger = page.frontend.messenger
    give_up = time.monotonic() + GUARD_S
    while messenger._watchers and time.monotonic() < give_up:
        await asyncio.sleep(0.01)
    assert messenger._watchers == {}


async def test_one_address_may_look_at_only_so_many_at_once(page: Page, browser: Browser) -> None:
    path = await browser.animate()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=page.url, cookies=browser.client.cookies, limits=limits, trust_env=False
    ) as client:
        open_now = [client.build_request("GET", f"{path}/events") for _ in range(STREAMS)]
        answers = [await client.send(one, stream=True) for one in open_now]
        assert (await client.get(f"{path}/events")).status_code == 429
        for answer in answers:
            await answer.aclose()


async def test_what_all_see_is_made_once_and_asked_once(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    asked: list[str] = []
    render, look = Site.fragment, Looking.look

    def rendering(site: Site, name: str, *args: Any, **context: Any) -> str:
        made.append(str(context["card"].state))
        return render(site, name, *args, **context)

    async def asking(looking: Looking, job_id: str, person: Origin) -> Sight:
        asked.append(job_id)
        return await look(looking, job_id, person)

    path = await browser.animate()
    monkeypatch.setattr(Site, "fragment", rendering)
    async with AsyncExitStack() as everybody:
        streams = [await everybody.enter_async_context(looking(browser, path)) for _ in range(5)]
        for stream in streams:
            await stream.until('data-state="queued"')
        assert made == ["queued"]
        monkeypatch.setattr(Looking, "look", asking)
        await browser.post(f"{path}/cancel", follow_redirects=False)
        for stream in streams:
            await stream.until("end")
    assert len(asked) == 1


async def test_an_end_that_is_not_written_yet_is_waited_for(
    page: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who wait for it one goes; the other hears it all the same."""
    look, there = Looking.look, asyncio.Event()

    async def slowly(looking: Looking, job_id: str, person: Origin) -> Sight:
        await there.wait()
        return await look(looking, job_id, person)

    path = await browser.animate()
    async with looking(browser, path) as stays:
        await stays.until('data-state="queued"')
        async with looking(browser, path) as goes:
            await goes.until('data-state="queued"')
            monkeypatch.setattr(Looking, "look", slowly)
            await browser.post(f"{path}/cancel", follow_redirects=False)
        there.set()
        await stays.until("end")

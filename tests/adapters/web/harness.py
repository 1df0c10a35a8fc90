"""The page on loopback around a house of fakes, and a browser's manners towards it."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from adapters.web.access import Access
from adapters.web.frontend import WebFrontend
from adapters.web.messenger import WebMessenger
from bot.door.rules import HouseRules
from bot.job import JobStatus
from bot.origin import Origin
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.fakes.house import FakeHouse, furnish
from tests.fakes.media import FakeMedia
from tests.fakes.stores import FakeJobStore

TOKEN = "a token of sixteen letters or more"
AT_HOME = {"Host": "sketches.example"}
CSRF = re.compile(r'name="csrf" content="([^"]+)"')
SKETCH = {"sketch": ("me.png", b"a sketch", "image/png")}
BEN = Origin(platform="web", place="ben", person="ben", community="page", person_name="Ben")


class OnWeb:
    """A harness of the messengers' contract tests."""

    def __init__(self, folder: Path) -> None:
        self.messenger = WebMessenger()
        self.origin = Origin(platform="web", place="ada", person="ada", private=True)

    def visible(self) -> list[str]:
        return [card.state.value for card in self.messenger._cards.values()]

    def clip_bytes(self) -> bytes | None:
        clips = [card.clip for card in self.messenger._cards.values() if card.clip]
        return clips[0].path.read_bytes() if clips else None


@dataclass
class Browser:
    """Follows redirects, keeps cookies, and takes the forms' token from the page that it is on."""

    client: httpx.AsyncClient
    csrf: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.client.get(path, headers=headers)
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer

    async def post(
        self, path: str, data: dict[str, Any] | None = None, **options: Any
    ) -> httpx.Response:
        if not self.csrf:
            await self.get("/")
        return await self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **options)

    async def animate(self, **options: str) -> str:
        """The path of the page that it leads to."""
        answer = await self.post("/animate", options, files=SKETCH)
        assert answer.status_code == 200, answer.text
        return answer.url.path

    async def sign_in(self) -> None:
        await self.get("/sign-in")
        answer = await self.post("/sign-in", {"token": TOKEN})
        assert answer.status_code == 200, answer.text
        self.csrf = ""


@dataclass
class Page:
    house: FakeHouse
    frontend: WebFrontend
    url: str
    clock: FakeClock

    @asynccontextmanager
    async def browser(self, language: str = "en", **options: Any) -> AsyncIterator[Browser]:
        headers = {"Accept-Language": language, "Accept": "text/html", **options}
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, follow_redirects=True, trust_env=False
        ) as client:
            yield Browser(client)

    async def done(self, path: str) -> str:
        """Lets the clip of a page be made; its job's id."""
        job_id = path.rpartition("/")[2]
        async with self.house.at_work():
            await self.house.until_status(job_id, JobStatus.DELIVERED)
        return job_id


@asynccontextmanager
async def serving(
    folder: Path,
    access: Access | None = None,
    rules: HouseRules | None = None,
    clock: FakeClock | None = None,
) -> AsyncIterator[Page]:
    """On a free port of loopback, whatever else the access says."""
    folder.mkdir(parents=True, exist_ok=True)
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    clock = clock or FakeClock()
    access = replace(access or Access(admin_token=TOKEN), port=_free_port())
    frontend = WebFrontend(access, folder, clock, told.set_result)
    house = furnish(
        folder,
        clock,
        FakeEngine(),
        FakeJobStore(),
        frontend.messenger,  # type: ignore[arg-type]
        FakeMedia(folder / "jobs"),
        rules,
    )
    async with house.core.board:
        serving = asyncio.create_task(frontend.serve(house.service))
        await asyncio.wait([serving, told], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        try:
            yield Page(house, frontend, f"http://127.0.0.1:{access.port}", clock)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port

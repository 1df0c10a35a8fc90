"""The page around real workers, and a real browser in front of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from adapters.web.access import Access
from adapters.web.frontend import WebFrontend
from bot.app.house import House, open_house
from bot.clock import SystemClock
from bot.settings import Settings
from engine.local import ROLES

CHROMIUM = shutil.which("chromium")
SKETCH = Path(__file__).parents[2] / "examples" / "sketch.png"
PATIENT = "tests.journeys.real_roles:PatientPreview"
GUARD_S = 60  # against hanging, nothing else
TOKEN = "a token of sixteen letters or more"
SHOTS = os.environ.get("PAGE_SHOTS")  # a folder for screenshots to look at

# dropped as from a file manager: the browser gives no other way to do it from outside
DROP = """
([content, name]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name, { type: "image/png" }));
  for (const kind of ["dragover", "drop"]) {
    const where = document.getElementById("drop");
    const how = { dataTransfer: held, bubbles: true, cancelable: true };
    where.dispatchEvent(new DragEvent(kind, how));
  }
}
"""
PASTE = """
([content, name]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name, { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true }));
}
"""


@dataclass
class Studio:
    """Renders wait for `gate`. `strayed` are requests to elsewhere, and what browsers complained
    of: neither may happen."""

    url: str
    house: House
    gate: Path
    browser: Browser
    strayed: list[str] = field(default_factory=list)

    def go_on(self) -> None:
        self.gate.touch()

    @asynccontextmanager
    async def visit(self, **options: Any) -> AsyncIterator[Page]:
        """A new person, on the front page."""
        context = await self.browser.new_context(**{"locale": "en-US", **options})
        try:
            page = await self.tab(context)
            await page.goto(self.url)
            yield page
        finally:
            await context.close()

    async def tab(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.strayed.append(str(error)))
        page.on("console", lambda said: self._note_console(said.type, said.text))
        return page

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.url, f"blob:{self.url}")):
            self.strayed.append(url)

    def _note_console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.strayed.append(text)


@asynccontextmanager
async def open_studio(folder: Path) -> AsyncIterator[Studio]:
    gate = folder / "gate"
    settings = Settings(_env_file=None, data_dir=folder / "data", min_free_gb=0, grace_s=0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        access = Access(port=listener.getsockname()[1], admin_token=TOKEN)
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    frontend = WebFrontend(access, settings.data_dir, SystemClock(), told.set_result)
    roles = {**ROLES, "preview": PATIENT}
    with patch.dict(os.environ, {"FAKE_GATE": str(gate)}):
        async with (
            open_house(settings, [frontend.messenger], instance="bot-0", roles=roles) as house,
            house.at_work(),
            _served(frontend, house),
            _chromium() as browser,
        ):
            studio = Studio(await told, house, gate, browser)
            yield studio
    assert studio.strayed == []


async def choose(page: Page) -> None:
    await page.set_input_files("#sketch", SKETCH)
    await page.wait_for_selector("#chosen:not([hidden])")


async def animate(page: Page) -> str:
    """The address of the clip's page."""
    await choose(page)
    await page.select_option("#set-res", "512")  # soon done
    await page.click("#go")
    await page.wait_for_url("**/jobs/*")
    return page.url


async def until(page: Page, condition: str) -> None:
    """Asked from outside: the page itself may evaluate nothing, as its policy says."""
    async with asyncio.timeout(GUARD_S):
        while not await page.evaluate(condition):
            await asyncio.sleep(0.02)


async def shoot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@asynccontextmanager
async def _served(frontend: WebFrontend, house: House) -> AsyncIterator[None]:
    serving = asyncio.create_task(frontend.serve(house.service))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    """Its sandbox needs a user who is not root, as whom CI may run."""
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        try:
            yield browser
        finally:
            await browser.close()

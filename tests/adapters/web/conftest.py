from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.access import Access
from tests.adapters.web.harness import TOKEN, Browser, Page, serving


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with serving(tmp_path) as page:
        yield page


@pytest.fixture
async def browser(page: Page) -> AsyncIterator[Browser]:
    async with page.browser() as browser:
        yield browser


@pytest.fixture
async def desk(page: Page) -> AsyncIterator[Browser]:
    """Of whoever runs the bot."""
    async with page.browser() as browser:
        await browser.sign_in()
        yield browser


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[Page]:
    """Reached from elsewhere, by a name."""
    access = Access(url="http://sketches.example", admin_token=TOKEN)
    async with serving(tmp_path, access) as page:
        yield page

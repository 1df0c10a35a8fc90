from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.web.harness import Browser, Page, serving


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with serving(tmp_path) as page:
        yield page


@pytest.fixture
async def browser(page: Page) -> AsyncIterator[Browser]:
    async with page.browser() as browser:
        yield browser

"""A house for every test, whose work for threads is done on the spot, so that the rounds of the
event loop are the same under any load: a test that lets the tasks run sees all that they do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.house import FakeHouse, build


class OnTheSpot(ThreadPoolExecutor):
    """The event loop takes no executor of another kind."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **options))
        except BaseException as error:
            future.set_exception(error)
        return future


@pytest.fixture(autouse=True)
async def no_threads() -> AsyncIterator[None]:
    asyncio.get_running_loop().set_default_executor(OnTheSpot())
    yield


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    """With the usual rules; what wants others has a fixture of its own by this name."""
    return build(tmp_path)

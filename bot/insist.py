"""Write down what has already happened, however long the database is away or who gives up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

from bot.errors import StaleJobError, StoreError
from bot.ports import Clock

T = TypeVar("T")
PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0)  # the last one repeats

log = structlog.get_logger(__name__)


async def insist(write: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """Try until the store takes it. Raises `StaleJobError`: then somebody else was first."""
    pauses = iter(PAUSES_S)
    while True:
        try:
            return await write()
        except StaleJobError:
            raise
        except StoreError as error:
            wait_s = next(pauses, PAUSES_S[-1])
            log.warning("store.away", error=str(error), wait_s=wait_s)
            await clock.sleep(wait_s)


async def see_through(write: Coroutine[Any, Any, T]) -> T:
    """To its end, even when cancelled meanwhile: half-way nobody knows whether it was written."""
    task = asyncio.create_task(write)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()):
            log.info("write.failed", error=str(error))
        raise

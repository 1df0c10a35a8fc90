"""How fast requests go out, and who waits where Telegram says that there were too many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from adapters.telegram.errors import seconds_of
from adapters.telegram.recent import Recent

log = structlog.get_logger(__name__)

SLACK_S = 0.1  # Telegram rounds
Answer = bool | dict[str, Any] | list[dict[str, Any]]


class Floods(AIORateLimiter):
    """The library's limiter, except that a flood holds back the chat that it is in, and no other:
    there it holds back every request of the bot, so that one group silences all."""

    def __init__(self, messages_per_s: float, retries: int) -> None:
        super().__init__(overall_max_rate=messages_per_s, max_retries=0)
        self._retries = retries
        self._over_at: Recent[object, float] = Recent()  # by chat, or by what asks in none

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Raises `RetryAfter` after the last try."""
        chat = data.get("chat_id", endpoint)
        ask = super().process_request
        for _ in range(self._retries):
            await self._wait_in(chat)
            try:
                return await ask(callback, args, kwargs, endpoint, data, rate_limit_args)
            except RetryAfter as error:
                wait_s = seconds_of(error) + SLACK_S
                log.info("telegram.flood", endpoint=endpoint, chat=chat, wait_s=wait_s)
                self._over_at[chat] = asyncio.get_running_loop().time() + wait_s
        await self._wait_in(chat)
        return await ask(callback, args, kwargs, endpoint, data, rate_limit_args)

    async def _wait_in(self, chat: object) -> None:
        """Longer where a request beside this one was told so meanwhile."""
        now = asyncio.get_running_loop().time
        while (left_s := self._over_at.get(chat, 0.0) - now()) > 0:  # noqa: ASYNC110 - a time
            await asyncio.sleep(left_s)

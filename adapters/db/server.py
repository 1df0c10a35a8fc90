"""PostgreSQL through asyncpg, which is imported only where such a database is used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError

POSTGRESQL = "postgresql+asyncpg"
CONNECT_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 60.0  # a server that went away without a word is noticed by then


def open_server(url: URL, lock_timeout_s: float) -> AsyncEngine:
    """Raises `SettingsError` where the driver is missing."""
    return create_async_engine(
        url,
        pool_pre_ping=True,  # a server that was started anew is no error of who asks next
        connect_args={
            "async_creator_fn": _connector(),
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": max(ANSWER_TIMEOUT_S, 2 * lock_timeout_s),
            "server_settings": {
                "application_name": "sketchlife",
                "jit": "off",  # what it compiles here takes longer than all of our statements
                "lock_timeout": str(round(lock_timeout_s * 1000)),  # as SQLite's busy timeout
            },
        },
    )


def _connector() -> Any:
    try:
        import asyncpg
    except ImportError as error:
        raise SettingsError("database-driver") from error

    async def connect(*args: Any, **options: Any) -> Any:
        """A refused login is no DBAPI error to SQLAlchemy, since nothing is connected yet."""
        try:
            return await asyncpg.connect(*args, **options)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise ConnectionError(str(error)) from error

    return connect

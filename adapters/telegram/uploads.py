"""Pictures from Telegram's servers onto this disk, for as long as a submission takes."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from telegram.error import TelegramError

from adapters.telegram.client import Client
from adapters.telegram.contents import Picture
from adapters.telegram.errors import TOO_LARGE, says
from adapters.telegram.patience import patiently
from bot.errors import MessengerError, PictureError
from bot.ports import Clock


class Uploads:
    """`limit_bytes` is what a bot may fetch; None: there is no limit."""

    def __init__(self, client: Client, clock: Clock, limit_bytes: int | None) -> None:
        self._client = client
        self._clock = clock
        self._limit_bytes = limit_bytes

    @asynccontextmanager
    async def file_of(self, picture: Picture) -> AsyncIterator[Path]:
        """Gone afterwards. Raises `PictureError`, `MessengerError`."""
        if self._limit_bytes is not None and picture.size_bytes > self._limit_bytes:
            raise self._too_large()
        folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="sketchlife-")
        try:
            path = Path(folder) / f"upload{PurePosixPath(picture.name).suffix.lower()}"
            await self._fetch(picture, path)
            yield path
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _fetch(self, picture: Picture, path: Path) -> None:
        async def load() -> None:
            file = await self._client.get_file(picture.file_id)
            on_disk = Path(file.file_path or "")
            if on_disk.is_absolute():  # a server of one's own, in its local mode
                await asyncio.to_thread(shutil.copyfile, on_disk, path)
            else:
                await asyncio.to_thread(path.write_bytes, await file.download_as_bytearray())

        try:
            await patiently(load, self._clock)
        except TelegramError as error:
            if says(error, TOO_LARGE):
                raise self._too_large() from error
            raise MessengerError("telegram-picture-not-loaded") from error

    def _too_large(self) -> PictureError:
        megabytes = round((self._limit_bytes or 0) / 2**20)
        return PictureError("telegram-picture-too-large", megabytes=megabytes)

"""Pictures from Telegram's servers onto this disk, for as long as a submission takes."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from telegram import File
from telegram.error import TelegramError

from adapters.telegram.client import Client
from adapters.telegram.contents import Picture
from adapters.telegram.errors import TOO_LARGE, says
from adapters.telegram.patience import patiently
from bot.errors import MessengerError, PictureError
from bot.inspection import LARGEST_MB
from bot.ports import Clock

AT_ONCE = 8  # pictures that are held in memory, of all people
LARGEST_BYTES = LARGEST_MB * 10**6  # a bot may fetch 20 MiB from Telegram, which is more


class Uploads:
    """What is too heavy to be looked at is not fetched, also from a server of one's own, which
    would hand over anything."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._free = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def file_of(self, picture: Picture) -> AsyncIterator[Path]:
        """Gone afterwards. Raises `PictureError`, `MessengerError`."""
        _require_size(picture.size_bytes)
        folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="sketchlife-")
        try:
            path = Path(folder) / f"upload{picture.suffix}"
            await self._fetch(picture, path)
            yield path
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _fetch(self, picture: Picture, path: Path) -> None:
        async def load() -> None:
            async with self._free:
                file = await self._client.get_file(picture.file_id)
                _require_size(file.file_size or 0)
                await _write(file, path)

        try:
            await patiently(load, self._clock)
        except TelegramError as error:
            if says(error, TOO_LARGE):
                raise _too_large() from error
            raise MessengerError("telegram-picture-not-loaded") from error


async def _write(file: File, path: Path) -> None:
    on_disk = Path(file.file_path or "")
    if on_disk.is_absolute():  # a server of one's own, in its local mode
        await asyncio.to_thread(shutil.copyfile, on_disk, path)
    else:
        await asyncio.to_thread(path.write_bytes, await file.download_as_bytearray())


def _require_size(size_bytes: int) -> None:
    """As far as Telegram tells. Raises `PictureError`."""
    if size_bytes > LARGEST_BYTES:
        raise _too_large()


def _too_large() -> PictureError:
    return PictureError("picture-too-heavy", limit_mb=LARGEST_MB)

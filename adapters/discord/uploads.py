"""Pictures that people attached: found in a message, and downloaded before their links expire."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from discord import Attachment, Message

from adapters.discord.errors import UNDONE
from bot.door.attached import ending_of, is_picture
from bot.errors import PictureError
from bot.inspection import LARGEST_MB

CDN_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
DOWNLOAD_S = 30.0
AT_ONCE = 8  # pictures that are held in memory, of all people
MB = 10**6


@dataclass(frozen=True, slots=True)
class Downloads:
    """`limit_mb` is what a picture may weigh, `hosts` where it may come from."""

    limit_mb: int = LARGEST_MB
    hosts: frozenset[str] = CDN_HOSTS
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @asynccontextmanager
    async def file_of(self, attachment: Attachment) -> AsyncIterator[Path]:
        """The picture as a file that is there inside the block. Raises `PictureError`."""
        with tempfile.TemporaryDirectory(prefix="sketchlife-") as folder:
            path = Path(folder) / f"upload{ending_of(attachment.filename)}"
            async with self._free:
                await asyncio.to_thread(path.write_bytes, await self._bytes(attachment))
            yield path

    async def _bytes(self, attachment: Attachment) -> bytes:
        if urlsplit(attachment.url).hostname not in self.hosts:
            raise PictureError("discord-picture-elsewhere")
        if attachment.size > self.limit_mb * MB:  # before a byte of it is fetched
            raise PictureError("picture-too-heavy", limit_mb=self.limit_mb)
        try:
            async with asyncio.timeout(DOWNLOAD_S):
                return await attachment.read()
        except UNDONE as error:
            raise PictureError("discord-picture-not-loaded") from error


def pictures_in(message: Message) -> list[Attachment]:
    """Its own and those of a message that it forwards."""
    forwarded = [one for snapshot in message.message_snapshots for one in snapshot.attachments]
    attached = (*message.attachments, *forwarded)
    return [one for one in attached if is_picture(one.filename, one.content_type)]


def require_pictures(pictures: Sequence[Attachment]) -> Sequence[Attachment]:
    """Raises `PictureError` where there is none."""
    if not pictures:
        raise PictureError("discord-no-picture")
    return pictures

"""A clip or a picture as Telegram shows it: a video, a silent loop, a file, a photo."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telegram import (
    InputMediaAnimation,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)

from bot.card import Card
from bot.clip import ClipFile
from bot.errors import MediaError
from bot.request import ClipFormat

InputMedia = InputMediaAnimation | InputMediaDocument | InputMediaPhoto | InputMediaVideo
INPUTS: Mapping[str, type[InputMedia]] = {
    "animation": InputMediaAnimation,
    "document": InputMediaDocument,
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
}
MOVING = ".webp"


@dataclass(frozen=True, slots=True)
class Media:
    """One file and how it is shown; `kind` is the Bot API's word for it, `details` what that
    kind takes besides."""

    kind: str
    content: bytes
    file_name: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_input(self, **caption: Any) -> InputMedia:
        """For an edit of a message that is there."""
        return INPUTS[self.kind](
            self.content, filename=self.file_name, **dict[str, Any](self.details), **caption
        )


def media_of(card: Card) -> Media | None:
    """What a message with this card has to show; None: words alone. Raises `MediaError` for a
    clip whose file is gone; a picture goes with its job's folder, and is not missed."""
    if card.clip is not None:
        try:
            return clip_media(card.clip, card.job_id, card.loop)
        except OSError as error:
            raise MediaError.of(error, card.clip.path.name) from error
    if card.picture is not None:
        with suppress(OSError):
            return picture_media(card.picture)
    return None


def picture_media(path: Path) -> Media:
    """A photo can't move, and Telegram takes no WebP that does: there is an MP4 beside it."""
    if path.suffix == MOVING:
        path = path.with_suffix(".mp4")
        return Media("animation", path.read_bytes(), path.name)
    return Media("photo", path.read_bytes(), path.name)


def clip_media(clip: ClipFile, job_id: str, loop: bool) -> Media:
    """A loop as an animation, which begins again by itself and is silent, else a video; formats
    that don't play in a chat as files, so that they arrive as they are."""
    content, name = clip.path.read_bytes(), f"sketchlife-{job_id}{clip.path.suffix}"
    if clip.format not in (ClipFormat.MP4, ClipFormat.GIF):
        return Media("document", content, name, {"disable_content_type_detection": True})
    shown: dict[str, Any] = {"width": clip.width, "height": clip.height}
    if clip.seconds:
        shown["duration"] = round(clip.seconds)
    if clip.poster.is_file():
        shown["thumbnail"] = clip.poster.read_bytes()
    if loop or clip.format is ClipFormat.GIF:
        return Media("animation", content, name, shown)
    return Media("video", content, name, {**shown, "supports_streaming": True})


async def as_document(path: Path, name: str) -> Media:
    content = await asyncio.to_thread(path.read_bytes)
    return Media("document", content, name, {"disable_content_type_detection": True})


def no_media() -> Media:
    """An empty picture: a message that once had media can't be without any again."""
    return Media("photo", _grey(320, 180), "empty.png")


def _grey(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel, all of them light grey."""
    rows = (b"\0" + bytes((width + 7) // 8)) * height
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
        (b"PLTE", bytes((0xE0, 0xE0, 0xE0, 0, 0, 0))),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )

"""What every file says about itself: written into each format's own place, and read back.

MP4 carries the pairs as tags, which ffmpeg writes with the file; the picture formats carry one
XMP packet. Both are where TC260's practice guides to GB 45438-2025 look for the field `AIGC`,
which stands just once in a file.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

from bot.errors import MediaError
from bot.request import ClipFormat
from engine.video import xmp
from engine.video.ffmpeg import Ffmpeg, file_url

UNWRITABLE = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
MP4_OWN_TAGS = {"major_brand", "minor_version", "compatible_brands", "encoder"}
FFMETADATA_LINE = re.compile(r"^((?:\\.|[^\\=\n])+)=((?:\\.|[^\\\n])*)$", re.DOTALL | re.MULTILINE)


def clean(metadata: Mapping[str, str]) -> dict[str, str]:
    """The pairs with every character replaced that not all formats could hold."""
    return {key: UNWRITABLE.sub("\ufffd", value) for key, value in metadata.items()}


def mp4_arguments(metadata: Mapping[str, str]) -> list[str]:
    """ffmpeg's arguments for the pairs, which it writes as tags under their own names."""
    pairs = (f"{key}={value}" for key, value in metadata.items())
    return [argument for pair in pairs for argument in ("-metadata", pair)]


def write_metadata(path: Path, clip_format: ClipFormat, metadata: Mapping[str, str]) -> None:
    """Put clean pairs into a picture format's file."""
    data, packet = path.read_bytes(), xmp.pack(metadata)
    if clip_format is ClipFormat.GIF:
        data = xmp.into_gif(data, packet, metadata.get("comment", ""))
    elif clip_format is ClipFormat.WEBP:
        data = xmp.into_webp(data, packet)
    else:
        data = xmp.into_png(data, packet)
    path.write_bytes(data)


def read_metadata(path: Path, clip_format: ClipFormat) -> dict[str, str]:
    """The pairs that a file carries, empty where it has none. Raises `MediaError`."""
    if not path.is_file():
        raise MediaError(reason=f"{path.name} is missing")
    if clip_format is ClipFormat.MP4:
        return _read_mp4(path)
    try:
        packet = _find_packet(path, clip_format)
        return xmp.unpack(packet) if packet else {}
    except (OSError, ElementTree.ParseError) as error:
        raise MediaError(reason=f"{path.name}: {error}") from error


def _find_packet(path: Path, clip_format: ClipFormat) -> bytes | None:
    if clip_format is ClipFormat.GIF:
        return xmp.out_of_gif(path.read_bytes())
    with Image.open(path) as picture:
        packet: bytes | None = picture.info.get("xmp")
    return packet


def _read_mp4(path: Path) -> dict[str, str]:
    arguments = ["-i", file_url(path), "-f", "ffmetadata", "pipe:1"]
    with Ffmpeg(arguments, stdout=subprocess.PIPE) as ffmpeg:
        text = ffmpeg.stdout.read().decode()
        ffmpeg.finish()
    pairs = (map(_unescape, match.groups()) for match in FFMETADATA_LINE.finditer(text))
    return {key: value for key, value in pairs if key not in MP4_OWN_TAGS}


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)

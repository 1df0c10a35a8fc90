"""Files that people attach: which of them mean to be pictures, before anybody has opened one."""

from __future__ import annotations

from pathlib import PurePosixPath

ENDINGS = frozenset(
    {*(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"), *(".heic", ".heif")}
    | {".avif", ".svg"}  # which the eyes refuse with a word on what to do
)


def ending_of(name: str) -> str:
    """One of those that pictures have, in small letters; empty where it is any other, as names
    come from outside."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in ENDINGS else ""


def is_picture(name: str, media_type: str | None) -> bool:
    """As the platform or its sender says; what it really is, the eyes see."""
    return (media_type or "").startswith("image/") or ending_of(name) != ""

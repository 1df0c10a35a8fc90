"""What means to be a picture, by what its sender says of it."""

from __future__ import annotations

import pytest

from bot.door.attached import ending_of, is_picture


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("sketch.PNG", ".png"),
        ("a.b.jpeg", ".jpeg"),
        ("sketch", ""),
        ("notes.txt", ""),
        ("a.p\0g", ""),
        (f"a.{'x' * 300}", ""),
        ("../../a.png/..", ""),
        ("", ""),
    ],
)
def test_no_ending_becomes_part_of_a_path_but_those_of_pictures(name: str, ending: str) -> None:
    assert ending_of(name) == ending


@pytest.mark.parametrize(
    ("name", "media_type", "is_one"),
    [
        ("sketch.png", "application/octet-stream", True),
        ("sketch.heic", None, True),
        ("drawing", "image/x-something", True),
        ("drawing.svg", "image/svg+xml", True),
        ("notes.txt", "text/plain", False),
        ("clip.mp4", "video/mp4", False),
        ("", None, False),
    ],
)
def test_a_name_or_a_media_type_is_enough(name: str, media_type: str | None, is_one: bool) -> None:
    assert is_picture(name, media_type) is is_one

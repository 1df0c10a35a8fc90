"""The check itself: what it must notice."""

from __future__ import annotations

import pytest

from tests.fakes.telegram.schema import faults, is_at_hand

pytestmark = pytest.mark.skipif(
    not is_at_hand(), reason="API_SPECS_DIR names no folder with the Bot API's schema"
)
BUTTON = {"text": "a", "callback_data": "x" * 65}
VIDEO = {"type": "video", "media": "attach://clip"}


@pytest.mark.parametrize(
    ("method", "params", "files", "fault"),
    [
        ("sendNothing", {}, {}, "no method"),
        ("sendMessage", {"chat_id": 1}, {}, "text is missing"),
        ("sendMessage", {"chat_id": 1, "text": "a", "colour": 1}, {}, "unknown colour"),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, {}, "text has 4098 characters"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[BUTTON]]}},
            {},
            "reply_markup",
        ),
        ("sendVideo", {"chat_id": 1, "caption": "a" * 1025}, {"video": b""}, "caption has 1025"),
        ("sendVideo", {"chat_id": 1, "width": "wide"}, {"video": b""}, "no Integer"),
        (
            "editMessageMedia",
            {"chat_id": 1, "message_id": 1, "media": VIDEO},
            {"other": b""},
            "nothing is attached",
        ),
    ],
)
def test_what_the_server_would_refuse_is_noticed(
    method: str, params: dict[str, object], files: dict[str, bytes], fault: str
) -> None:
    found = faults(method, params, files)
    assert any(fault in one for one in found), found


def test_what_it_would_take_is_not() -> None:
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 64}]]}
    words = {"chat_id": 1, "text": "a", "reply_markup": keyboard}
    assert faults("sendMessage", words, {}) == []
    edit = {"chat_id": 1, "message_id": 1, "media": VIDEO}
    assert faults("editMessageMedia", edit, {"clip": b""}) == []

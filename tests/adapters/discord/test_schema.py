"""What the bot sends is held to the platform's published schema, wherever that is at hand."""

from __future__ import annotations

import pytest

from tests.fakes.discord.recorded import Recorded
from tests.fakes.discord.schema import SPEC, faults_of

pytestmark = pytest.mark.skipif(SPEC is None, reason="API_SPECS_DIR names no folder with schemas")

CALLBACK = "/interactions/1/token/callback"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/channels/1/message", {"content": "no such path"}),
        ("PUT", "/channels/1/messages", {"content": "no such method"}),
        ("POST", "/channels/1/messages", {"content": 5}),
        ("POST", "/channels/1/messages", {"nonce": "longer than twenty-five letters"}),
        ("POST", CALLBACK, {"type": 99}),
    ],
)
def test_a_request_that_discord_does_not_know_is_found(
    method: str, path: str, body: object
) -> None:
    assert faults_of(Recorded(method, path, {}, body)) != []


def test_a_request_as_it_should_be_is_left_alone() -> None:
    body = {"content": "Waiting", "nonce": "1q3enhrg0vy7sfnf38", "enforce_nonce": True}
    assert faults_of(Recorded("POST", "/channels/1/messages", {}, body)) == []

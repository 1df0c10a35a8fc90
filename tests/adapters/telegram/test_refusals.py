"""What Telegram refuses, in the core's own kinds of errors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.telegram.client import CLOUD_UP
from adapters.telegram.messenger import TelegramMessenger
from bot.card import Card
from bot.errors import CardGoneError, MessengerError, PlaceGoneError, TooLargeError
from bot.origin import Origin
from tests.adapters.telegram.conftest import ADA, JOB
from tests.fakes.telegram.server import Accident, FakeTelegram, flood


async def test_a_flood_is_waited_out_by_the_client_itself(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, queued: Card
) -> None:
    telegram.accidents["sendMessage"].append(flood(1))
    await messenger.post(private, queued, nonce=JOB)
    assert len(telegram.of("sendMessage")) == 2
    assert len(telegram.chats.of(ADA)) == 1


async def test_a_flood_that_does_not_end_says_how_long_to_wait(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, queued: Card
) -> None:
    telegram.accidents["sendMessage"].extend([flood(1), flood(40)])
    with pytest.raises(MessengerError) as refusal:
        await messenger.post(private, queued, nonce=JOB)
    assert refusal.value.retry_after_s == 40


async def test_a_mistyped_chat_is_a_place_that_is_gone(
    messenger: TelegramMessenger, group: Origin, queued: Card
) -> None:
    with pytest.raises(PlaceGoneError):
        await messenger.post(replace(group, place="gallery"), queued, nonce=JOB)


REFUSALS = [
    (Accident(400, "Bad Request: message to edit not found"), CardGoneError),
    (Accident(400, "Bad Request: message can't be edited"), CardGoneError),
    (Accident(400, "Bad Request: MESSAGE_ID_INVALID"), CardGoneError),
    (Accident(400, "Bad Request: chat not found"), PlaceGoneError),
    (Accident(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), PlaceGoneError),
    (Accident(400, "Bad Request: not enough rights to send videos to the chat"), PlaceGoneError),
    (Accident(403, "Forbidden: bot was blocked by the user"), PlaceGoneError),
    (Accident(403, "Forbidden: bot was kicked from the supergroup chat"), PlaceGoneError),
    (Accident(413, "Request Entity Too Large"), TooLargeError),
    (Accident(400, "Bad Request: file is too big"), TooLargeError),
    (Accident(400, "Bad Request: something new"), MessengerError),
    (Accident(401, "Unauthorized"), MessengerError),
    (Accident(409, "Conflict: terminated by other getUpdates request"), MessengerError),
    (Accident(502, "Bad Gateway"), MessengerError),
    (Accident(0), MessengerError),
]


@pytest.mark.parametrize(("accident", "kind"), REFUSALS, ids=lambda value: str(value)[:60])
async def test_each_refusal_is_one_of_the_core_s_kinds(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    private: Origin,
    done: Card,
    accident: Accident,
    kind: type[MessengerError],
) -> None:
    ref = await messenger.post(private, done, nonce=JOB)
    telegram.accidents["editMessageMedia"].append(accident)
    with pytest.raises(MessengerError) as refusal:
        await messenger.edit(private, ref, done)
    assert type(refusal.value) is kind
    if isinstance(refusal.value, TooLargeError):
        assert refusal.value.limit_bytes == CLOUD_UP

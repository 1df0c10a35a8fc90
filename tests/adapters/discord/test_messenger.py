"""The messenger over real sockets: what is attached, who is pinged, what a refusal becomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.discord.messenger import DiscordMessenger
from bot.card import Card, CardState
from bot.clip import ClipFile
from bot.errors import CardGoneError, MessengerError, PlaceGoneError, TooLargeError
from tests.adapters.discord.conftest import JOB
from tests.adapters.discord.harness import OnDiscord
from tests.fakes.discord.payloads import MIB
from tests.fakes.discord.rest import RefusedError
from tests.fakes.discord.server import rate_limited

MESSAGES = r"/messages(/\d+)?$"


def attached(chat: OnDiscord) -> list[str]:
    """The bytes' lengths would say less than the names."""
    (card,) = chat.cards()
    return [file["filename"] for file in card["attachments"]]


def uploads(chat: OnDiscord) -> list[str]:
    return [name for each in chat.server.requests for name in each.files]


async def test_a_fresh_card_carries_its_job_as_nonce(chat: OnDiscord, queued: Card) -> None:
    await chat.messenger.post(chat.origin, queued, nonce=JOB)
    (sent,) = chat.server.sent("POST", MESSAGES)
    assert (sent.json["nonce"], sent.json["enforce_nonce"]) == (JOB, True)


async def test_nobody_is_pinged_by_a_card(chat: OnDiscord, queued: Card) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    await chat.messenger.edit(chat.origin, ref, replace(queued, title="@everyone"))
    for sent in chat.server.sent("POST", MESSAGES) + chat.server.sent("PATCH", MESSAGES):
        assert sent.json["allowed_mentions"] == {"parse": []}


async def test_a_mention_pings_the_owner_and_nobody_else(chat: OnDiscord, queued: Card) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    await chat.messenger.mention(chat.origin, ref, "Ready, @everyone <@1>")
    sent = chat.server.sent("POST", MESSAGES)[-1].json
    assert sent["allowed_mentions"] == {"parse": [], "users": [int(chat.ada["id"])]}
    assert sent["content"] == rf"<@{chat.ada['id']}> Ready, \@everyone \<\@1\>"
    assert sent["message_reference"]["fail_if_not_exists"] is False


async def test_whose_picture_it_is_hears_the_question_and_nobody_else(
    chat: OnDiscord, queued: Card
) -> None:
    of_ben = replace(chat.origin, author="42", author_name="@everyone")
    asking = replace(queued, state=CardState.ASKING, lines=("@everyone <@1>",))
    ref = await chat.messenger.post(of_ben, asking, nonce=JOB)
    (sent,) = chat.server.sent("POST", MESSAGES)
    assert sent.json["allowed_mentions"] == {"parse": [], "users": [42]}
    assert sent.json["content"].startswith("<@42> **")
    await chat.messenger.edit(of_ben, ref, queued)
    (edited,) = chat.server.sent("PATCH", MESSAGES)
    assert edited.json["allowed_mentions"] == {"parse": []}
    assert "42" not in edited.json["content"]


async def test_a_clip_is_named_by_the_bot_and_comes_with_its_companion(
    chat: OnDiscord, done: Card, clip: ClipFile, tmp_path: Path
) -> None:
    companion = tmp_path / "boxes.json"
    companion.write_bytes(b"{}")
    with_boxes = replace(done, clip=replace(clip, companion=companion))
    await chat.messenger.post(chat.origin, with_boxes, nonce=JOB)
    assert attached(chat) == [f"sketchlife-{JOB}.mp4", f"sketchlife-{JOB}.json"]


async def test_the_preview_makes_way_for_the_clip(
    chat: OnDiscord, queued: Card, done: Card, tmp_path: Path
) -> None:
    picture = tmp_path / "step.png"
    picture.write_bytes(b"a preview")
    ref = await chat.messenger.post(chat.origin, replace(queued, picture=picture), nonce=JOB)
    assert attached(chat) == [f"sketchlife-{JOB}.png"]
    await chat.messenger.edit(chat.origin, ref, done)
    assert attached(chat) == [f"sketchlife-{JOB}.mp4"]


async def test_a_preview_that_is_there_already_is_not_sent_again(
    chat: OnDiscord, queued: Card, tmp_path: Path
) -> None:
    picture = tmp_path / "draft.webp"
    picture.write_bytes(b"a draft")
    waiting = replace(queued, picture=picture)
    ref = await chat.messenger.post(chat.origin, waiting, nonce=JOB)
    await chat.messenger.edit(chat.origin, ref, replace(waiting, lines=("Number 1",)))
    assert len(uploads(chat)) == 1
    assert attached(chat) == [f"sketchlife-{JOB}.webp"]


async def test_a_preview_that_went_with_its_job_is_missed_by_nobody(
    chat: OnDiscord, queued: Card, tmp_path: Path
) -> None:
    await chat.messenger.post(chat.origin, replace(queued, picture=tmp_path / "gone"), nonce=JOB)
    assert attached(chat) == []


async def test_a_clip_that_stays_is_neither_sent_again_nor_taken_away(
    chat: OnDiscord, done: Card
) -> None:
    ref = await chat.messenger.post(chat.origin, done, nonce=JOB)
    await chat.messenger.edit(chat.origin, ref, replace(done, title="Shared", clip_stays=True))
    assert len(uploads(chat)) == 1
    assert attached(chat) == [f"sketchlife-{JOB}.mp4"]
    assert chat.visible() == ["Shared"]


async def test_a_fresh_card_brings_the_clip_though_it_would_have_stayed(
    chat: OnDiscord, done: Card
) -> None:
    await chat.messenger.post(chat.origin, replace(done, clip_stays=True), nonce=JOB)
    assert attached(chat) == [f"sketchlife-{JOB}.mp4"]


async def test_a_removed_card_is_gone_and_removing_it_again_is_as_good(
    chat: OnDiscord, queued: Card
) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    for _ in range(2):
        await chat.messenger.remove(chat.origin, ref, instead=queued)
    assert chat.cards() == []


async def test_a_private_card_goes_to_a_channel_with_its_owner_alone(
    chat: OnDiscord, queued: Card
) -> None:
    ref = await chat.messenger.post_direct(chat.origin, queued, nonce=JOB)
    channel_id, _ = ref.split("/")
    (recipient,) = chat.server.rest.channels[channel_id]["recipients"]
    assert recipient["id"] == chat.ada["id"]
    await chat.messenger.edit(chat.origin, ref, replace(queued, title="Done"))
    assert chat.visible() == ["Done"]


async def test_too_many_requests_are_waited_out(chat: OnDiscord, queued: Card) -> None:
    chat.server.refuse("POST", MESSAGES, rate_limited(0.01), rate_limited(0.01))
    await chat.messenger.post(chat.origin, queued, nonce=JOB)
    assert len(chat.server.sent("POST", MESSAGES)) == 3
    assert chat.visible() == ["Waiting"]


async def test_an_answer_that_was_lost_leaves_one_message(chat: OnDiscord, queued: Card) -> None:
    """Discord took it, and the bot was told otherwise: the nonce tells."""
    let_go = chat.server.hold("POST", MESSAGES)
    let_go.set()
    await chat.messenger.post(chat.origin, queued, nonce=JOB)
    await chat.messenger.post(chat.origin, queued, nonce=JOB)
    assert chat.visible() == ["Waiting"]


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (RefusedError(404, 10008, "Unknown Message"), PlaceGoneError),
        (RefusedError(429, 30046, "Maximum number of edits", retry_after=0.01), CardGoneError),
        (RefusedError(400, 30046, "Maximum number of edits"), CardGoneError),
        (RefusedError(400, 50083, "Thread is archived"), CardGoneError),
        (RefusedError(404, 10003, "Unknown Channel"), PlaceGoneError),
        (RefusedError(403, 50001, "Missing Access"), PlaceGoneError),
        (RefusedError(403, 50013, "Missing Permissions"), PlaceGoneError),
        (RefusedError(413, 40005, "Request entity too large"), TooLargeError),
        (RefusedError(503, 0, "Service Unavailable"), MessengerError),
    ],
)
async def test_a_refused_edit_says_what_is_gone(
    chat: OnDiscord, done: Card, refusal: RefusedError, error: type[MessengerError]
) -> None:
    ref = await chat.messenger.post(chat.origin, done, nonce=JOB)
    chat.server.refuse("PATCH", MESSAGES, *[refusal] * 5)
    with pytest.raises(MessengerError) as raised:
        await chat.messenger.edit(chat.origin, ref, done)
    assert type(raised.value) is error


async def test_before_anything_is_known_of_a_guild_a_file_may_have_ten_mebibytes(
    chat: OnDiscord,
) -> None:
    assert chat.messenger.size_limit(chat.origin) == 10 * MIB


@pytest.mark.parametrize(("refused", "next_try"), [(90, 50), (50, 10), (20, 10), (10, 7.5), (4, 3)])
async def test_a_clip_that_is_refused_for_its_size_is_asked_for_a_good_deal_smaller(
    chat: OnDiscord, done: Card, clip: ClipFile, refused: int, next_try: float
) -> None:
    chat.server.rest.size_limit = 3
    large = replace(done, clip=replace(clip, size_bytes=refused * MIB))
    with pytest.raises(TooLargeError) as refusal:
        await chat.messenger.post(chat.origin, large, nonce=JOB)
    assert refusal.value.limit_bytes == next_try * MIB


async def test_a_card_in_a_channel_that_is_hidden_from_us_is_not_said_to_be_gone(
    chat: OnDiscord, queued: Card
) -> None:
    ref = await chat.messenger.post(chat.origin, queued, nonce=JOB)
    chat.server.refuse("DELETE", MESSAGES, RefusedError(403, 50001, "Missing Access"))
    with pytest.raises(PlaceGoneError):
        await chat.messenger.remove(chat.origin, ref, instead=queued)


async def test_a_place_that_somebody_mistyped_is_a_place_that_is_gone(
    chat: OnDiscord, queued: Card
) -> None:
    with pytest.raises(PlaceGoneError):
        await chat.messenger.post(replace(chat.origin, place="#sketches"), queued, nonce=JOB)


async def test_closed_direct_messages_are_a_place_that_is_gone(
    chat: OnDiscord, queued: Card
) -> None:
    refusal = RefusedError(403, 50007, "Cannot send messages to this user")
    chat.server.refuse("POST", MESSAGES, refusal)
    with pytest.raises(PlaceGoneError):
        await chat.messenger.post_direct(chat.origin, queued, nonce=JOB)


async def test_a_server_that_hangs_up_is_a_platform_that_cannot_be_reached(
    chat: OnDiscord, queued: Card
) -> None:
    await chat.server.stop()
    with pytest.raises(MessengerError):
        await chat.messenger.post(chat.origin, queued, nonce=JOB)


async def test_before_the_login_nobody_can_be_reached(chat: OnDiscord, queued: Card) -> None:
    with pytest.raises(MessengerError):
        await DiscordMessenger().post(chat.origin, queued, nonce=JOB)

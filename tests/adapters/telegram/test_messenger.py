"""Cards on Telegram, through the real client: one message a job, whatever befalls it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.telegram.client import CLOUD_UP, Client
from adapters.telegram.groups import Groups
from adapters.telegram.messenger import TelegramMessenger
from bot.card import Card, CardState
from bot.clip import Progress
from bot.errors import CardGoneError, MediaError, MessengerError, PlaceGoneError
from bot.origin import Origin
from bot.request import ClipFormat
from tests.adapters.telegram.conftest import ADA, GROUP, JOB, a_clip
from tests.fakes.clock import FakeClock
from tests.fakes.house import GUARD_S
from tests.fakes.inbox import FakeMovedStore
from tests.fakes.telegram.chats import Refusal
from tests.fakes.telegram.server import Accident, FakeTelegram


def fresh(client: Client) -> TelegramMessenger:
    """As after a restart."""
    return TelegramMessenger(client, Groups(FakeMovedStore(), FakeClock()), CLOUD_UP, FakeClock())


def running(queued: Card, folder: Path, step: int = 3) -> Card:
    picture = folder / "preview.png"
    picture.write_bytes(b"png %d" % step)
    progress = Progress(step, 10, picture)
    return replace(
        queued, state=CardState.RUNNING, title="Drawing", progress=progress, picture=picture
    )


async def test_one_message_goes_from_words_over_a_picture_to_the_clip(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    private: Origin,
    queued: Card,
    done: Card,
    tmp_path: Path,
) -> None:
    ref = await messenger.post(private, queued, nonce=JOB)
    (shown,) = telegram.chats.of(ADA)
    assert shown.text == "Waiting\nNumber 1 in the queue"
    assert shown.buttons == {"Cancel": f"cancel:{JOB}"}
    await messenger.edit(private, ref, running(queued, tmp_path))
    assert (shown.kind, shown.file) == ("photo", b"png 3")
    assert shown.text.splitlines()[:2] == ["Drawing", "██████░░░░░░░░░░░░░░ 3/10"]
    await messenger.edit(private, ref, done)
    assert telegram.chats.of(ADA) == [shown]
    assert (shown.kind, shown.file, shown.thumbnail) == ("video", b"clip", b"poster")
    assert shown.details == {
        "width": 656,
        "height": 816,
        "duration": 6,
        "supports_streaming": True,
    }
    assert shown.text == "Your sketch is alive\nSeed 42"
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 20}]
    assert shown.buttons == {"Again": f"again:{JOB}", "Loop": f"loop:{JOB}"}


@pytest.mark.parametrize(
    ("clip_format", "loop", "kind"),
    [
        (ClipFormat.MP4, True, "animation"),
        (ClipFormat.GIF, False, "animation"),
        (ClipFormat.WEBP, True, "document"),
        (ClipFormat.APNG, False, "document"),
    ],
)
async def test_loops_are_animations_and_what_does_not_play_is_a_file(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    private: Origin,
    queued: Card,
    tmp_path: Path,
    clip_format: ClipFormat,
    loop: bool,
    kind: str,
) -> None:
    card = replace(queued, state=CardState.DONE, clip=a_clip(tmp_path, clip_format), loop=loop)
    await messenger.post(private, card, nonce=JOB)
    (shown,) = telegram.chats.of(ADA)
    assert (shown.kind, shown.file) == (kind, b"clip")


async def test_a_draft_moves_as_an_mp4_since_telegram_takes_no_webp_that_does(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    private: Origin,
    queued: Card,
    tmp_path: Path,
) -> None:
    for suffix in ("webp", "mp4"):
        (tmp_path / f"draft.{suffix}").write_bytes(suffix.encode())
    ref = await messenger.post(private, queued, nonce=JOB)
    await messenger.edit(private, ref, replace(queued, picture=tmp_path / "draft.webp"))
    (shown,) = telegram.chats.of(ADA)
    assert (shown.kind, shown.file) == ("animation", b"mp4")


async def test_a_card_that_did_not_change_is_no_error(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, queued: Card
) -> None:
    ref = await messenger.post(private, queued, nonce=JOB)
    await messenger.edit(private, ref, queued)
    (shown,) = telegram.chats.of(ADA)
    assert shown.edits == 0


async def test_after_a_restart_words_find_out_what_they_stand_under(
    telegram: FakeTelegram, client: Client, private: Origin, queued: Card, done: Card
) -> None:
    """The kind of a message is remembered by nobody but the platform."""
    ref = await fresh(client).post(private, done, nonce=JOB)
    for card in (replace(done, title="Shared", clip_stays=True), replace(queued, title="Words")):
        await fresh(client).edit(private, ref, card)
        (shown,) = telegram.chats.of(ADA)
        assert shown.text.startswith(card.title)
        assert shown.file == b"clip"
    words = await fresh(client).post(private, queued, nonce="other")
    await fresh(client).edit(private, words, replace(done, clip_stays=True))
    assert telegram.chats.of(ADA)[1].text.startswith(done.title)


@pytest.mark.parametrize("state", [CardState.HIDDEN, CardState.DELETED, CardState.GONE])
async def test_a_clip_that_may_not_be_shown_any_more_leaves_an_empty_picture(
    telegram: FakeTelegram, client: Client, private: Origin, done: Card, state: CardState
) -> None:
    for messenger in (fresh(client), None):
        first = messenger or fresh(client)
        ref = await first.post(private, done, nonce=JOB)
        after = messenger or fresh(client)  # as after a restart
        await after.edit(private, ref, replace(done, state=state, title="Gone", clip=None))
        shown = telegram.chats.of(ADA)[-1]
        assert (shown.kind, shown.text.splitlines()[0]) == ("photo", "Gone")
        assert shown.file is not None
        assert shown.file.startswith(b"\x89PNG")


async def test_words_that_never_had_media_get_none_in_their_place(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, queued: Card
) -> None:
    ref = await messenger.post(private, queued, nonce=JOB)
    await messenger.edit(private, ref, replace(queued, state=CardState.DELETED, title="Deleted"))
    (shown,) = telegram.chats.of(ADA)
    assert (shown.kind, shown.text.splitlines()[0]) == ("text", "Deleted")


async def test_a_message_is_removed_and_one_that_is_too_old_is_emptied(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, done: Card
) -> None:
    instead = replace(done, state=CardState.DELETED, title="Deleted", clip=None)
    young, old = [await messenger.post(private, done, nonce=str(number)) for number in range(2)]
    telegram.chats.old.add((ADA, int(old.split("/")[1])))
    for ref in (young, old):
        await messenger.remove(private, ref, instead)
    await messenger.remove(private, young, instead)
    (left,) = telegram.chats.of(ADA)
    assert (left.kind, left.text.splitlines()[0]) == ("photo", "Deleted")
    assert left.file != b"clip"


async def test_a_card_that_was_deleted_is_posted_afresh_with_the_same_nonce(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, queued: Card
) -> None:
    first = await messenger.post(private, queued, nonce=JOB)
    telegram.chats.messages.clear()
    with pytest.raises(CardGoneError):
        await messenger.edit(private, first, queued)
    second = await messenger.post(private, queued, nonce=JOB)
    (shown,) = telegram.chats.of(ADA)
    assert second == f"{ADA}/{shown.id}" != first


async def test_a_topic_and_the_request_itself_are_answered_where_they_are(
    telegram: FakeTelegram, messenger: TelegramMessenger, group: Origin, queued: Card
) -> None:
    asked = replace(group, place=f"{GROUP}/7", message=f"{GROUP}/55")
    ref = await messenger.post(asked, queued, nonce=JOB)
    await messenger.mention(asked, ref, "Your clip is ready.")
    card, bell = telegram.chats.of(GROUP)
    assert (card.topic, card.reply_to) == (7, 55)
    assert (bell.topic, bell.reply_to) == (7, card.id)
    assert bell.text == "Ada: Your clip is ready."
    (mark,) = bell.entities
    assert (mark["type"], mark["length"], mark["user"]["id"]) == ("text_mention", 3, ADA)


async def test_a_line_that_is_cut_loses_no_bell(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    clock: FakeClock,
    private: Origin,
    queued: Card,
) -> None:
    ref = await messenger.post(private, queued, nonce=JOB)
    telegram.accidents["sendMessage"].append(Accident(502, "Bad Gateway"))
    ringing = asyncio.create_task(messenger.mention(private, ref, "Your clip is ready."))
    async with asyncio.timeout(GUARD_S):
        while not clock.sleepers:
            await asyncio.sleep(0.005)
    await clock.advance(1)
    await ringing
    assert telegram.chats.of(ADA)[1].text == "Your clip is ready."


async def test_an_anonymous_admin_is_answered_without_a_name(
    telegram: FakeTelegram, messenger: TelegramMessenger, group: Origin, queued: Card
) -> None:
    asked = replace(group, person=str(GROUP))
    ref = await messenger.post(asked, queued, nonce=JOB)
    await messenger.mention(asked, ref, "Your clip is ready.")
    assert telegram.chats.of(GROUP)[1].text == "Your clip is ready."
    assert telegram.chats.of(GROUP)[1].entities == []


async def test_a_topic_that_was_deleted_is_answered_in_the_group(
    telegram: FakeTelegram, messenger: TelegramMessenger, group: Origin, queued: Card
) -> None:
    telegram.accidents["sendMessage"].append(Accident(400, "Bad Request: message thread not found"))
    await messenger.post(replace(group, place=f"{GROUP}/7"), queued, nonce=JOB)
    (shown,) = telegram.chats.of(GROUP)
    assert shown.topic is None


async def test_a_topic_that_was_closed_is_answered_in_the_group_too(
    telegram: FakeTelegram, messenger: TelegramMessenger, group: Origin, queued: Card
) -> None:
    """A reply to what is in there would be in there as well."""
    telegram.chats.closed[GROUP] = {7, 55}
    asked = replace(group, place=f"{GROUP}/7", message=f"{GROUP}/55")
    await messenger.post(asked, queued, nonce=JOB)
    (shown,) = telegram.chats.of(GROUP)
    assert (shown.topic, shown.reply_to) == (None, None)


async def test_a_group_that_became_a_supergroup_gets_its_cards_there(
    telegram: FakeTelegram, messenger: TelegramMessenger, queued: Card
) -> None:
    """The messages of before stay behind: their cards are posted afresh."""
    small = Origin(platform="telegram", place="-77", person=str(ADA))
    ref = await messenger.post(small, queued, nonce=JOB)
    telegram.chats.move(-77, GROUP)
    with pytest.raises(CardGoneError):
        await messenger.edit(small, ref, replace(queued, title="Drawing"))
    await messenger.remove(small, ref, queued)  # out of reach, which is as good as gone
    fresh = await messenger.post(small, queued, nonce=JOB)
    assert fresh == await messenger.post(small, queued, nonce=JOB)
    await messenger.edit(small, fresh, replace(queued, title="Drawing"))
    (shown,) = telegram.chats.of(GROUP)
    assert shown.text.splitlines()[0] == "Drawing"
    await messenger.mention(small, ref, "Your clip is ready.")
    assert telegram.chats.of(GROUP)[1].reply_to is None


async def test_an_edit_whose_answer_was_lost_is_simply_done_again(
    telegram: FakeTelegram, messenger: TelegramMessenger, private: Origin, queued: Card, done: Card
) -> None:
    ref = await messenger.post(private, queued, nonce=JOB)
    telegram.accidents["editMessageMedia"].append(Accident(0, done_first=True))
    with pytest.raises(MessengerError):
        await messenger.edit(private, ref, done)
    await messenger.edit(private, ref, done)
    (shown,) = telegram.chats.of(ADA)
    assert shown.file == b"clip"


async def test_a_picture_that_telegram_cannot_read_costs_the_card_nothing_else(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    private: Origin,
    queued: Card,
    tmp_path: Path,
) -> None:
    bad = Accident(400, "Bad Request: IMAGE_PROCESS_FAILED")
    telegram.accidents["sendPhoto"].append(bad)
    telegram.accidents["editMessageMedia"].append(bad)
    ref = await messenger.post(private, running(queued, tmp_path), nonce=JOB)
    await messenger.edit(private, ref, running(queued, tmp_path, step=5))
    (shown,) = telegram.chats.of(ADA)
    assert (shown.kind, shown.text.splitlines()[1][-4:]) == ("text", "5/10")


async def test_a_clip_whose_file_is_gone_is_the_machine_s_fault(
    messenger: TelegramMessenger, private: Origin, done: Card
) -> None:
    assert done.clip is not None
    done.clip.path.unlink()
    with pytest.raises(MediaError):
        await messenger.post(private, done, nonce=JOB)


async def test_in_private_the_owner_is_written_to_and_nobody_else(
    telegram: FakeTelegram, messenger: TelegramMessenger, group: Origin, done: Card
) -> None:
    await messenger.post_direct(group, done, nonce=JOB)
    (shown,) = telegram.chats.of(ADA)
    assert shown.file == b"clip"
    telegram.chats.refusing[ADA] = Refusal(
        403, "Forbidden: bot can't initiate conversation with a user"
    )
    with pytest.raises(PlaceGoneError):
        await messenger.post_direct(group, done, nonce=JOB)


def test_groups_are_edited_half_as_often_as_private_chats(
    messenger: TelegramMessenger, private: Origin, group: Origin
) -> None:
    assert messenger.edit_interval_s(private) == 5
    assert messenger.edit_interval_s(group) == 10


async def test_many_cards_of_one_group_share_its_news_and_clips_need_not_wait(
    telegram: FakeTelegram,
    messenger: TelegramMessenger,
    clock: FakeClock,
    group: Origin,
    queued: Card,
    done: Card,
) -> None:
    refs = [await messenger.post(group, queued, nonce=str(number)) for number in range(3)]
    news = replace(queued, title="Number 2")
    await messenger.edit(group, refs[0], news)
    with pytest.raises(MessengerError) as later:
        await messenger.edit(group, refs[1], news)
    assert later.value.retry_after_s == 6
    await messenger.edit(group, refs[2], done)
    await clock.advance(6)
    await messenger.edit(group, refs[1], news)
    assert [shown.edits for shown in telegram.chats.of(GROUP)] == [1, 1, 1]


async def test_to_an_anonymous_admin_nobody_can_write_in_private(
    messenger: TelegramMessenger, group: Origin, done: Card
) -> None:
    with pytest.raises(PlaceGoneError):
        await messenger.post_direct(replace(group, person=str(GROUP)), done, nonce=JOB)

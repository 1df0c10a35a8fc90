"""Whose picture it is: forwarded, of a channel, of an anonymous admin, of another chat."""

from __future__ import annotations

from typing import Any

import pytest

from bot.preferences import Whose
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import group
from tests.fakes.telegram.server import BOT

ADA, GROUP = 11, -1001234


async def test_a_forwarded_picture_is_its_author_s_whatever_was_written_below_it(
    bot: Bot, house: FakeHouse
) -> None:
    """Who drew it can be asked where they are, and in private they are not."""
    ada = bot.person()
    ben = {"id": 12, "is_bot": False, "first_name": "Ben"}
    for author in (ben, ada.user):
        forwarded = {"type": "user", "date": 1, "sender_user": author}
        await ada.sends_file(caption="look what I drew", forward_origin=forwarded)
    await bot.handled()
    assert bot.job().origin.author == ""
    refusal, card = bot.telegram.chats.of(ADA)
    assert refusal.text.startswith("This picture is somebody else")
    assert card.text.startswith("Waiting")


CHANNEL = {"id": -1009, "type": "channel", "title": "Sketches"}


OTHER_BOT = {"id": 5, "is_bot": True, "first_name": "Other"}


FORWARDS = [
    ({"type": "hidden_user", "sender_user_name": "Ada"}, True),
    ({"type": "hidden_user", "sender_user_name": "Ben"}, False),
    ({"type": "channel", "chat": CHANNEL, "message_id": 5}, False),
    ({"type": "user", "sender_user": OTHER_BOT}, True),
    ({"type": "user", "sender_user": BOT}, False),
]


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize(("first", "theirs"), FORWARDS, ids=lambda one: str(one)[:60])
async def test_nobody_is_asked_for_a_picture_whose_author_can_press_no_button(
    bot: Bot, house: FakeHouse, first: dict[str, Any], theirs: bool, private: bool
) -> None:
    ada = bot.person(chat={} if private else group())
    caption = "" if private else "/animate"
    await ada.sends_file(caption=caption, forward_origin=first | {"date": 1})
    await bot.handled()
    (said,) = bot.telegram.chats.of(ADA if private else GROUP)
    if theirs:
        assert bot.job().origin.own_picture
    else:
        assert said.text.startswith("I can't see whose picture this is")
        assert bot.jobs.rows == bot.people.questions.rows == {}


async def test_a_picture_of_who_speaks_as_a_channel_is_credited_where_all_may_be_used(
    bot: Bot, house: FakeHouse
) -> None:
    await bot.people.settings.change_place(
        f"telegram:{GROUP}", "", bot.clock.now(), whose_pictures=Whose.FREE
    )
    drawn = await bot.person(id=12, chat=group()).sends_file(sender_chat=CHANNEL)
    await bot.person(chat=group()).says("/animate", reply_to_message=drawn)
    await bot.handled()
    (card,) = bot.telegram.chats.of(GROUP)
    assert "Sketches" in card.text


ELSEWHERE = {"id": -1009999, "type": "supergroup", "title": "Another group"}


def shown_elsewhere(origin: dict[str, Any], file_id: str) -> dict[str, Any]:
    """A picture in another chat, as somebody's reply to it in this one brings it along."""
    size = {"file_id": file_id, "file_unique_id": file_id, "width": 800, "height": 800}
    return {"origin": origin | {"date": 1}, "chat": ELSEWHERE, "message_id": 5, "photo": [size]}


@pytest.mark.parametrize(
    ("origin", "author"),
    [
        ({"type": "user", "sender_user": {"id": ADA, "is_bot": False, "first_name": "Ada"}}, ""),
        ({"type": "user", "sender_user": {"id": 12, "is_bot": False, "first_name": "Ben"}}, "12"),
        ({"type": "hidden_user", "sender_user_name": "Ben"}, None),
        ({"type": "chat", "sender_chat": ELSEWHERE}, None),
        ({"type": "of another time"}, None),
    ],
    ids=lambda one: str(one)[:40],
)
async def test_a_reply_to_a_picture_in_another_chat_is_a_way_in(
    bot: Bot, house: FakeHouse, origin: dict[str, Any], author: str | None
) -> None:
    file_id = bot.telegram.keep(b"photo")
    shown = shown_elsewhere(origin, file_id)
    await bot.person(chat=group()).says("/animate steps:60", external_reply=shown)
    await bot.handled()
    asked = [*bot.jobs.rows.values(), *bot.people.questions.rows.values()]
    if author is None:
        (said,) = bot.telegram.chats.of(GROUP)
        assert said.text.startswith("I can't see whose picture this is")
    else:
        assert [one.origin.author for one in asked] == [author]
        assert asked[0].options == {"steps": "60"}


async def test_the_bot_s_own_preview_in_another_chat_is_no_sketch_either(
    bot: Bot, house: FakeHouse
) -> None:
    shown = shown_elsewhere({"type": "user", "sender_user": BOT}, bot.telegram.keep(b"preview"))
    await bot.person(chat=group()).says("/animate", external_reply=shown)
    (prompt,) = await bot.shown(GROUP)
    assert prompt.markup is not None


async def test_an_anonymous_admin_is_the_group_itself(bot: Bot, house: FakeHouse) -> None:
    await bot.person(chat=group(), anonymous=True).sends_photo("/animate")
    await bot.handled()
    origin = bot.job().origin
    assert (origin.person, origin.person_name) == (str(GROUP), "Studio")


async def test_a_post_of_the_linked_channel_is_the_channel_s_picture(
    bot: Bot, house: FakeHouse
) -> None:
    channel = {"id": -1009, "type": "channel", "title": "Sketches"}
    posted = await bot.person(chat=group()).sends_photo(
        sender_chat=channel,
        is_automatic_forward=True,
        forward_origin={"type": "channel", "date": 1, "chat": channel, "message_id": 5},
    )
    await bot.person(chat=group()).says("/animate", reply_to_message=posted)
    await bot.handled()
    asked = [*bot.jobs.rows.values(), *bot.people.questions.rows.values()]
    assert [one.origin.author_name for one in asked] == ["Sketches"]


async def test_a_channel_may_ask_for_its_own_post_and_the_group_s_admins_answer_for_it(
    bot: Bot, house: FakeHouse
) -> None:
    """Telegram's own account brings the post into the group that is linked to the channel."""
    channel = {"id": -1009, "type": "channel", "title": "Sketches"}
    posted = {"sender_chat": channel, "is_automatic_forward": True}
    posted["forward_origin"] = {"type": "channel", "date": 1, "chat": channel, "message_id": 5}
    posted["from"] = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    ada, ben = bot.person(chat=group()), bot.person(id=12, name="Ben", chat=group())
    await ada.sends_photo("a new sketch", **posted)
    await ada.sends_photo("/animate", **posted)
    await bot.handled()
    origin = bot.job().origin
    assert (origin.person, origin.person_name) == (str(GROUP), "Sketches")
    assert origin.own_picture
    card = next(one for one in bot.telegram.chats.of(GROUP) if "Cancel" in one.buttons)
    bot.telegram.chats.admins.add((GROUP, 12))
    for who, state in ((ada, "Waiting"), (ben, "Cancelled")):
        await who.presses(card, f"cancel:{bot.job().id}")
        await bot.handled()
        assert card.text.splitlines()[0] == state

"""Every way in, through the real client and the whole core."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.telegram.client import Access
from adapters.telegram.uploads import AT_ONCE
from bot.door.rules import HouseRules
from bot.preferences import Whose
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import entities, group, shown_by_bot
from tests.fakes.telegram.server import BOT, TOKEN, Accident, FakeTelegram

ADA, GROUP = 11, -1001234


async def test_a_photo_in_private_is_queued_and_the_tip_is_said_once(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await ada.sends_photo()
    await ada.sends_photo()
    await bot.handled()
    texts = [shown.text for shown in bot.telegram.chats.of(ADA)]
    assert [text.splitlines()[0] for text in texts if text.startswith("Waiting")] == ["Waiting"] * 2
    assert len([text for text in texts if text.startswith("A tip")]) == 1


@pytest.mark.parametrize(
    ("caption", "options"),
    [
        ("", {}),
        ("steps:60 res:768", {"steps": "60", "res": "768"}),
        ("步数:60", {"steps": "60"}),
        ("/animate steps:60", {"steps": "60"}),
        ("/animate@Sketchlife_Bot 步数：60", {"steps": "60"}),
    ],
)
async def test_a_file_in_private_with_its_settings(
    bot: Bot,
    house: FakeHouse,
    caption: str,
    options: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    message = await bot.person().sends_file(caption=caption)
    await bot.handled()
    job = bot.job()
    assert job.options == options
    assert (job.origin.private, job.origin.person_name) == (True, "Ada")
    (card,) = bot.telegram.chats.of(ADA)
    assert card.reply_to == message["message_id"]
    assert job.picture.read_bytes() == b"file"
    assert list(temporary.iterdir()) == []


async def test_a_caption_that_cannot_be_read_is_answered_in_the_person_s_language(
    bot: Bot, house: FakeHouse
) -> None:
    await bot.person(language="zh-hans").sends_file(caption="步:60")
    await bot.handled()
    (answer,) = bot.telegram.chats.of(ADA)
    assert "步数" in answer.text
    assert bot.jobs.rows == {}


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


async def test_an_album_is_a_job_for_each_picture_up_to_the_limit_said_once(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await ada.sends_file(caption="steps:60", media_group_id="7")
    for _ in range(4):
        await ada.sends_file(media_group_id="7")
    await bot.handled()
    assert [job.options for job in bot.jobs.rows.values()] == [{"steps": "60"}] * 3
    texts = [shown.text.splitlines()[0] for shown in bot.telegram.chats.of(ADA)]
    assert texts[:3] == ["Waiting"] * 3
    assert len(texts) == 4


async def test_a_picture_of_an_album_may_have_settings_of_its_own(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    for caption in ("steps:60", "look at this", "steps:30", ""):
        await ada.sends_file(caption=caption, media_group_id="7")
        await bot.handled()
        for job in bot.jobs.rows.values():
            await ada.presses(bot.telegram.chats.of(ADA)[0], f"cancel:{job.id}")
        await bot.handled()
    said = [job.options["steps"] for job in bot.jobs.rows.values()]
    assert said == ["60", "60", "30", "60"]


@pytest.mark.parametrize("caption", ["/animate steps:60", "@sketchlife_bot steps:60"])
async def test_a_group_s_album_is_taken_whole_whichever_picture_has_the_command(
    bot: Bot, house: FakeHouse, caption: str
) -> None:
    ada = bot.person(chat=group())
    albums = (("7", ("", "", caption)), ("8", ("", "lovely", "")), ("7", ("",)))
    sent = [
        await ada.sends_file(caption=each, media_group_id=album)
        for album, captions in albums
        for each in captions
    ]
    await bot.handled()
    jobs = bot.jobs.rows.values()
    assert [job.options for job in jobs] == [{"steps": "60"}] * 3
    asked = [int(job.origin.message.partition("/")[2]) for job in jobs]
    assert asked == [sent[number]["message_id"] for number in (2, 0, 1)]
    (limit,) = [one for one in bot.telegram.chats.of(GROUP) if not one.text.startswith("Waiting")]
    assert limit.reply_to == sent[-1]["message_id"]


VIDEO = {"file_id": "1", "file_unique_id": "1", "width": 16, "height": 16, "duration": 3}


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("first", ["video", "picture"])
async def test_of_a_mixed_album_the_pictures_are_taken_and_the_videos_told_of_once(
    bot: Bot, house: FakeHouse, private: bool, first: str
) -> None:
    """Whichever of them has the words."""
    ada = bot.person(chat={} if private else group())
    words = "steps:60" if private else "/animate steps:60"

    async def send(kind: str, **more: Any) -> None:
        if kind == "video":
            await ada.says("", video=VIDEO, media_group_id="7", **more)
        else:
            await ada.sends_file(media_group_id="7", **more)

    await send(first, caption=words, caption_entities=entities(words))
    for kind in ("video", "picture", "video", "picture", "video"):
        await send(kind)
    await bot.handled()
    pictures = 3 if first == "picture" else 2
    assert [job.options for job in bot.jobs.rows.values()] == [{"steps": "60"}] * pictures
    said = [shown.text for shown in bot.telegram.chats.of(ADA if private else GROUP)]
    assert [text for text in said if not text.startswith("Waiting")] == [
        "I can't see a picture in that. Please send the sketch as a photo, or as a file in PNG or "
        "JPEG."
    ]


async def test_in_a_group_a_caption_or_a_reply_with_the_command(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person(chat=group(), topic=7)
    ben = bot.person(id=12, name="Ben", chat=group(), topic=7)
    await ada.sends_photo("/animate steps:60")
    await ada.sends_photo("no command")
    drawn = await ben.sends_file()
    await ada.says("/animate", reply_to_message=drawn)
    await bot.handled()
    first, *others = bot.jobs.rows.values()
    assert first.origin.place == f"{GROUP}/7"
    assert first.origin.home == f"telegram:{GROUP}"
    asked = [*others, *bot.people.questions.rows.values()]
    assert [one.origin.author_name for one in asked] == ["Ben"]
    assert {shown.topic for shown in bot.telegram.chats.of(GROUP)} == {7}


async def test_a_command_alone_asks_for_the_picture_and_its_answer_has_the_settings(
    bot: Bot, house: FakeHouse
) -> None:
    """Nothing is remembered but by the message itself."""
    ada = bot.person(chat=group())
    await ada.says("/animate steps:60")
    (prompt,) = await bot.shown(GROUP)
    assert prompt.markup == {
        "force_reply": True,
        "selective": True,
        "input_field_placeholder": "Attach the sketch here",
    }
    await ada.sends_photo("res:512", reply_to_message=shown_by_bot(prompt, group()))
    await bot.handled()
    assert bot.job().options == {"steps": "60", "res": "512"}


async def test_settings_that_cannot_be_read_are_refused_before_a_picture_is_asked_for(
    bot: Bot, house: FakeHouse
) -> None:
    await bot.person(chat=group()).says("/animate stepz:60")
    (answer,) = await bot.shown(GROUP)
    assert "steps" in answer.text
    assert answer.markup is None


async def test_where_mentions_are_seen_they_are_a_way_in_as_well(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person(chat=group())
    await ada.sends_photo("@sketchlife_bot steps:60")
    await ada.sends_photo("@someone_else steps:60")
    await bot.handled()
    assert bot.job().options == {"steps": "60"}


async def test_the_bot_s_own_previews_are_no_sketches(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person(chat=group())
    preview = await ada.sends_photo()
    preview |= {"from": BOT}
    await ada.says("/animate", reply_to_message=preview)
    (prompt,) = await bot.shown(GROUP)
    assert prompt.markup is not None
    assert bot.jobs.rows == {}


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


async def test_other_bots_and_other_bots_commands_are_left_alone(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person(chat=group())
    await ada.says("/help")
    await ada.says("/animate@other_bot")
    await ada.says("hello")
    await ada.says("/animate", **{"from": {"id": 5, "is_bot": True, "first_name": "Bot"}})
    await bot.handled()
    assert bot.telegram.chats.of(GROUP) == []
    await ada.says("/help@sketchlife_bot")
    (answer,) = await bot.shown(GROUP)
    assert "/animate" in answer.text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_words_and_files_without_a_picture_are_told_what_to_send(
    bot: Bot, house: FakeHouse, language: str
) -> None:
    ada = bot.person(language=language)
    await ada.says("/start")
    await ada.says("hello")
    await ada.sends_file("notes.txt", mime="text/plain")
    size = {"file_unique_id": "1", "width": 512, "height": 512}
    sticker = size | {"file_id": "1", "type": "regular", "is_animated": False, "is_video": True}
    await ada.says("", sticker=sticker)
    await ada.says("", animation=size | {"file_id": "2", "duration": 3})
    await bot.handled()
    hello, again, no_picture, *others = (shown.text for shown in bot.telegram.chats.of(ADA))
    assert hello == again
    assert others == [no_picture] * 2
    assert "PNG" in no_picture
    assert hello.isascii() is (language == "en")


async def test_a_link_with_a_preset_asks_for_the_picture_with_it(
    bot: Bot, house: FakeHouse
) -> None:
    await bot.person().says("/start preset_c29mdA")
    (prompt,) = await bot.shown(ADA)
    assert prompt.text.endswith("/animate preset:soft")


async def test_a_file_that_is_too_heavy_to_be_looked_at_is_not_fetched(
    bot: Bot, house: FakeHouse
) -> None:
    await bot.person().sends_file(size=20 * 10**6 + 1)
    (answer,) = await bot.shown(ADA)
    assert "20 MB" in answer.text
    assert bot.telegram.of("getFile") == []


@pytest.mark.parametrize("bytes_too_many", [1, 2 * 2**20], ids=["by us", "by Telegram"])
async def test_a_file_whose_weight_is_told_late_is_refused_all_the_same(
    bot: Bot, house: FakeHouse, bytes_too_many: int
) -> None:
    await bot.person().sends_file(content=bytes(20 * 10**6 + bytes_too_many), size=1)
    (answer,) = await bot.shown(ADA)
    assert "20 MB" in answer.text
    assert bot.telegram.fetched == 0


@pytest.mark.parametrize(
    ("name", "mime", "suffix"),
    [
        ("SKETCH.PNG", "application/octet-stream", ".png"),
        (f"a.{'x' * 300}", "image/png", ""),
        ("a.p\0g", "image/png", ""),
        ("", "image/x-something", ""),
    ],
)
async def test_names_and_kinds_of_files_are_nobody_s_to_rely_on(
    bot: Bot, house: FakeHouse, name: str, mime: str, suffix: str
) -> None:
    await bot.person().sends_file(name, mime=mime)
    await bot.handled()
    assert bot.job().picture.suffix == suffix


async def test_as_many_pictures_are_fetched_at_once_as_the_memory_takes(
    bot: Bot, house: FakeHouse
) -> None:
    bot.telegram.hold["getFile"] = asyncio.Event()
    for number in range(AT_ONCE + 3):
        await bot.person(id=ADA + number).sends_file()
    await bot.until(lambda: len(bot.inbox.came) == AT_ONCE + 3)
    await bot.until(lambda: len(bot.telegram.of("getFile")) == AT_ONCE)
    await asyncio.sleep(0.05)
    assert len(bot.telegram.of("getFile")) == AT_ONCE
    bot.telegram.hold["getFile"].set()
    await bot.handled()
    assert len(bot.jobs.rows) == AT_ONCE + 3


async def test_a_server_of_one_s_own_lays_files_down_on_the_disk(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """As it does in its local mode, from which nothing is fetched."""
    telegram.disk = tmp_path
    access = Access.to(telegram.url, token=TOKEN, proxy=None)
    bot = Bot(telegram, tmp_path, access=access)
    async with bot.running():
        message = await bot.person().sends_file()
        await bot.handled()
    assert bot.job().picture.read_bytes() == b"file"
    assert (tmp_path / message["document"]["file_id"]).exists(), "it is not ours to take away"


async def test_a_download_that_breaks_off_is_tried_again(bot: Bot, house: FakeHouse) -> None:
    bot.telegram.accidents["getFile"].extend([Accident(0), Accident(502, "Bad Gateway")])
    await bot.person().sends_file()
    await bot.until(lambda: len(bot.telegram.of("getFile")) == 1 and bot.clock.sleepers)
    for _ in range(3):
        await bot.clock.advance(5)
        await bot.until(lambda: bot.clock.sleepers or bot.jobs.rows)
    await bot.handled()
    assert len(bot.jobs.rows) == 1


@pytest.mark.parametrize("accident", [Accident(0), Accident(502, "Bad Gateway")])
async def test_a_question_that_could_not_be_asked_at_once_is_asked_again(
    bot: Bot, house: FakeHouse, accident: Accident
) -> None:
    bot.engine.faces = ()
    bot.telegram.accidents["sendMessage"].append(accident)
    await bot.person().sends_file()
    await bot.until(lambda: bot.telegram.of("sendMessage") and bot.clock.sleepers > 1)
    await bot.clock.advance(1)
    await bot.handled()
    (question,) = bot.telegram.chats.of(ADA)
    assert "Go on anyway" in question.buttons


async def test_a_picture_without_eyes_is_asked_about_and_goes_on_with_a_tap(
    bot: Bot, house: FakeHouse
) -> None:
    bot.engine.faces = ()
    ada = bot.person()
    await ada.sends_file()
    (question,) = await bot.shown(ADA)
    query = await ada.taps(question, "Go on anyway")
    await bot.handled()
    (card,) = bot.telegram.chats.of(ADA)
    assert card.text.splitlines()[0] == "Waiting"
    assert query in bot.telegram.chats.answers


async def test_members_of_an_allowed_group_may_write_in_private(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    rules = HouseRules(allowed_places=frozenset({f"telegram:{GROUP}"}))
    bot = Bot(telegram, tmp_path, rules=rules, places=[GROUP])
    async with bot.running():
        await bot.person().sends_file()
        await bot.handled()
        assert bot.job().origin.private
        telegram.accidents["getChatMember"].append(Accident(502, "Bad Gateway"))
        await bot.clock.advance(120)
        await bot.person().sends_file()
        await bot.until(lambda: not telegram.accidents["getChatMember"] and bot.clock.sleepers > 1)
        await bot.clock.advance(1)
        await bot.handled()
        assert len(bot.jobs.rows) == 2, "a line that is cut makes nobody a stranger"
        telegram.chats.strangers.add(13)
        await bot.person(id=13).sends_file()
        await bot.handled()
        assert len(bot.jobs.rows) == 2

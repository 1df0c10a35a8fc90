"""Every way in, through the real client and the whole core."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.door.rules import HouseRules
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import group, shown_by_bot
from tests.fakes.telegram.server import BOT, Accident, FakeTelegram

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

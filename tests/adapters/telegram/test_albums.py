"""Pictures that come together: one job each, all as the one asked that has the words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import entities, group

ADA, GROUP = 11, -1001234


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


async def test_the_rest_of_an_album_has_its_settings_after_a_restart_too(bot: Bot) -> None:
    """Only one picture of a group's album has the command, and it is handled already."""
    ada = bot.person(chat=group())
    async with bot.running():
        await ada.sends_file(caption="/animate steps:60", media_group_id="7")
        await bot.handled()
    await ada.sends_file(media_group_id="7")
    await ada.sends_file(media_group_id="8")
    async with bot.running():
        await bot.handled()
        assert [job.options for job in bot.jobs.rows.values()] == [{"steps": "60"}] * 2
        await bot.clock.advance(2 * 3600)
        await bot.until(lambda: bot.inbox.lefts == {})

"""The commands beside /animate, in private and in groups, in both languages."""

from __future__ import annotations

import io
import zipfile

import pytest

from adapters.telegram.links import preset_link, preset_of
from bot.job import JobStatus
from bot.preferences import Notice
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Person, group

ADA, BEN, GROUP, OTHER = 11, 12, -1001234, -1005678


async def answer(bot: Bot, person: Person, text: str) -> Shown:
    """The last message after a command."""
    await person.says(text)
    await bot.handled()
    return bot.telegram.chats.of((person.chat or {"id": person.id})["id"])[-1]


async def deliver(bot: Bot, house: FakeHouse, person: Person) -> None:
    async with house.at_work():
        await person.sends_file(caption="/animate")
        await bot.handled()
        await bot.until(
            lambda: {job.status for job in bot.jobs.rows.values()} == {JobStatus.DELIVERED}
        )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_every_command_has_a_word_to_say_in_the_person_s_language(
    bot: Bot, house: FakeHouse, language: str
) -> None:
    ada = bot.person(language=language)
    for name in ("help", "queue", "history", "usage", "preset", "gallery", "me", "privacy"):
        said = (await answer(bot, ada, f"/{name}")).text
        assert said
        assert said.isascii() == (language == "en") or language == "en", name


async def test_a_command_that_there_is_not_names_those_that_there_are(
    bot: Bot, house: FakeHouse
) -> None:
    assert "/history" in (await answer(bot, bot.person(), "/dance")).text


async def test_the_language_that_somebody_chose_goes_before_their_telegram_s(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await answer(bot, ada, "/me language:zh notice:direct")
    settings = await bot.people.settings.person(f"telegram:{ADA}")
    assert (settings.language, settings.notice) == ("zh", Notice.DIRECT)
    assert not (await answer(bot, ada, "/help")).text.isascii()
    await ada.sends_file(caption="stepz:60")
    await bot.handled()
    assert "stepz" in bot.telegram.chats.of(ADA)[-1].text
    assert not bot.telegram.chats.of(ADA)[-1].text.isascii()
    for asked in ("/animate", "hello"):
        assert not (await answer(bot, ada, asked)).text.isascii()
    own = (await answer(bot, ada, "/me")).text
    assert own.splitlines()[:2] == ["语言: zh", "通知: direct"]


async def test_the_queue_shows_what_is_on_its_way_and_links_to_it_in_a_supergroup(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person(chat=group())
    await ada.sends_photo("/animate")
    await bot.handled()
    card = bot.telegram.chats.of(GROUP)[0]
    said = (await answer(bot, ada, "/queue@sketchlife_bot")).text
    assert bot.job().id in said
    assert f"https://t.me/c/1234/{card.id}" in said


async def test_a_clip_of_the_history_is_posted_once_more_by_its_number(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await deliver(bot, house, ada)
    page = await answer(bot, ada, "/history")
    assert page.text.startswith("1. ")
    before = len(bot.telegram.chats.of(ADA))
    await ada.taps(page, "↻ 1")
    await bot.handled()
    *_, again = bot.telegram.chats.of(ADA)
    assert len(bot.telegram.chats.of(ADA)) == before + 1
    assert again.kind == "video"


async def test_a_long_history_is_leafed_through_in_its_place(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    for _ in range(4):
        for _ in range(3):
            await ada.sends_file()
            await bot.handled()
        for job in list(bot.jobs.rows.values()):
            await ada.presses(Shown(ADA, 1), f"cancel:{job.id}")
        await bot.handled()
    page = await answer(bot, ada, "/history")
    first, count = page.text, len(bot.telegram.chats.of(ADA))
    await ada.taps(page, "▶")
    await bot.handled()
    assert page.text != first
    assert "▶" not in page.buttons
    await ada.taps(page, "◀")
    await bot.handled()
    assert page.text == first
    assert len(bot.telegram.chats.of(ADA)) == count


async def test_usage_comes_as_sentences_bars_and_a_table(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    await deliver(bot, house, ada)
    table = await answer(bot, ada, "/usage 7 csv")
    *_, words, chart, _ = bot.telegram.chats.of(ADA)
    assert "1 delivered" in words.text
    assert chart.kind == "photo"
    assert (table.file or b"").startswith(b"job_id,")
    refusal = await answer(bot, ada, "/usage all")
    assert "who runs the bot" in refusal.text


async def test_a_preset_is_kept_linked_used_and_deleted(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    kept = await answer(bot, ada, "/preset save soft cfg:4.5 steps:60")
    link = kept.text.splitlines()[-1]
    assert link.startswith("https://t.me/sketchlife_bot?start=")
    prompt = await answer(bot, ada, f"/start {link.partition('=')[2]}")
    assert prompt.text.endswith("/animate preset:soft")
    await ada.sends_file(caption="preset:soft")
    await bot.handled()
    assert bot.job().options == {"cfg": "4.5", "steps": "60"}
    assert "soft" in (await answer(bot, ada, "/preset")).text
    await answer(bot, ada, "/preset delete soft")
    gone = (await answer(bot, ada, "/preset")).text.splitlines()
    assert "soft" not in gone[0]
    assert not any(line.startswith("Of this group") for line in gone), "there is none"


async def test_a_group_s_presets_are_kept_by_its_admins(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, chat=group())
    bot.telegram.chats.admins.add((GROUP, ADA))
    command = "/preset@sketchlife_bot here save soft cfg:4.5"
    assert "Only who looks after" in (await answer(bot, ben, command)).text
    await answer(bot, ada, command)
    assert "soft" in (await answer(bot, ben, "/preset@sketchlife_bot")).text


@pytest.mark.parametrize("name", ["soft", "我的", "a-b_c", "x" * 32])
def test_a_link_brings_its_preset_along(name: str) -> None:
    if len(name.encode()) <= 42:
        assert len(preset_link(name)) <= 64
    assert preset_of(preset_link(name)) == name
    assert preset_of("preset_soft!") == "soft!"
    assert preset_of("other") is None


async def test_settings_are_for_admins_and_name_only_chats_that_are_theirs(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group(), topic=7), bot.person(id=BEN, chat=group())
    bot.telegram.chats.admins |= {(GROUP, ADA)}
    home = f"telegram:{GROUP}"
    command = "/settings@sketchlife_bot language:zh gallery:here words:“gun, knife” pause:on"
    assert "Only those who look after" in (await answer(bot, ben, command)).text
    await answer(bot, ada, command)
    place = await bot.people.settings.place(home)
    assert (place.language, place.gallery, place.words, place.paused) == (
        "zh",
        f"{GROUP}/7",
        ("gun", "knife"),
        True,
    )
    elsewhere = f"/settings@sketchlife_bot moderators:{OTHER}"
    assert "look after" in (await answer(bot, ada, elsewhere)).text
    bot.telegram.chats.admins.add((OTHER, ADA))
    await bot.clock.advance(120)
    await answer(bot, ada, elsewhere)
    assert (await bot.people.settings.place(home)).moderators == str(OTHER)


async def test_anonymous_admins_choose_for_their_group_and_for_no_other(
    bot: Bot, house: FakeHouse
) -> None:
    anonymous = bot.person(chat=group(), anonymous=True)
    chosen = f"/settings@sketchlife_bot language:zh gallery:here moderators:{GROUP} waiting:2"
    said = await answer(bot, anonymous, chosen)
    assert "waiting: 2" in said.text
    assert "排队: 2" in (await answer(bot, anonymous, "/settings@sketchlife_bot")).text
    place = await bot.people.settings.place(f"telegram:{GROUP}")
    assert (place.language, place.gallery, place.moderators) == ("zh", str(GROUP), str(GROUP))
    (change, *_) = await bot.people.settings.changes(f"telegram:{GROUP}")
    assert change.by == f"telegram:{GROUP}"
    elsewhere = await answer(bot, anonymous, f"/settings@sketchlife_bot gallery:{OTHER}")
    assert "你管理的群" in elsewhere.text


async def test_a_channel_that_speaks_in_a_group_chooses_nothing_there(
    bot: Bot, house: FakeHouse
) -> None:
    channel = {"id": -1009, "type": "channel", "title": "Sketches"}
    await bot.person(chat=group()).says("/settings@sketchlife_bot pause:on", sender_chat=channel)
    await bot.handled()
    (said,) = bot.telegram.chats.of(GROUP)
    assert "Only those who look after" in said.text


async def test_one_s_data_comes_as_a_file_in_private_alone(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    await deliver(bot, house, ada)
    file = await answer(bot, ada, "/me data")
    with zipfile.ZipFile(io.BytesIO(file.file or b"")) as archive:
        assert archive.namelist()
    ada.chat = group()
    for command in ("/me@sketchlife_bot data", "/me@sketchlife_bot forget"):
        assert "in private" in (await answer(bot, ada, command)).text


async def test_being_forgotten_is_asked_about_and_then_done(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    await deliver(bot, house, ada)
    question = await answer(bot, ada, "/me forget")
    assert bot.jobs.rows
    await ada.taps(question, "Forget me")
    await bot.handled()
    assert bot.jobs.rows == {}
    assert question.text.startswith("You are forgotten")


async def test_the_gallery_of_a_group_shows_its_most_starred(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person(chat=group())
    await deliver(bot, house, ada)
    card = next(one for one in bot.telegram.chats.of(GROUP) if "Share" in one.buttons)
    await ada.taps(card, "Share")
    await bot.handled()
    said = (await answer(bot, ada, "/gallery@sketchlife_bot ever")).text
    assert "Ada" in said
    assert f"https://t.me/c/1234/{card.id}" in said

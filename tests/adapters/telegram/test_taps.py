"""Every button of a card, pressed by who may and by who may not, before and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Action
from bot.job import Job, JobStatus
from tests.adapters.telegram.bot import Bot
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.chats import Shown
from tests.fakes.telegram.people import Person, group
from tests.fakes.telegram.server import Accident, FakeTelegram

ADA, BEN, GROUP, GALLERY, MODERATORS = 11, 12, -1001234, -1005555, -1006666


@pytest.fixture
def bot(telegram: FakeTelegram, tmp_path: Path) -> Bot:
    return Bot(telegram, tmp_path)


@pytest.fixture
async def house(bot: Bot) -> AsyncIterator[FakeHouse]:
    async with bot.running() as house:
        yield house


@asynccontextmanager
async def delivered(bot: Bot, house: FakeHouse, ada: Person) -> AsyncIterator[Shown]:
    """A clip of Ada's, which came while the bot was at work; its card."""
    async with house.at_work():
        await ada.sends_file(caption="/animate")
        await bot.handled()
        await bot.until(lambda: bot.job().status is JobStatus.DELIVERED)
        job = bot.job()
        assert job.card is not None
        chat, message = map(int, job.card.split("/"))
        yield bot.telegram.chats.messages[chat, message]


def alert(bot: Bot, query: str) -> str:
    return str(bot.telegram.chats.answers[query].get("text", ""))


def others(bot: Bot, first: Job) -> list[Job]:
    return [job for job in bot.jobs.rows.values() if job.id != first.id]


async def test_cancel_ends_the_job_on_its_card(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    await ada.sends_file()
    await bot.handled()
    (card,) = bot.telegram.chats.of(ADA)
    query = await ada.taps(card, "Cancel")
    await bot.handled()
    assert card.text.splitlines()[0] == "Cancelled"
    assert alert(bot, query) == ""
    await ada.presses(card, f"cancel:{bot.job().id}")
    await bot.handled()
    assert "over already" in alert(bot, list(bot.telegram.chats.answers)[-1])


@pytest.mark.parametrize(
    ("action", "options"),
    [("again", {}), ("loop", {"loop": "on"}), ("gentle", {"prompt": "subtle eye blink"})],
)
async def test_a_new_render_gets_a_card_of_its_own(
    bot: Bot, house: FakeHouse, action: str, options: dict[str, str]
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        await ada.presses(card, f"{action}:{first.id}")
        await bot.handled()
        (job,) = others(bot, first)
        assert all(job.options[name].startswith(value) for name, value in options.items())
        assert job.card is not None
        assert bot.telegram.chats.of(ADA)[-1].reply_to == card.id


@pytest.mark.parametrize("data", ["again:{id}", "loop:{id}", "gentle:{id}", "tweak:{id}:go=1"])
async def test_a_press_that_is_handled_again_after_a_crash_makes_no_second_clip(
    bot: Bot, house: FakeHouse, data: str
) -> None:
    """Its end was not written down; what it did before may have been done or not."""
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        await ada.presses(card, data.format(id=first.id))
        await bot.handled()
        (second,) = others(bot, first)
    bot.inbox.forget_the_end_of_the_last()
    async with bot.running():
        await bot.until(lambda: not any(bot.inbox.rows.values()))
        assert len(others(bot, first)) == 1
        del bot.jobs.rows[second.id]  # as if the crash had come before it
    bot.inbox.forget_the_end_of_the_last()
    async with bot.running():
        await bot.until(lambda: not any(bot.inbox.rows.values()))
        assert [job.id for job in others(bot, first)] == [second.id]


@pytest.mark.parametrize("data", ["again:{id}", "loop:{id}", "gentle:{id}", "tweak:{id}:go=1"])
async def test_a_double_click_draws_one_clip_and_a_later_one_another(
    bot: Bot, house: FakeHouse, data: str
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        for pause_s, number in ((0, 1), (0, 1), (3, 2)):
            await bot.clock.advance(pause_s)
            await ada.presses(card, data.format(id=first.id))
            await bot.handled()
            assert len(others(bot, first)) == number


async def test_a_star_that_is_handled_again_is_not_taken_back(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        await ada.taps(card, "Share")
        await bot.handled()
        await ben.presses(card, f"star:{bot.job().id}")
        await bot.until(lambda: house.shares.stars)
        assert not any(bot.inbox.rows.values()), "it is written down before"


async def test_tweak_is_a_menu_that_renders_what_was_chosen(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        first = bot.job()
        await ada.taps(card, label_of(card, "tweak"))
        await bot.handled()
        menu = bot.telegram.chats.of(ADA)[-1]
        assert "steps: 50" in menu.buttons
        for label in ("steps: 50", "steps: 60", "loop: off", "res: 768", "res: 1024"):
            await ada.taps(menu, label)
            await bot.handled()
        await ada.taps(menu, "▶ Render")
        await bot.handled()
        (job,) = others(bot, first)
        assert job.options == {"steps": "80", "loop": "on", "res": "512"}
        assert menu not in bot.telegram.chats.of(ADA)


async def test_a_choice_that_is_too_much_is_said_in_the_menu_and_can_be_taken_back(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"tweak:{bot.job().id}")
        await bot.handled()
        menu = bot.telegram.chats.of(ADA)[-1]
        plain = menu.text
        await ada.taps(menu, "res: 768")
        await bot.handled()
        assert "49 frames" in menu.text
        await ada.taps(menu, "res: 1024")
        await bot.handled()
        assert menu.text == plain
        await ada.taps(menu, "✕ Close")
        await bot.handled()
        assert menu not in bot.telegram.chats.of(ADA)


async def test_the_menu_speaks_the_language_of_who_opened_it(bot: Bot, house: FakeHouse) -> None:
    ada = bot.person(language="zh-hans")
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"tweak:{bot.job().id}")
        await bot.handled()
        assert "步数: 50" in bot.telegram.chats.of(ADA)[-1].buttons


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_every_button_answers_in_the_language_of_who_pressed_it(
    bot: Bot, house: FakeHouse, language: str
) -> None:
    """Those that are refused, those that open a menu, and those that go without a word."""
    ada = bot.person(chat=group(), language=language)
    ben = bot.person(id=BEN, name="Ben", chat=group(), language=language)
    async with delivered(bot, house, ada) as card:
        job = bot.job()
        for who in (ada, ben):
            for action in Action:
                before = {one.id for one in bot.telegram.chats.of(GROUP)}
                query = await who.presses(card, f"{action.value}:{job.id}")
                await bot.handled()
                new = [one for one in bot.telegram.chats.of(GROUP) if one.id not in before]
                said = [alert(bot, query), *(one.text for one in new)]
                for text in filter(None, said):
                    assert _speaks(text) == language[:2], f"{action}: {text}"
                if who is ben and action is not Action.REPORT:
                    assert said[0], f"{action} is not Ben's"


def _speaks(text: str) -> str:
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"


@pytest.mark.parametrize("clip_format", ["mp4", "gif", "webp", "apng", "sheet"])
async def test_every_format_comes_as_a_file(bot: Bot, house: FakeHouse, clip_format: str) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        await ada.taps(card, "Formats")
        await bot.handled()
        menu = bot.telegram.chats.of(ADA)[-1]
        query = await ada.taps(menu, clip_format)
        await bot.handled()
        file = bot.telegram.chats.of(ADA)[-1]
        assert file.kind == "document"
        assert alert(bot, query) == "One moment …"


async def test_a_file_that_is_refused_for_its_size_is_made_smaller(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        for status, text in ((413, "Request Entity Too Large"), (400, "Bad Request: file_too_big")):
            bot.telegram.accidents["sendDocument"].append(Accident(status, text))
        await ada.presses(card, f"formats:{bot.job().id}:format=gif")
        await bot.handled()
        sent = [len(call.files["document"]) for call in bot.telegram.of("sendDocument")]
        assert sent == [1000, 999, 998]
        assert len(bot.telegram.chats.of(ADA)) == 2


async def test_a_press_whose_answer_was_cut_off_is_answered_again(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await ada.sends_file()
    await bot.handled()
    bot.telegram.accidents["answerCallbackQuery"].append(Accident(502, "Bad Gateway"))
    (card,) = bot.telegram.chats.of(ADA)
    await ada.taps(card, "Cancel")
    await bot.until(lambda: bot.telegram.of("answerCallbackQuery") and bot.clock.sleepers > 1)
    await bot.clock.advance(1)
    await bot.handled()


async def test_why_not_is_said_in_the_chat_where_the_press_is_too_old_to_be_answered(
    bot: Bot, house: FakeHouse
) -> None:
    """As after a downtime."""
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    await ada.sends_file(caption="/animate")
    await bot.handled()
    (card,) = bot.telegram.chats.of(GROUP)
    late = Accident(400, "Bad Request: query is too old and response timeout expired")
    bot.telegram.accidents["answerCallbackQuery"].append(late)
    await ben.taps(card, "Cancel")
    said = (await bot.shown(GROUP, 2))[1]
    assert said.text.startswith("Only the person")
    assert said.reply_to == card.id


@pytest.mark.parametrize("action", ["curve", "keys"])
async def test_drawings_come_as_pictures(bot: Bot, house: FakeHouse, action: str) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"{action}:{bot.job().id}")
        await bot.handled()
        shown = bot.telegram.chats.of(ADA)[-1]
        assert (shown.kind, shown.file) == ("photo", b"picture")


async def test_delete_and_undo_empty_the_card_and_bring_its_clip_back(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    async with delivered(bot, house, ada) as card:
        clip = card.file
        await ada.taps(card, "Delete")
        await bot.handled()
        assert (card.kind, card.text.splitlines()[0]) == ("photo", "Deleted")
        await ada.taps(card, "Undo")
        await bot.handled()
        assert (card.kind, card.file) == ("video", clip)


async def test_share_star_unshare_and_the_web_page(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        job = bot.job()
        await ada.taps(card, "Share")
        await bot.handled()
        share = house.shares.rows[job.id]
        assert share.home == f"telegram:{GROUP}"
        for stars in (1, 0):
            await ben.presses(card, f"star:{job.id}")
            await bot.handled()
            assert len(house.shares.stars) == stars
        await ada.presses(card, f"web:{job.id}:web=on")
        await bot.handled()
        assert house.shares.rows[job.id].web
        await ada.taps(card, "Stop sharing")
        await bot.handled()
        assert house.shares.rows == {}


async def test_buttons_of_a_message_that_telegram_tells_no_more_of(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person(chat=group())
    async with delivered(bot, house, ada) as card:
        job = bot.job()
        for action in ("again", "tweak", "curve", "delete"):
            await ada.presses(card, f"{action}:{job.id}", too_old=True)
            await bot.handled()
        _, again, menu, curve = bot.telegram.chats.of(GROUP)
        assert (again.reply_to, menu.reply_to, curve.kind) == (card.id, card.id, "photo")
        assert len(others(bot, job)) == 1
        assert card.text.splitlines()[0] == "Deleted"


async def test_what_is_not_theirs_is_refused_to_who_pressed_alone(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        before = len(bot.telegram.chats.of(GROUP))
        query = await ben.presses(card, f"delete:{bot.job().id}")
        await bot.handled()
        assert "Only the person" in alert(bot, query)
        assert bot.telegram.chats.answers[query]["show_alert"] is True
        assert len(bot.telegram.chats.of(GROUP)) == before


async def test_a_group_s_admin_may_delete_what_is_in_the_group(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    bot.telegram.chats.admins.add((GROUP, BEN))
    async with delivered(bot, house, ada) as card:
        await ben.presses(card, f"delete:{bot.job().id}")
        await bot.handled()
        assert card.text.splitlines()[0] == "Deleted"


async def test_what_an_anonymous_admin_asked_for_is_every_admin_s_and_nobody_else_s(
    bot: Bot, house: FakeHouse
) -> None:
    anonymous = bot.person(chat=group(), anonymous=True)
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    bot.telegram.chats.admins.add((GROUP, ADA))
    async with delivered(bot, house, anonymous) as card:
        first = bot.job()
        query = await ben.presses(card, f"again:{first.id}")
        await bot.handled()
        assert "Only the person" in alert(bot, query)
        await ada.presses(card, f"again:{first.id}")
        await bot.handled()
        (job,) = others(bot, first)
        assert job.origin.person == str(GROUP)


async def test_a_report_hides_the_clip_and_is_decided_by_an_admin(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    bot.telegram.chats.admins.add((GROUP, ADA))
    async with delivered(bot, house, ada) as card:
        clip = card.file
        await ben.taps(card, "Report")
        await bot.handled()
        menu = bot.telegram.chats.of(GROUP)[-1]
        assert card.file == clip, "nothing is reported without a reason"
        query = await ben.taps(menu, "Something else")
        await bot.handled()
        assert "hidden now" in alert(bot, query)
        assert card.file != clip
        assert menu not in bot.telegram.chats.of(GROUP)
        await ada.presses(card, f"keep:{bot.job().id}")
        await bot.handled()
        assert card.file == clip


async def test_nobody_is_asked_for_a_reason_to_report_what_is_their_own(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        count = len(bot.telegram.chats.of(GROUP))
        query = await ada.taps(card, "Report")
        await bot.handled()
        assert alert(bot, query)
        assert len(bot.telegram.chats.of(GROUP)) == count
        await ben.taps(card, "Report")
        await bot.handled()
        menu = bot.telegram.chats.of(GROUP)[-1]
        bot.telegram.chats.old.add((GROUP, menu.id))
        await ben.taps(menu, "✕ Close")
        await bot.handled()
        assert menu.buttons == {}, "too old to be deleted"


async def test_the_author_of_a_picture_answers_for_it(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    drawn = await ben.sends_file()
    await ada.says("/animate", reply_to_message=drawn)
    await bot.handled()
    (asking,) = bot.telegram.chats.of(GROUP)
    query = await ada.presses(asking, asking.buttons["Yes, go ahead"])
    await bot.handled()
    assert alert(bot, query) != ""
    await ben.taps(asking, "Yes, go ahead")
    await bot.handled()
    assert bot.telegram.chats.of(GROUP) == [asking]
    assert asking.text.splitlines()[0] == "Waiting"
    assert bot.job().origin.author == str(BEN)


async def test_buttons_of_another_time_do_nothing_and_stop_being_busy(
    bot: Bot, house: FakeHouse
) -> None:
    ada = bot.person()
    await ada.sends_file()
    await bot.handled()
    (card,) = bot.telegram.chats.of(ADA)
    for data in ("dance:1", "formats:00000000000000zzzz:format=exe", "tweak:nothing"):
        query = await ada.presses(card, data)
        await bot.handled()
        assert query in bot.telegram.chats.answers


async def test_what_stands_on_no_button_of_a_message_changes_nothing_there(
    bot: Bot, house: FakeHouse
) -> None:
    """As a client of somebody's own making may press it, on anybody's card."""
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    bot.engine.faces = ()
    for who in (ada, ben):
        await who.sends_file(caption="/animate")
        await bot.handled()
    hers, his = bot.telegram.chats.of(GROUP)
    await ada.taps(hers, "Go on anyway")
    await bot.handled()
    his, card = bot.telegram.chats.of(GROUP)
    before, mine = (card.text, card.markup), bot.job().id
    await ben.presses(card, his.buttons["Go on anyway"])
    await bot.handled()
    his = next(job.id for job in bot.jobs.rows.values() if job.id != mine)
    forged = (
        f"tweak:{mine}:x=1",
        f"report:{mine}:x=1",
        f"tweak:{his}:x=1",
        f"tweak:{his}:s=3--------",
        "/queue",
        "/history 2",
    )
    bot.jobs.rows[his] = replace(bot.jobs.rows[his], status=JobStatus.CANCELLED)
    for data in forged:
        await ben.presses(card, data)
        await bot.handled()
        assert bot.telegram.chats.messages.get((GROUP, card.id)) is card, data
        assert (card.text, card.markup) == before, data


async def test_a_menu_is_closed_by_whose_it_is(bot: Bot, house: FakeHouse) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    async with delivered(bot, house, ada) as card:
        await ada.presses(card, f"tweak:{bot.job().id}")
        await bot.handled()
        menu = bot.telegram.chats.of(GROUP)[-1]
        query = await ben.taps(menu, "✕ Close")
        await bot.handled()
        assert "Only the person" in alert(bot, query)
        assert menu in bot.telegram.chats.of(GROUP)
        await ada.taps(menu, "✕ Close")
        await bot.handled()
        assert menu not in bot.telegram.chats.of(GROUP)


async def test_buttons_work_after_a_restart(bot: Bot) -> None:
    ada = bot.person()
    async with bot.running() as house, delivered(bot, house, ada) as card:
        first = bot.job()
    async with bot.running():
        for action in (Action.AGAIN, Action.TWEAK, Action.CURVE):
            await ada.presses(card, f"{action.value}:{first.id}")
        await bot.handled()
        assert len(others(bot, first)) == 1
        assert any("steps: 50" in shown.buttons for shown in bot.telegram.chats.of(ADA))
        await asyncio.sleep(0)


def label_of(shown: Shown, action: str) -> str:
    return next(label for label, data in shown.buttons.items() if data.startswith(f"{action}:"))


async def test_a_shared_clip_stands_in_the_gallery_with_credit_and_its_star(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group(GALLERY))
    await bot.people.settings.change_place(
        f"telegram:{GROUP}", "", bot.clock.now(), gallery=f"{GALLERY}/7"
    )
    async with delivered(bot, house, ada) as card:
        await ada.taps(card, "Share")
        await bot.handled()
        (copy,) = await bot.shown(GALLERY)
        assert (copy.topic, copy.kind, copy.file) == (7, "video", card.file)
        assert "Ada" in copy.text
        star = next(label for label in copy.buttons if "★" in label)
        await ben.taps(copy, star)
        await bot.handled()
        assert len(house.shares.stars) == 1
        await ada.taps(card, "Stop sharing")
        await bot.handled()
        await bot.until(lambda: bot.telegram.chats.of(GALLERY) == [])


async def test_a_report_is_decided_in_the_chat_of_the_moderators(
    bot: Bot, house: FakeHouse
) -> None:
    ada, ben = bot.person(chat=group()), bot.person(id=BEN, name="Ben", chat=group())
    cleo = bot.person(id=14, name="Cleo", chat=group(MODERATORS))
    bot.telegram.chats.admins |= {(GROUP, cleo.id), (MODERATORS, cleo.id)}
    await bot.people.settings.change_place(
        f"telegram:{GROUP}", "", bot.clock.now(), moderators=str(MODERATORS)
    )
    async with delivered(bot, house, ada) as card:
        await ben.presses(card, f"report:{bot.job().id}:why=copied")
        await bot.handled()
        (case,) = await bot.shown(MODERATORS)
        assert case.kind == "video"
        assert "“The picture is not theirs”" in case.text
        await cleo.taps(case, "Remove")
        await bot.handled()
        assert bot.job().deleted_at is not None
        assert case.kind == "photo"

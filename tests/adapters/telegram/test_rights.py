"""Who may press what: owners, admins, anonymous ones, authors, and who decides about a report."""

from __future__ import annotations

from tests.adapters.telegram.bot import Bot
from tests.adapters.telegram.tapping import ADA, BEN, GROUP, MODERATORS, alert, delivered, others
from tests.fakes.house import FakeHouse
from tests.fakes.telegram.people import group


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

"""Whose picture it is that a message forwards, and what the bot itself posted."""

from __future__ import annotations

from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.payloads import user
from tests.fakes.discord.people import Person, brought_along, direct, joined


async def test_the_author_of_a_forwarded_picture_is_looked_up_and_asked(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    wire.may_hear.add(ben.id)
    drawn = await ben.say(wire.studio, "mine", SKETCH)
    forwarded = await wire.ada.forward(wire.studio, drawn)
    again = await wire.ada.forward(
        wire.studio, forwarded | forwarded["message_snapshots"][0]["message"]
    )
    asked = await wire.ada.menu(wire.studio, "Animate", again)
    assert (await wire.told(asked)).startswith("**The author was asked**")
    assert wire.house.jobs.rows == {}
    card = await wire.card()
    await ben.press(wire.studio, card, "Yes")
    await wire.server.until(lambda: wire.house.jobs.rows)
    (job,) = wire.house.jobs.rows.values()
    assert (job.origin.person, job.origin.author) == (wire.ada.id, ben.id)


async def test_who_forwards_what_nobody_can_tell_the_author_of_is_no_author(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    drawn = await ben.say(brought_along("elsewhere"), "mine", SKETCH)
    forwarded = await wire.ada.forward(wire.studio, drawn)
    asked = await wire.ada.menu(wire.studio, "Animate", forwarded)
    assert (await wire.told(asked)).startswith("I can't see whose picture this is")
    assert wire.house.jobs.rows == {}


async def test_ones_own_picture_may_be_forwarded_to_the_bot_in_private(wire: Wire) -> None:
    drawn = await wire.ada.say(wire.studio, "mine", SKETCH)
    await wire.ada.forward(direct(wire.server, wire.ada), drawn)
    await wire.server.until(lambda: wire.house.jobs.rows)
    (job,) = wire.house.jobs.rows.values()
    assert job.origin.private and job.origin.own_picture


async def test_what_the_bot_posted_is_no_picture_of_who_finds_it(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH, format="gif")
    await wire.delivered()
    card = await wire.card()
    ben = joined(wire.server, wire.studio, "ben")
    asked = await ben.menu(wire.studio, "Animate", card)
    assert (await wire.told(asked)).startswith("I can't see whose picture this is")
    assert len(wire.house.jobs.rows) == 1


async def test_what_a_webhook_carries_over_is_somebody_elses(wire: Wire) -> None:
    bridge = Person(wire.server, user("ben from elsewhere", bot=True))
    shown = await bridge.say(wire.studio, "mine", SKETCH, webhook_id=bridge.id)
    asked = await wire.ada.menu(wire.studio, "Animate", shown)
    assert (await wire.told(asked)).startswith("I can't see whose picture this is")


async def test_what_another_bot_drew_is_nobodys(wire: Wire) -> None:
    painter = Person(wire.server, user("painter", bot=True))
    shown = await painter.say(
        wire.studio, "", SKETCH, webhook_id=painter.id, application_id=painter.id
    )
    await wire.ada.menu(wire.studio, "Animate", shown)
    await wire.server.until(lambda: wire.house.jobs.rows)

"""Where each command can be called, and how often a card may change there."""

from __future__ import annotations

from tests.adapters.discord.harness import OnDiscord
from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.people import joined

GUILD_INSTALL, USER_INSTALL = 0, 1
IN_GUILDS = 0
MANAGE_GUILD = 1 << 5
OF_GUILDS = {"settings", "gallery"}


async def test_what_is_about_a_guild_is_called_there_alone(wire: Wire) -> None:
    by_name = {each["name"]: each for each in wire.server.rest.commands}
    assert {name for name, each in by_name.items() if each.get("contexts") == [IN_GUILDS]} == (
        OF_GUILDS
    )
    assert by_name["settings"]["default_member_permissions"] == MANAGE_GUILD


async def test_everything_else_can_be_brought_along(wire: Wire) -> None:
    brought = {
        each["name"]
        for each in wire.server.rest.commands
        if each.get("integration_types") == [GUILD_INSTALL, USER_INSTALL]
    }
    assert brought == {each["name"] for each in wire.server.rest.commands} - OF_GUILDS


async def test_discord_itself_checks_every_range(wire: Wire) -> None:
    (animate,) = [each for each in wire.server.rest.commands if each["name"] == "animate"]
    ranges = {
        each["name"]: (each["min_value"], each["max_value"])
        for each in animate["options"]
        if "min_value" in each
    }
    assert ranges == {
        "steps": (10, 100),
        "frames": (5, 49),
        "cfg": (1, 20),
        "seed": (0, 2**32 - 1),
    }
    lengths = {
        each["name"]: each["max_length"] for each in animate["options"] if "max_length" in each
    }
    assert (lengths["prompt"], lengths["negative"]) == (1000, 1000)


async def test_what_is_said_to_a_mention_is_a_reply_to_it_even_if_that_goes(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    asked = await ben.say(wire.studio, f"<@{wire.server.bot['id']}> hello")
    await wire.server.until(lambda: wire.bells)
    (answer,) = wire.bells
    reference = answer["message_reference"]
    assert reference["message_id"] == int(asked["id"])  # type: ignore[index]
    assert reference["fail_if_not_exists"] is False  # type: ignore[index]


async def test_a_card_changes_at_most_every_three_seconds(chat: OnDiscord) -> None:
    assert chat.messenger.edit_interval_s(chat.origin) >= 3


async def test_a_webhook_that_speaks_of_the_bot_is_not_answered(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    text = f"<@{wire.server.bot['id']}>"
    await ben.say(wire.studio, text, SKETCH, webhook_id=ben.id)
    queue = await wire.ada.slash(wire.studio, "queue")
    await wire.told(queue)
    assert wire.house.jobs.rows == {}

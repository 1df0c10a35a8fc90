"""What the doctor is told of Discord."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from discord import Permissions

from adapters.discord.health import PERMISSIONS, look
from adapters.discord.line import Line
from bot.errors import MessengerError, SettingsError
from tests.fakes.discord.people import studio
from tests.fakes.discord.server import TOKEN, FakeDiscord, called_instead_of_discord


async def test_the_link_lets_the_bot_in_with_what_it_needs_and_no_more() -> None:
    async with FakeDiscord() as server:
        studio(server)
        with called_instead_of_discord(server.url):
            seen = await look(Line(TOKEN))
    assert (seen.name, seen.guilds, seen.sees_all) == ("Sketchlife", 1, True)
    asked = parse_qs(urlsplit(seen.invite).query)
    assert asked["client_id"] == [server.bot["id"]]
    assert asked["scope"] == ["bot applications.commands"]
    granted = Permissions(int(asked["permissions"][0]))
    assert granted.attach_files and granted.send_messages_in_threads
    assert not granted.administrator and not granted.manage_messages


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (Permissions(administrator=True), ""),
        (PERMISSIONS, ""),
        (
            Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True),
            "studio: Add Reactions, Attach Files, Read Message History",
        ),
    ],
)
async def test_what_the_bot_may_not_do_is_told_guild_by_guild(
    granted: Permissions, missing: str
) -> None:
    async with FakeDiscord() as server:
        place = studio(server)
        assert place.guild is not None
        place.guild["roles"][0]["permissions"] = str(granted.value)
        with called_instead_of_discord(server.url):
            seen = await look(Line(TOKEN))
    assert sorted(seen.missing.removeprefix("studio: ").split(", ")) == sorted(
        missing.removeprefix("studio: ").split(", ")
    )


async def test_a_switch_that_is_off_is_seen() -> None:
    async with FakeDiscord(reads_messages=False) as server:
        with called_instead_of_discord(server.url):
            seen = await look(Line(TOKEN))
    assert (seen.guilds, seen.sees_all) == (0, False)


async def test_a_wrong_token_is_told_apart_from_a_line_that_is_cut() -> None:
    async with FakeDiscord() as server:
        with called_instead_of_discord(server.url):
            with pytest.raises(SettingsError, match="discord-token-wrong"):
                await look(Line("another"))
            await server.stop()
            with pytest.raises(MessengerError):
                await look(Line(TOKEN))


@pytest.mark.parametrize("proxy", ["http://name:word@127.0.0.1:1", "socks5h://127.0.0.1:1"])
async def test_a_proxy_is_the_only_way_out_and_its_password_is_in_no_error(proxy: str) -> None:
    async with FakeDiscord() as server:
        with called_instead_of_discord(server.url), pytest.raises(MessengerError) as failure:
            await look(Line(TOKEN, proxy))
    assert server.requests == []
    assert "word" not in str(failure.value)

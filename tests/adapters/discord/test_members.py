"""Who belongs to an allowed guild, asked of Discord no more often than needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from discord import Guild

from adapters.discord.members import REMEMBERED, Members
from bot.origin import Origin
from tests.adapters.discord.harness import OnDiscord
from tests.adapters.discord.wire import SKETCH, connected
from tests.fakes.clock import FakeClock
from tests.fakes.discord.people import direct
from tests.fakes.discord.server import FakeDiscord


async def test_a_member_is_looked_up_once_for_many_messages(tmp_path: Path) -> None:
    async with connected(tmp_path, FakeDiscord(), members_only=True) as wire:
        private = direct(wire.server, wire.ada)
        for sent in (1, 2):
            await wire.ada.say(private, "", SKETCH)
            await wire.server.until(lambda: len(wire.house.jobs.rows) == sent)  # noqa: B023
        assert len(wire.server.sent("GET", "/members/")) == 1


@pytest.mark.parametrize(("waited", "known"), [(0.5, True), (1.5, False)])
async def test_who_left_the_guild_is_a_stranger_soon(
    chat: OnDiscord, waited: float, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, clock, guild = chat.messenger._ready, FakeClock(), int(chat.guild["id"])
    ada = Origin(platform="discord", place="1", person=chat.ada["id"], private=True)
    here = Guild(data=chat.guild, state=client._connection)  # type: ignore[arg-type]
    monkeypatch.setattr(client, "get_guild", lambda _: here)
    members = Members(client, clock, (guild,))
    assert (await members.known(ada)).rights.member_of == {str(guild)}
    chat.guild["members"].clear()
    await clock.advance(REMEMBERED.total_seconds() * waited)
    assert bool((await members.known(ada)).rights.member_of) is known

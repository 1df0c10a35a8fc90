"""What people call the servers that the bot is a member of."""

from __future__ import annotations

from tests.adapters.discord.sim import Sim


async def test_a_server_is_called_as_people_there_call_it(sim: Sim) -> None:
    name_of = sim.house.service.operating.census.name_of
    guild = sim.env.guild
    assert name_of(f"discord:{guild.id}") == guild.name != ""
    for nobodys in ("1", "what an operator wrote", ""):
        assert name_of(f"discord:{nobodys}") == ""

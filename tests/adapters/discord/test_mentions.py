"""Channels and roles as people type them into /settings."""

from __future__ import annotations

import pytest
from discord import Guild

from adapters.discord.places import as_typed, mentioned
from bot.errors import RequestError
from tests.adapters.discord.harness import OnDiscord
from tests.adapters.discord.sim import Sim
from tests.adapters.discord.sim import said as told_to

ONE, TWO = "123456789012345678", "223456789012345678"


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("roles", f"<@&{ONE}><@&{TWO}>", f"{ONE}, {TWO}"),
        ("roles", f"staff {ONE},{TWO}", f"{ONE}, {TWO}"),
        ("auto", f"#general <#{ONE}> and more", ONE),
        ("auto", " off ", "off"),
        ("roles", None, None),
    ],
)
def test_what_is_mentioned_counts_and_talk_does_not(
    name: str, typed: str | None, found: str | None
) -> None:
    assert mentioned(name, typed) == found


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("roles", "staff"),
        ("roles", "@everyone"),
        ("roles", f"<@{ONE}>"),
        ("roles", f"<@!{ONE}>"),
        ("roles", f"<#{ONE}>"),
        ("auto", "#sketches"),
        ("auto", f"<@&{ONE}>"),
        ("auto", f"<:smile:{ONE}>"),
    ],
)
def test_what_mentions_none_is_refused(name: str, typed: str) -> None:
    with pytest.raises(RequestError):
        mentioned(name, typed)


async def test_a_slip_of_the_pen_does_not_let_everybody_in(sim: Sim) -> None:
    mo = sim.moderator("mo")
    await mo.slash(sim.channel, "settings", roles=f"<@&{ONE}>")
    told = await mo.slash(sim.channel, "settings", roles="@staff")
    assert told_to(told).startswith("I find no role in that.")
    settings = await sim.house.settings.place(f"discord:{sim.env.guild.id}")
    assert settings.allowed_roles == (ONE,)
    await mo.slash(sim.channel, "settings", roles="off")
    settings = await sim.house.settings.place(f"discord:{sim.env.guild.id}")
    assert settings.allowed_roles == ()


@pytest.mark.parametrize(("adults", "said"), [(True, "on"), (False, "off")])
async def test_a_gallery_is_for_adults_where_its_channel_is(
    chat: OnDiscord, adults: bool, said: str
) -> None:
    chat.channel["nsfw"] = adults
    state = chat.messenger._ready._connection
    (shown,) = Guild(data=chat.guild, state=state).text_channels  # type: ignore[arg-type]
    assert as_typed({"gallery": shown}) == {"gallery": str(shown.id), "gallery_adults": said}

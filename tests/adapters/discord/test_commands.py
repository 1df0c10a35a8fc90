"""The commands beside /animate: each answers its person alone, and does what it says."""

from __future__ import annotations

import re
from pathlib import Path

from discord import app_commands
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from adapters.discord.own import EXAMPLE
from bot.origin import Origin
from bot.preferences import Notice, Whose
from bot.texts import Texts
from tests.adapters.discord.sim import SKETCH, Sim, buttons, client_of, said

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}")


async def ask(sim: Sim, who: MemberActor, command: str, **options: object) -> str:
    answer = await who.slash(sim.channel, command, **options)
    assert answer.ephemeral
    return said(answer)


def files_of(answer: InteractionResult) -> list[str]:
    assert answer.response is not None
    return [file.filename for file in answer.response.attachments]


async def test_the_queue_tells_where_ones_own_clips_stand_with_a_link_to_each(sim: Sim) -> None:
    await sim.animate(sim.ben)
    await sim.animate(sim.ada)
    told = await ask(sim, sim.ada, "queue")
    assert told.count("\n") == 0
    assert "waiting" in told
    assert f"Number 2 in the queue · {sim.cards[1].jump_url}" in told


async def test_an_empty_queue_says_so(sim: Sim) -> None:
    assert await ask(sim, sim.ada, "queue") == "Nothing of yours is waiting."


async def test_history_has_pages_and_posts_a_clip_once_more_also_after_a_restart(
    sim: Sim,
) -> None:
    for _ in range(3):
        await sim.animate(sim.ada, frames=5)
    await sim.finished()
    for _ in range(8):
        await sim.house.service.clips.again(next(iter(sim.house.jobs.rows)), _origin(sim))
        await sim.finished()
    shown = await sim.ada.slash(sim.channel, "history")
    assert said(shown).endswith("There is more on page 2.")
    await sim.restart()
    second = await sim.ada.click(shown.response, label="▶")
    assert second.response is not None
    assert said(second).count("\n") == 0
    assert list(buttons(second.response)) == ["◀"]
    before = len(sim.cards)
    (choice,) = _options(second)
    await sim.ada.select(second.response, [choice], custom_id="repost")
    assert len(sim.cards) == before + 1
    assert sim.cards[-1].attachments


async def test_history_shows_nothing_of_others(sim: Sim) -> None:
    await sim.animate(sim.ben)
    assert await ask(sim, sim.ada, "history") == "Nothing here yet."


async def test_usage_comes_with_bars_and_as_a_table(sim: Sim) -> None:
    await sim.animate(sim.ada)
    await sim.finished()
    answer = await sim.ada.slash(sim.channel, "usage", csv=True)
    assert said(answer).startswith("One clip was asked for")
    assert files_of(answer) == ["usage.png", "usage.csv"]


async def test_a_servers_usage_is_for_who_looks_after_it(sim: Sim) -> None:
    await sim.animate(sim.ada)
    await sim.finished()
    refused = await ask(sim, sim.ben, "usage", scope="here")
    assert refused.startswith("Only who looks after this place")
    told = await ask(sim, sim.moderator("mo"), "usage", scope="here")
    assert told.startswith("One clip was asked for")


async def test_a_preset_is_kept_listed_used_and_deleted(sim: Sim) -> None:
    kept = await ask(sim, sim.ada, "preset save", name="Soft", options="steps:60 style:loose")
    assert kept == "Kept: preset:soft"
    assert "Yours: soft" in await ask(sim, sim.ada, "preset list")
    offered = await sim.ada.autocomplete(sim.channel, "animate", "preset", "so")
    assert [each["value"] for each in offered] == ["soft"]
    await sim.ada.slash(sim.channel, "preset use", name="soft", image=SKETCH)
    await sim.animate(sim.ada, preset="soft", steps=20)
    steps = [job.request.num_inference_steps for job in sim.house.jobs.rows.values()]
    assert steps == [60, 20]
    assert await ask(sim, sim.ada, "preset delete", name="soft") == "Deleted: soft"


async def test_a_servers_presets_are_kept_by_who_looks_after_it(sim: Sim) -> None:
    refused = await ask(sim, sim.ada, "preset save", name="s", options="steps:60", of_place=True)
    assert refused == "Only who looks after this place can change its presets."
    mo = sim.moderator("mo")
    await ask(sim, mo, "preset save", name="house", options="steps:60", of_place=True)
    assert "Of this server: house" in await ask(sim, sim.ada, "preset list")


async def test_settings_used_lately_are_offered_while_somebody_types(sim: Sim) -> None:
    await sim.animate(sim.ada, options='steps:60 prompt:"gentle smile"')
    offered = await sim.ada.autocomplete(sim.channel, "animate", "options", "")
    assert [each["value"] for each in offered] == ['steps:60 prompt:"gentle smile"']


async def test_help_tells_what_a_good_sketch_is_and_what_can_be_set(sim: Sim) -> None:
    told = await ask(sim, sim.ada, "help")
    for expected in ("clear eyes", "frames", "preset", "two people"):
        assert expected in told


async def test_help_shows_a_good_sketch(sim: Sim) -> None:
    answer = await sim.ada.slash(sim.channel, "help")
    assert files_of(answer) == ["sketch.png"]
    assert EXAMPLE.read_bytes() == Path("examples/sketch.png").read_bytes()


async def test_where_no_picture_can_be_seen_who_sets_channels_aside_is_told(
    sim: Sim, sees_all: bool
) -> None:
    channel = f"<#{sim.channel.id}>"
    told = await ask(sim, sim.moderator("mo"), "settings", auto=channel)
    assert ("switch on the Message Content Intent" in told) is not sees_all


async def test_every_command_is_answered_in_chinese(sim: Sim) -> None:
    who = sim.moderator("mo")
    await ask(sim, who, "me settings", language="zh")
    await sim.animate(who)
    await sim.finished()
    used = {"name": "soft", "options": "steps:60"}
    asked: dict[str, dict[str, object]] = {
        "animate": {"image": SKETCH},
        "queue": {},
        "history": {},
        "usage": {"csv": True},
        "preset save": used,
        "preset list": {},
        "preset use": {"name": "soft", "image": SKETCH},
        "preset delete": {"name": "soft"},
        "gallery top": {},
        "help": {},
        "privacy": {},
        "me settings": {},
        "me data": {},
        "settings": {"label": True},
        "me forget": {},
    }
    assert set(asked) == {
        each.qualified_name
        for each in client_of(sim.house, sees_all=True).tree.walk_commands()
        if isinstance(each, app_commands.Command)
    }
    for command, options in asked.items():
        told = await ask(sim, who, command, **options)
        assert CHINESE.search(told), command
        assert not ENGLISH.search(told), f"{command}: {told}"


async def test_privacy_tells_how_long_what_is_kept(sim: Sim) -> None:
    assert "30 days" in await ask(sim, sim.ada, "privacy")


async def test_a_person_chooses_language_and_notice_and_is_answered_so(sim: Sim) -> None:
    told = await ask(sim, sim.ada, "me settings", language="zh", notice="silent", opt_out=True)
    assert "**notice**: silent" in told
    settings = await sim.house.settings.person(f"discord:{sim.ada.id}")
    assert (settings.notice, settings.opted_out) == (Notice.SILENT, True)
    assert await ask(sim, sim.ada, "queue") == "你没有在排队的短片。"
    assert said(await sim.animate(sim.ada)).startswith("在这里：")


async def test_a_person_gets_a_copy_of_their_data(sim: Sim) -> None:
    await sim.animate(sim.ada)
    await sim.finished()
    answer = await sim.ada.slash(sim.channel, "me data")
    assert files_of(answer) == ["sketchlife.zip"]


async def test_a_person_is_forgotten_only_after_a_second_yes(sim: Sim) -> None:
    await sim.animate(sim.ada)
    await sim.finished()
    asked = await sim.ada.slash(sim.channel, "me forget")
    assert len(sim.house.jobs.rows) == 1
    done = await sim.ada.click(asked.response, label="Forget me")
    assert said(done).startswith("You are forgotten")
    assert sim.house.jobs.rows == {}
    assert not [card for card in sim.cards if card.attachments]


async def test_who_looks_after_a_server_sets_what_holds_there(sim: Sim) -> None:
    mo = sim.moderator("mo")
    told = await ask(
        sim,
        mo,
        "settings",
        pictures="own",
        gallery=sim.back_room,
        waiting=2,
        roles="<@&123456789012345678>",
        pause=True,
    )
    assert "**pictures**: own" in told
    settings = await sim.house.settings.place(f"discord:{sim.env.guild.id}")
    assert settings.whose_pictures is Whose.OWN
    assert settings.gallery == str(sim.back_room.id)
    assert not settings.gallery_restricted
    assert (settings.waiting_per_person, settings.paused) == (2, True)
    assert settings.allowed_roles == ("123456789012345678",)
    assert said(await sim.animate(sim.ada)) == Texts("en").say("place-paused")
    await ask(sim, mo, "settings", reset="gallery", pause=False)
    assert (await sim.house.settings.place(f"discord:{sim.env.guild.id}")).gallery == ""


async def test_a_server_goes_below_the_operators_ceiling_and_never_above(sim: Sim) -> None:
    told = await ask(sim, sim.moderator("mo"), "settings", waiting=1000)
    assert told.startswith("“waiting” may be at most 3 here")


async def test_the_settings_of_a_server_are_nobody_elses(sim: Sim) -> None:
    assert "settings" not in sim.ada.available_commands(sim.channel)


async def test_the_gallery_lists_what_is_shared_with_its_stars(sim: Sim) -> None:
    assert (await ask(sim, sim.ada, "gallery top")).startswith("Nothing was shared")
    await sim.animate(sim.ada)
    await sim.finished()
    await sim.ada.click(sim.card, label="Share")
    told = await ask(sim, sim.ben, "gallery top", period="ever")
    assert told.endswith(f"★ 0 · ada · {sim.card.jump_url}")


def _origin(sim: Sim) -> Origin:
    return next(iter(sim.house.jobs.rows.values())).origin


def _options(answer: InteractionResult) -> list[str]:
    assert answer.response is not None
    menus = [each for row in answer.response.components for each in row["components"]]
    return [one["value"] for menu in menus for one in menu.get("options", [])]

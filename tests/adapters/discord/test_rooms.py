"""Where the bot is at work: in private, in threads and forums, in channels set aside for it."""

from __future__ import annotations

import discord
import pytest

from bot.door.rules import HouseRules
from bot.errors import PictureError
from bot.job import JobStatus
from tests.adapters.discord.sim import GUILD, SKETCH, Sim, said

NO_ATTACHING = discord.PermissionOverwrite(attach_files=False)
STUDIO_ONLY = HouseRules(allowed_places=frozenset({f"discord:{GUILD}"}))


async def test_a_direct_message_with_a_picture_is_enough(sim: Sim) -> None:
    await sim.send_dm(sim.ada, "", [SKETCH])
    (job,) = sim.house.jobs.rows.values()
    assert job.origin.private
    assert sim.ada.user.dm_channel.last_message.content.startswith("**Waiting**")


async def test_in_private_an_answer_may_stay(sim: Sim) -> None:
    await sim.send_dm(sim.ada, "hello")
    await sim.env.advance_time(61)
    told = sim.ada.user.dm_channel.last_message
    assert told is not None and told.content.startswith("I see no picture there.")


async def test_a_thread_is_a_place_of_its_own(sim: Sim) -> None:
    starter = await sim.ada.send(sim.channel, "sketches of the day")
    thread = await sim.start_thread(starter)
    await sim.ada.slash(thread, "animate", image=SKETCH)
    (job,) = sim.house.jobs.rows.values()
    assert job.origin.place == str(thread.id)
    assert thread.last_message.content.startswith("**Waiting**")


async def test_a_post_in_a_forum_is_one_too(sim: Sim) -> None:
    forum = sim.env.guild.create_forum_channel("critique")
    known = sim.env.bot.get_channel(forum.id)
    assert isinstance(known, discord.ForumChannel)
    post = (await known.create_thread(name="my witch", content="look")).thread
    (place,) = [each for each in forum.threads if each.id == post.id]
    await sim.ada.slash(place, "animate", image=SKETCH)
    (job,) = sim.house.jobs.rows.values()
    assert job.origin.place == str(post.id)
    await sim.finished()
    assert place.last_message.content.startswith("**Your sketch is alive**")


async def test_a_channel_where_nothing_can_be_attached_is_refused_before_queueing(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    walled = sim.env.guild.create_text_channel("walled", overwrites={me: NO_ATTACHING})
    asked = await sim.ada.slash(walled, "animate", image=SKETCH)
    assert said(asked).endswith("has to allow me: Attach Files.")
    assert sim.house.jobs.rows == {}


async def test_a_card_that_was_deleted_sends_the_clip_in_private(sim: Sim) -> None:
    await sim.animate(sim.ada)
    await sim.card.delete()
    await sim.finished()
    assert sim.cards == []
    last = sim.ada.user.dm_channel.last_message
    assert last.content.startswith("**Your sketch is alive**")
    assert len(last.attachments) == 1


async def test_a_channel_that_is_gone_sends_the_clip_in_private(sim: Sim) -> None:
    await sim.animate(sim.ada)
    sim.env.inject_error("PATCH", "/channels/*/messages/*", status=404, code=10003, times=None)
    await sim.finished()
    last = sim.ada.user.dm_channel.last_message
    assert last.content.startswith("**Your sketch is alive**")
    assert [job.status for job in sim.house.jobs.rows.values()] == [JobStatus.DELIVERED]


async def test_in_a_channel_set_aside_every_picture_is_animated_and_talk_is_let_be(
    sim: Sim,
) -> None:
    await sim.change_place(auto_places=(str(sim.channel.id),))
    await sim.ada.send(sim.channel, "this one", attachments=[SKETCH])
    await sim.ada.send(sim.channel, "and I like it")
    assert len(sim.house.jobs.rows) == 1
    assert len(sim.cards) == 1


async def test_there_a_caption_is_talk_unless_it_holds_settings(sim: Sim) -> None:
    await sim.change_place(auto_places=(str(sim.channel.id),))
    await sim.ada.send(sim.channel, "my witch: Luna", attachments=[SKETCH])
    await sim.ada.send(sim.channel, "frames:33", attachments=[SKETCH])
    assert [job.options for job in sim.house.jobs.rows.values()] == [{}, {"frames": "33"}]


async def test_a_reply_to_a_card_that_names_somebody_else_is_talk(sim: Sim) -> None:
    """Discord counts the one who is replied to among the mentioned."""
    await sim.animate(sim.ada)
    card = sim.card
    await sim.ada.send(sim.channel, f"{sim.ben.mention} look", reply_to=card, attachments=[SKETCH])
    assert len(sim.cards) == 1
    assert len(sim.house.jobs.rows) == 1


async def test_there_a_refusal_is_one_reaction_and_no_word(sim: Sim) -> None:
    await sim.change_place(auto_places=(str(sim.channel.id),))
    sim.house.engine.refusal = PictureError("picture-unknown")
    shown = await sim.ada.send(sim.channel, "", attachments=[SKETCH])
    assert sim.cards == []
    (found,) = [each for each in sim.channel.history() if each.id == shown.id]
    assert [each.emoji for each in found.reactions] == ["❓"]


@pytest.mark.parametrize("rules", [STUDIO_ONLY])
async def test_members_of_an_allowed_guild_may_write_in_private_and_strangers_may_not(
    sim: Sim,
) -> None:
    await sim.send_dm(sim.ada, "", [SKETCH])
    assert len(sim.house.jobs.rows) == 1
    stranger = sim.env.create_guild("elsewhere").add_member(sim.env.create_user("eve"))
    await sim.send_dm(stranger, "", [SKETCH])
    assert len(sim.house.jobs.rows) == 1
    told = stranger.user.dm_channel.last_message
    assert told is not None and told.content.startswith("In private I only work for members")


@pytest.mark.parametrize("rules", [STUDIO_ONLY])
async def test_a_guild_that_is_not_allowed_is_told_its_number(sim: Sim) -> None:
    elsewhere = sim.env.create_guild("elsewhere")
    eve = elsewhere.add_member(sim.env.create_user("eve"))
    asked = await eve.slash(elsewhere.create_text_channel("x"), "animate", image=SKETCH)
    assert f"discord:{elsewhere.id}" in said(asked)

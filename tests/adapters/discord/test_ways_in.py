"""Every way to hand over a picture, and what the person is told."""

from __future__ import annotations

import pytest

from bot.errors import PictureError
from tests.adapters.discord.sim import SKETCH, Sim, buttons, said

PHOTO_LINK = ("notes.txt", b"no picture")


async def test_a_slash_command_answers_its_person_alone_with_a_link_to_the_card(sim: Sim) -> None:
    asked = await sim.animate(sim.ada)
    assert said(asked) == f"Here it is: {sim.card.jump_url}"
    assert asked.ephemeral
    assert sim.card.content.startswith("**Waiting**\nNumber 1 in the queue")
    assert list(buttons(sim.card)) == ["Cancel"]


async def test_what_was_filled_in_and_what_was_typed_become_one_request(sim: Sim) -> None:
    await sim.animate(sim.ada, steps=60, loop=True, cfg=4.5, options="res:512 steps:20 种子：7")
    (job,) = sim.house.jobs.rows.values()
    assert job.options == {
        "steps": "60",
        "loop": "on",
        "cfg": "4.5",
        "res": "512",
        "seed": "7",
    }


async def test_a_clip_arrives_on_the_card_that_was_there_from_the_first_moment(sim: Sim) -> None:
    await sim.animate(sim.ada)
    before = sim.card.id
    await sim.finished()
    assert sim.card.id == before
    assert sim.card.content.startswith("**Your sketch is alive**")
    (file,) = sim.card.attachments
    assert file.filename.endswith(".mp4")


async def test_a_wrong_setting_is_told_to_its_person_alone(sim: Sim) -> None:
    asked = await sim.animate(sim.ada, options="stepz:60")
    assert said(asked) == "There is no setting “stepz”. Did you mean “steps”?"
    assert asked.ephemeral
    assert sim.cards == []


async def test_more_frames_than_fit_come_back_with_both_ways_out_as_buttons(sim: Sim) -> None:
    asked = await sim.animate(sim.ada, frames=49, res=1024)
    assert asked.ephemeral
    assert list(buttons(asked.response)) == ["frames:33", "res:768"]
    await sim.ada.click(asked.response, label="frames:33")
    assert f"Here it is: {sim.card.jump_url}" == asked.response.content
    (job,) = sim.house.jobs.rows.values()
    assert job.request.num_frames == 33


async def test_what_is_no_picture_is_refused_in_a_sentence(sim: Sim) -> None:
    sim.house.engine.refusal = PictureError("picture-unknown")
    asked = await sim.ada.slash(sim.channel, "animate", image=PHOTO_LINK)
    assert said(asked).startswith("I can't read that file as a picture.")
    assert sim.house.jobs.rows == {}


async def test_a_machine_that_fails_says_so_and_no_more(sim: Sim) -> None:
    sim.house.engine.refusal = RuntimeError("a secret path")  # type: ignore[assignment]
    asked = await sim.animate(sim.ada)
    assert said(asked).startswith("Something went wrong on our side.")


async def test_the_menu_of_a_message_animates_its_pictures_one_job_each(sim: Sim) -> None:
    shown = await sim.ada.send(sim.channel, "mine", attachments=[SKETCH, SKETCH])
    asked = await sim.ada.context_menu(sim.channel, "Animate", shown)
    first, second = sim.cards
    assert said(asked) == f"Here it is: {first.jump_url}"
    assert [each.content for each in asked.followups] == [f"Here it is: {second.jump_url}"]


async def test_more_pictures_than_one_person_may_have_waiting_are_refused_beyond_that(
    sim: Sim,
) -> None:
    shown = await sim.ada.send(sim.channel, "mine", attachments=[SKETCH] * 6)
    asked = await sim.ada.context_menu(sim.channel, "Animate", shown)
    assert len(sim.house.jobs.rows) == 3
    refusals = [each.content for each in asked.followups if "Here it is" not in each.content]
    assert len(refusals) == 1
    assert refusals[0].startswith("You have 3 clips waiting already")


async def test_the_menu_of_a_message_without_a_picture_says_so(sim: Sim) -> None:
    shown = await sim.ada.send(sim.channel, "just words")
    asked = await sim.ada.context_menu(sim.channel, "Animate", shown)
    assert said(asked).startswith("I see no picture there.")


async def test_the_author_of_somebody_elses_picture_is_asked_before_it_is_drawn(sim: Sim) -> None:
    shown = await sim.ben.send(sim.channel, "mine", attachments=[SKETCH])
    await sim.ada.context_menu(sim.channel, "Animate", shown)
    assert sim.house.jobs.rows == {}
    asking = sim.card
    assert asking.content.startswith(f"{sim.ben.mention} **")
    assert [each.id for each in asking.mentions] == [sim.ben.id]
    await sim.ada.click(asking, custom_id=next(iter(buttons(asking).values())))
    assert sim.house.jobs.rows == {}, "who asks does not answer for the author"
    await sim.ben.click(asking, custom_id=next(iter(buttons(asking).values())))
    (job,) = sim.house.jobs.rows.values()
    assert (job.origin.person, job.origin.author) == (str(sim.ada.id), str(sim.ben.id))
    assert job.origin.author_name == "ben"
    assert sim.card.id == asking.id, "the card that asked becomes the card of the job"


async def test_a_mention_with_a_picture_is_answered_by_the_card_alone(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    await sim.ada.send(sim.channel, f"{me.mention} this one, please", attachments=[SKETCH])
    assert sim.card.content.startswith("**Waiting**")


async def test_settings_beside_a_mention_count(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    await sim.ada.send(sim.channel, f"{me.mention} frames:33", attachments=[SKETCH])
    (job,) = sim.house.jobs.rows.values()
    assert job.request.num_frames == 33


async def test_a_mention_that_is_refused_gets_a_reply_that_takes_itself_away(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    await sim.ada.send(sim.channel, f"{me.mention}")
    assert sim.card.content.startswith("I see no picture there.")
    await sim.env.advance_time(61)
    assert sim.cards == []


async def test_a_reply_to_a_picture_with_a_mention_animates_that_picture(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    shown = await sim.ada.send(sim.channel, "look", attachments=[SKETCH])
    await sim.ada.send(sim.channel, f"{me.mention}", reply_to=shown)
    assert len(sim.house.jobs.rows) == 1


@pytest.mark.parametrize("sees_all", [False])
async def test_without_the_intent_a_reply_is_told_the_way_that_works(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    shown = await sim.ada.send(sim.channel, "look", attachments=[SKETCH])
    await sim.ada.send(sim.channel, f"{me.mention}", reply_to=shown)
    assert "choose Apps \\> Animate" in sim.card.content
    assert sim.house.jobs.rows == {}


@pytest.mark.parametrize("sees_all", [False])
async def test_without_the_intent_mentions_and_menus_work_all_the_same(sim: Sim) -> None:
    me = sim.env.bot.user
    assert me is not None
    await sim.ada.send(sim.channel, f"{me.mention}", attachments=[SKETCH])
    shown = await sim.ada.send(sim.channel, "look", attachments=[SKETCH])
    await sim.ada.context_menu(sim.channel, "Animate", shown)
    assert len(sim.house.jobs.rows) == 2


async def test_ordinary_talk_is_none_of_the_bots_business(sim: Sim) -> None:
    await sim.ada.send(sim.channel, "a picture for all", attachments=[SKETCH])
    await sim.animate(sim.ada)
    await sim.ada.send(sim.channel, "nice!", reply_to=sim.card)
    assert len(sim.cards) == 1


async def test_a_job_that_took_long_is_followed_by_one_reply_to_its_owner_alone(sim: Sim) -> None:
    await sim.animate(sim.ada)
    card = sim.card
    await sim.house.clock.advance(120)
    await sim.finished()
    await sim.house.until(lambda: len(sim.cards) == 2)
    bell = sim.cards[1]
    assert bell.content == f"{sim.ada.mention} Your clip is ready."
    assert bell.reference is not None and bell.reference.message_id == card.id
    assert [each.id for each in bell.mentions] == [sim.ada.id]

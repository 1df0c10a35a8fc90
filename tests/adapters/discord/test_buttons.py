"""Buttons of cards: each does what it says, for whom it is, however often, and after a restart."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.clip import Renderer, Trouble
from bot.door.rules import HouseRules
from bot.errors import StoreError
from bot.job import Job, JobStatus
from bot.reports import Decision
from bot.request import GENTLE_PROMPT
from tests.adapters.discord.sim import Sim, buttons, said


async def delivered(sim: Sim, **options: Any) -> Job:
    """A clip of Ada's on her card."""
    await sim.animate(sim.ada, **options)
    await sim.finished()
    (job,) = sim.house.jobs.rows.values()
    return job


async def press(sim: Sim, who: MemberActor, label: str) -> InteractionResult:
    """The button of the first card whose label begins so."""
    (custom_id,) = [id for name, id in buttons(sim.cards[0]).items() if name.startswith(label)]
    return await who.click(sim.cards[0], custom_id=custom_id)


async def walled(sim: Sim) -> None:
    """From now on nothing can be attached in the channel."""
    known = sim.env.bot.get_channel(sim.channel.id)
    assert isinstance(known, discord.TextChannel)
    await known.set_permissions(known.guild.me, attach_files=False)


def jobs(sim: Sim) -> list[Job]:
    return list(sim.house.jobs.rows.values())


async def test_cancel_ends_a_waiting_job_on_its_card(sim: Sim) -> None:
    await sim.animate(sim.ada)
    await press(sim, sim.ada, "Cancel")
    assert sim.card.content.startswith("**Cancelled**")
    assert jobs(sim)[0].status is JobStatus.CANCELLED


async def test_somebody_else_is_told_to_themselves_that_it_is_not_theirs(sim: Sim) -> None:
    await sim.animate(sim.ada)
    pressed = await press(sim, sim.ben, "Cancel")
    (told,) = pressed.followups
    assert told.content == "Only the person who asked for it can do that."
    assert told.ephemeral
    assert jobs(sim)[0].status is JobStatus.QUEUED


@pytest.mark.parametrize(
    ("label", "changed"),
    [("Again", {}), ("Loop", {"loop": "on"}), ("Gentler", {"prompt": GENTLE_PROMPT})],
)
async def test_once_more_is_a_new_job_with_a_card_of_its_own_also_after_a_restart(
    sim: Sim, label: str, changed: dict[str, str]
) -> None:
    await delivered(sim, seed=7)
    await sim.restart()
    pressed = await press(sim, sim.ada, label)
    assert said(pressed) == f"Here it is: {sim.cards[1].jump_url}"
    new = jobs(sim)[1]
    kept_seed = {} if label == "Again" else {"seed": "7"}
    assert new.options == kept_seed | changed


@pytest.mark.parametrize("label", ["Again", "Loop", "Gentler"])
async def test_where_nothing_can_be_attached_any_more_nothing_is_queued_again(
    sim: Sim, label: str
) -> None:
    await delivered(sim)
    await walled(sim)
    pressed = await press(sim, sim.ada, label)
    assert said(pressed).endswith("has to allow me: Attach Files.")
    assert len(jobs(sim)) == 1


async def test_nor_does_an_answer_lead_to_a_clip_there(sim: Sim) -> None:
    sim.house.engine.faces = ()
    asked = await sim.animate(sim.ada)
    await walled(sim)
    pressed = await sim.ada.click(asked.response, label="Go on anyway")
    assert pressed.followups[0].content.endswith("has to allow me: Attach Files.")
    assert jobs(sim) == []


async def test_tweak_opens_a_form_filled_in_with_what_was_asked(sim: Sim) -> None:
    await delivered(sim, prompt="gentle smile", style="loose")
    pressed = await press(sim, sim.ada, "Tweak")
    assert pressed.modal is not None
    filled_in = [each["component"] for each in pressed.modal["components"]]
    assert filled_in[0]["value"] == "gentle smile"
    chosen = [each["value"] for each in filled_in[1]["options"] if each.get("default")]
    assert chosen == ["loose"]


async def test_a_form_of_somebody_elses_clip_is_not_shown(sim: Sim) -> None:
    """It holds their prompt."""
    await delivered(sim, prompt="gentle smile")
    pressed = await press(sim, sim.ben, "Tweak")
    assert pressed.modal is None
    assert said(pressed) == "Only the person who asked for it can do that."


async def test_a_form_that_was_sent_changes_what_it_says_and_nothing_else(sim: Sim) -> None:
    await delivered(sim, prompt="gentle smile", seed=7)
    pressed = await press(sim, sim.ada, "Tweak")
    assert pressed.modal is not None
    ids = [each["component"]["custom_id"] for each in pressed.modal["components"]]
    prompt, style, sampler, res, options = ids
    await sim.ada.submit_modal(
        pressed,
        {
            prompt: "a wink",
            style: ["fine"],
            sampler: ["auto"],
            res: ["512"],
            options: "frames:33",
        },
    )
    assert jobs(sim)[1].options == {"prompt": "a wink", "seed": "7", "res": "512", "frames": "33"}


async def test_forms_that_were_open_over_a_restart_are_taken_all_the_same(sim: Sim) -> None:
    job = await delivered(sim, prompt="gentle smile")
    tweak, report = await press(sim, sim.ada, "Tweak"), await press(sim, sim.ben, "Report")
    await sim.restart()
    form = {"prompt": "a wink", "style": ["fine"], "sampler": ["auto"], "res": ["768"]}
    await sim.ada.submit_modal(tweak, form)
    assert jobs(sim)[1].options == {"prompt": "a wink"}
    sent = await sim.ben.submit_modal(report, {"reason": "this is my face"})
    assert said(sent).startswith("Thank you.")
    assert [one.reason for one in await sim.house.reports.of_job(job.id)] == ["this is my face"]


async def test_a_form_is_in_its_persons_language(sim: Sim) -> None:
    await delivered(sim)
    await sim.house.settings.change_person(
        f"discord:{sim.ada.id}", sim.house.clock.now(), language="zh"
    )
    opened = await press(sim, sim.ada, "Tweak")
    assert opened.modal is not None
    labels = [each["label"] for each in opened.modal["components"]]
    assert labels == ["提示词", "风格", "采样器", "大小", "更多设置"]
    styles = [one["label"] for one in opened.modal["components"][1]["component"]["options"]]
    assert styles == ["精细", "松散", "卡通"]


async def test_formats_are_offered_and_handed_over_to_their_person_alone(sim: Sim) -> None:
    await delivered(sim)
    offered = await press(sim, sim.ada, "Formats")
    assert offered.ephemeral
    assert {"gif", "webp", "apng", "sheet"} <= set(buttons(offered.response))
    handed = await sim.ada.click(offered.response, label="gif")
    assert handed.ephemeral
    assert handed.response is not None
    assert [file.filename for file in handed.response.attachments] == ["sketchlife.gif"]


@pytest.mark.parametrize("label", ["Expression curve", "Key frames"])
async def test_drawings_of_a_clip_are_handed_over_as_pictures(sim: Sim, label: str) -> None:
    await delivered(sim)
    handed = await press(sim, sim.ada, label)
    assert handed.response is not None
    assert [file.filename for file in handed.response.attachments] == ["sketchlife.png"]


async def test_a_clip_is_shared_and_taken_back_and_stays_on_its_card(sim: Sim) -> None:
    job = await delivered(sim)
    await press(sim, sim.ada, "Share")
    share = await sim.house.shares.get(job.id)
    assert share is not None and share.home == job.origin.home
    assert len(sim.card.attachments) == 1
    await press(sim, sim.ada, "Stop sharing")
    assert len(sim.card.attachments) == 1


async def test_delete_takes_the_clip_away_and_undo_brings_it_back(sim: Sim) -> None:
    await delivered(sim)
    await press(sim, sim.ada, "Delete")
    assert sim.card.attachments == []
    await sim.restart()
    await press(sim, sim.ada, "Undo")
    assert len(sim.card.attachments) == 1
    assert sim.card.content.startswith("**Your sketch is alive**")


async def test_a_report_hides_the_clip_and_keeps_what_was_written(sim: Sim) -> None:
    job = await delivered(sim)
    asked = await press(sim, sim.ben, "Report")
    assert asked.modal is not None
    (reason,) = [each["component"]["custom_id"] for each in asked.modal["components"]]
    sent = await sim.ben.submit_modal(asked, {reason: "this is my face"})
    assert said(sent).startswith("Thank you.")
    assert sim.card.attachments == []
    (report,) = await sim.house.reports.of_job(job.id)
    assert (report.reason, report.decision) == ("this is my face", None)


async def test_those_who_look_after_the_place_decide_about_a_report(sim: Sim) -> None:
    job = await delivered(sim)
    moderator = sim.moderator("mo")
    await sim.change_place(moderators=str(sim.back_room.id))
    asked = await press(sim, sim.ben, "Report")
    assert asked.modal is not None
    (reason,) = [each["component"]["custom_id"] for each in asked.modal["components"]]
    await sim.ben.submit_modal(asked, {reason: ""})
    case = sim.back_room.last_message
    assert case is not None and case.attachments
    await moderator.click(case, label="Keep")
    (report,) = await sim.house.reports.of_job(job.id)
    assert report.decision is Decision.KEEP
    assert len(sim.card.attachments) == 1


async def test_a_star_in_the_gallery_is_counted_on_the_copy(sim: Sim) -> None:
    job = await delivered(sim)
    await sim.change_place(gallery=str(sim.back_room.id))
    await press(sim, sim.ada, "Share")
    copy = sim.back_room.last_message
    assert copy is not None and len(copy.attachments) == 1
    (star,) = [id for id in buttons(copy).values() if id.startswith("star:")]
    await sim.ben.click(copy, custom_id=star)
    share = await sim.house.shares.get(job.id)
    assert share is not None and share.stars == 1


@pytest.mark.parametrize("rules", [HouseRules(renderer=Renderer.MODEL)])
async def test_who_does_not_wait_for_the_model_gets_a_preview(sim: Sim) -> None:
    sim.house.engine.troubles[Renderer.MODEL] = Trouble("model-starting")
    await sim.animate(sim.ada)
    await press(sim, sim.ada, "Preview now")
    assert jobs(sim)[0].renderer is Renderer.PREVIEW


async def test_without_eyes_one_tap_goes_on_and_a_second_one_makes_no_second_job(
    sim: Sim,
) -> None:
    sim.house.engine.faces = ()
    asked = await sim.animate(sim.ada)
    assert "Go on anyway?" in said(asked)
    question = asked.response
    assert question is not None
    await sim.restart()
    custom_id = buttons(question)["Go on anyway"]
    await sim.ada.click(question, custom_id=custom_id)
    assert said(asked) == f"Here it is: {sim.card.jump_url}"
    assert len(jobs(sim)) == 1


async def test_a_button_is_acknowledged_before_anybody_is_asked_who_pressed_it(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In private that is a question to Discord, which may take longer than it waits."""
    await sim.animate(sim.ada)

    async def away(*_: object) -> None:
        raise StoreError

    monkeypatch.setattr(sim.house.settings, "person", away)
    pressed = await press(sim, sim.ada, "Cancel")
    assert len(pressed.followups) == 1, "its first answer was that it was heard"


async def test_a_button_of_another_time_is_no_alarm(sim: Sim) -> None:
    await sim.animate(sim.ada)
    sim.house.jobs.rows.clear()
    pressed = await press(sim, sim.ada, "Cancel")
    (told,) = pressed.followups
    assert told.content.startswith("This clip is not here any more.")

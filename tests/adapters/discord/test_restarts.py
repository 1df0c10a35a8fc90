"""Every button there is, pressed on a message that the running bot has never seen, in both
languages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.card import Action
from bot.cards.endings import BUTTONS
from bot.clip import Renderer, Trouble
from bot.door.rules import HouseRules
from bot.inspection import PictureKind
from bot.job import JobStatus
from bot.reports import Decision
from tests.adapters.discord.sim import SKETCH, Sim, buttons
from tests.fakes.engine import FACE

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# what leaves the others in their places comes first
OF_A_CLIP = (
    *(Action.CURVE, Action.KEY_FRAMES, Action.FORMATS, Action.TWEAK, Action.REPORT),
    *(Action.SHARE, Action.WEB, Action.UNSHARE, Action.AGAIN, Action.LOOP, Action.GENTLE),
    *(Action.DELETE, Action.UNDELETE),
)


@pytest.fixture(params=["en", "zh"])
async def language(request: pytest.FixtureRequest, sim: Sim) -> str:
    """Of the place and of its people."""
    await sim.change_place(language=request.param, moderators=str(sim.back_room.id))
    for who in (sim.ada, sim.ben):
        await speaks(sim, who, request.param)
    return str(request.param)


async def speaks(sim: Sim, who: MemberActor, language: str) -> None:
    now = sim.house.clock.now()
    await sim.house.settings.change_person(f"discord:{who.id}", now, language=language)


async def press(sim: Sim, who: MemberActor, action: Action, on: Any) -> InteractionResult:
    """By a bot that was just started."""
    await sim.restart()
    (custom_id,) = [id for id in buttons(on).values() if id.split(":")[0] == action]
    return await who.click(on, custom_id=custom_id)


def read(pressed: InteractionResult) -> list[str]:
    """All that its person reads because of it."""
    answers = [each.content for each in (pressed.response, *pressed.followups) if each]
    form = [pressed.modal["title"]] if pressed.modal else []
    return [text for text in answers + form if text]


def test_no_button_of_a_clip_is_left_out() -> None:
    assert set(OF_A_CLIP) == set(BUTTONS)


async def test_every_button_of_a_clip(sim: Sim, language: str) -> None:
    await sim.animate(sim.ada)
    await sim.finished()
    for action in OF_A_CLIP:
        who = sim.ben if action is Action.REPORT else sim.ada
        pressed = await press(sim, who, action, sim.cards[0])
        told = read(pressed)
        assert all(bool(CHINESE.search(text)) is (language == "zh") for text in told), action
        assert not pressed.followups, f"{action} was refused"
    assert len(sim.house.jobs.rows) == 4
    assert sim.cards[0].attachments, "it was deleted and brought back"


async def test_cancel(sim: Sim, language: str) -> None:
    await sim.animate(sim.ada)
    await press(sim, sim.ada, Action.CANCEL, sim.card)
    assert only_status(sim) is JobStatus.CANCELLED


@pytest.mark.parametrize("rules", [HouseRules(renderer=Renderer.MODEL)])
async def test_a_preview_instead(sim: Sim, language: str) -> None:
    sim.house.engine.troubles[Renderer.MODEL] = Trouble("model-starting")
    await sim.animate(sim.ada)
    await press(sim, sim.ada, Action.PREVIEW, sim.card)
    (job,) = sim.house.jobs.rows.values()
    assert job.renderer is Renderer.PREVIEW


async def without_eyes(sim: Sim) -> InteractionResult:
    sim.house.engine.faces = ()
    return await sim.animate(sim.ada)


async def with_two_faces(sim: Sim) -> InteractionResult:
    sim.house.engine.faces = (FACE,) * 2
    return await sim.animate(sim.ada)


async def too_large(sim: Sim) -> InteractionResult:
    return await sim.animate(sim.ada, frames=49, res=1024)


async def a_photo(sim: Sim) -> InteractionResult:
    sim.house.engine.kind = PictureKind.PHOTO
    return await sim.animate(sim.ada)


@pytest.mark.parametrize(
    ("ask", "action"),
    [
        (without_eyes, Action.GO_ON),
        (with_two_faces, Action.CROP),
        (too_large, Action.CHANGE),
        (a_photo, Action.CONSENT),
    ],
)
async def test_a_way_out_of_a_question(
    sim: Sim,
    language: str,
    ask: Callable[[Sim], Awaitable[InteractionResult]],
    action: Action,
) -> None:
    asked = await ask(sim)
    assert bool(CHINESE.search(read(asked)[0])) is (language == "zh")
    await sim.restart()
    ids = buttons(asked.response).values()
    first = next(id for id in ids if id.split(":")[0] == action)
    await sim.ada.click(asked.response, custom_id=first)
    assert only_status(sim) is JobStatus.QUEUED
    assert bool(CHINESE.search(read(asked)[0])) is (language == "zh")


@pytest.mark.parametrize(
    ("action", "queued"), [(Action.ALLOW, 1), (Action.DENY, 0), (Action.NEVER, 0)]
)
async def test_what_an_author_answers(sim: Sim, language: str, action: Action, queued: int) -> None:
    shown = await sim.ben.send(sim.channel, "mine", attachments=[SKETCH])
    await sim.ada.context_menu(sim.channel, "Animate", shown)
    pressed = await press(sim, sim.ben, action, sim.card)
    assert not pressed.followups
    assert len(sim.house.jobs.rows) == queued
    assert bool(CHINESE.search(sim.card.content)) is (language == "zh")


async def test_a_star(sim: Sim, language: str) -> None:
    await sim.change_place(gallery=str(sim.back_room.id))
    await sim.animate(sim.ada)
    await sim.finished()
    await press(sim, sim.ada, Action.SHARE, sim.card)
    await press(sim, sim.ben, Action.STAR, sim.back_room.last_message)
    (job_id,) = sim.house.jobs.rows
    share = await sim.house.shares.get(job_id)
    assert share is not None and share.stars == 1


@pytest.mark.parametrize("decision", [Decision.KEEP, Decision.REMOVE])
async def test_a_decision(sim: Sim, language: str, decision: Decision) -> None:
    await sim.animate(sim.ada)
    await sim.finished()
    asked = await press(sim, sim.ben, Action.REPORT, sim.card)
    await sim.ben.submit_modal(asked, {"reason": "my face"})
    pressed = await press(sim, sim.moderator("mo"), Action(decision), sim.back_room.last_message)
    assert not pressed.followups
    assert bool(sim.card.attachments) is (decision is Decision.KEEP)


async def test_a_block(sim: Sim, language: str) -> None:
    """Offered where the operator sits, who alone may."""
    boss, rules = sim.moderator("boss"), sim.house.rules
    operator = {
        "operators": frozenset({f"discord:{boss.id}"}),
        "operator_place": f"discord:{sim.back_room.id}",
    }
    sim.house.rules = replace(rules, house=replace(rules.house, **operator))
    sim.house = sim.house.restarted()
    await sim.restart()
    await sim.animate(sim.ada)
    await sim.house.until(lambda: bool(sim.house.jobs.rows))
    await sim.finished()
    asked = await press(sim, sim.ben, Action.REPORT, sim.card)
    await sim.ben.submit_modal(asked, {"reason": "my face"})
    await press(sim, boss, Action.BLOCK, sim.back_room.last_message)
    assert not sim.card.attachments
    assert await sim.house.reports.is_blocked(f"discord:{sim.ada.id}")


def only_status(sim: Sim) -> JobStatus:
    (job,) = sim.house.jobs.rows.values()
    return job.status

"""The table of actions, walked through whole: what each does in every phase, for everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.card import Action
from bot.cards.endings import BUTTONS
from bot.clip import Drawing
from bot.clips.actions import RULES, Phase, Role, phase_of
from bot.errors import JobGoneError, NotAllowedError, PersonError
from bot.job import Job
from bot.origin import Origin
from bot.reports import Decision
from bot.request import ClipFormat
from bot.service import Service
from bot.texts import LANGUAGES, Texts
from tests.bot.making import CLEO, DAN, MODERATOR, OPERATOR, in_phase
from tests.fakes.house import ADA, BEN, FakeHouse, build

WHO = {
    Role.OWNER: ADA,
    Role.AUTHOR: CLEO,
    Role.MODERATOR: MODERATOR,
    Role.OPERATOR: OPERATOR,
    Role.DELETER: DAN,
    Role.OTHER: BEN,
}
DECISIONS = (Action.KEEP, Action.REMOVE, Action.BLOCK)
Deed = Callable[[Service, str, Origin], Awaitable[Any]]
DEEDS: dict[Action, Deed] = {
    Action.CANCEL: lambda service, job_id, by: service.cancel(job_id, by),
    Action.PREVIEW: lambda service, job_id, by: service.preview_instead(job_id, by),
    Action.AGAIN: lambda service, job_id, by: service.clips.again(job_id, by),
    Action.TWEAK: lambda service, job_id, by: service.clips.tweak(job_id, by, {"frames": "9"}),
    Action.GENTLE: lambda service, job_id, by: service.clips.gentle(job_id, by),
    Action.LOOP: lambda service, job_id, by: service.clips.loop(job_id, by),
    Action.FORMATS: lambda service, job_id, by: service.clips.file_of(job_id, by, ClipFormat.GIF),
    Action.CURVE: lambda service, job_id, by: service.clips.drawing_of(
        job_id, by, Drawing.CURVES_PNG
    ),
    Action.KEY_FRAMES: lambda service, job_id, by: service.clips.drawing_of(
        job_id, by, Drawing.KEY_FRAMES
    ),
    Action.SHARE: lambda service, job_id, by: service.gallery.share(job_id, by),
    Action.UNSHARE: lambda service, job_id, by: service.gallery.unshare(job_id, by),
    Action.WEB: lambda service, job_id, by: service.gallery.show_on_web(job_id, by, True),
    Action.STAR: lambda service, job_id, by: service.gallery.star(job_id, by),
    Action.DELETE: lambda service, job_id, by: service.clips.delete(job_id, by),
    Action.UNDELETE: lambda service, job_id, by: service.clips.undelete(job_id, by),
    Action.REPORT: lambda service, job_id, by: service.moderation.report(job_id, by, "no"),
    Action.KEEP: lambda service, job_id, by: service.moderation.decide(job_id, by, Decision.KEEP),
    Action.REMOVE: lambda service, job_id, by: service.moderation.decide(
        job_id, by, Decision.REMOVE
    ),
    Action.BLOCK: lambda service, job_id, by: service.moderation.decide(job_id, by, Decision.BLOCK),
}


def is_theirs(action: Action, phase: Phase, role: Role) -> bool:
    """Everybody but the owner is somebody else besides; Dan deleted nothing but what is deleted."""
    roles = {role} if role is Role.OWNER else {role, Role.OTHER}
    if phase is not Phase.DELETED:
        roles.discard(Role.DELETER)
    return bool(roles & RULES[action].who)


async def phase_in(house: FakeHouse, job: Job) -> Phase:
    return phase_of(house.jobs.rows[job.id], await house.shares.get(job.id))


def test_every_action_of_the_table_has_a_deed_and_every_button_a_row() -> None:
    assert DEEDS.keys() == RULES.keys()
    assert set(BUTTONS) <= RULES.keys()


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("action", RULES)
async def test_an_action_leads_where_the_table_says_or_is_refused_with_a_sentence(
    tmp_path: Path, action: Action, phase: Phase
) -> None:
    rule = RULES[action]
    for role, person in WHO.items():
        house = build(tmp_path / role)
        job = await in_phase(house, phase, reported=action in DECISIONS)
        before = house.jobs.rows[job.id]
        if is_theirs(action, phase, role) and phase in rule.when:
            await DEEDS[action](house.service, job.id, person)
            was = Phase.DONE if action is Action.KEEP and phase is Phase.HIDDEN else phase
            assert await phase_in(house, job) is (rule.leads_to or was), role
        else:
            theirs = is_theirs(action, phase, role)
            with pytest.raises(JobGoneError if theirs else NotAllowedError) as refused:
                await DEEDS[action](house.service, job.id, person)
            assert house.jobs.rows[job.id] == before, role
            said = {say(language, refused.value) for language in LANGUAGES}
            assert len(said) == len(LANGUAGES)


def say(language: str, error: PersonError) -> str:
    return Texts(language).say(error.key, **error.args_of_text)


async def test_no_card_has_a_button_that_its_owner_or_anybody_else_is_refused(
    tmp_path: Path,
) -> None:
    for phase in (Phase.DONE, Phase.SHARED, Phase.HIDDEN, Phase.DELETED, Phase.ENDED, Phase.GONE):
        house = build(tmp_path / phase)
        job = await in_phase(house, phase)
        await house.core.showing.tell(job.id)
        (card,) = house.messenger.of_job(job.id)
        for button in card.buttons:
            assert phase in RULES[button.action].when

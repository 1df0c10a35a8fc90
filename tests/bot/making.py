"""People around a clip, the clip in each phase of its life, and what fails on the way there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from bot.clips.actions import Phase
from bot.job import Job, JobStatus
from bot.origin import Origin, Rights
from bot.preferences import PlaceSettings, Whose
from tests.fakes.house import ADA, BEN, FakeHouse

CLEO = replace(BEN, person="cleo")  # drew what Ada has animated
DAN = replace(BEN, person="dan")
EVE = replace(BEN, person="eve")
MODERATOR = replace(BEN, person="mo", rights=Rights(moderator=True))
OPERATOR = Origin(platform="fake", place="home", person="op", rights=Rights(operator=True))
OF_CLEO = replace(ADA, author="cleo", author_name="Cleo", person_name="Ada")
STUDIO = ADA.home


def let_everybody(house: FakeHouse, **settings: object) -> None:
    """Anybody's picture may be animated in the studio."""
    changed = {"whose_pictures": Whose.FREE, **settings}
    house.settings.places[STUDIO] = replace(PlaceSettings(), **changed)


async def delivered(house: FakeHouse, origin: Origin = ADA, **options: str) -> Job:
    async with house.at_work():
        card = await house.submit(origin, **options)
        await house.until_status(card.job_id, JobStatus.DELIVERED)
    return await house.job(card)


async def in_phase(house: FakeHouse, phase: Phase, *, reported: bool = False) -> Job:
    """Ada's clip of Cleo's picture, brought there as people would, as far as they can; a deleted
    one was deleted by Dan, and `reported` before."""
    let_everybody(house)
    service, status = house.service, None
    match phase:
        case Phase.DRAWING:
            status = JobStatus.RUNNING
        case Phase.FINISHING:
            status = JobStatus.RENDERED
    if status is not None or phase in (Phase.WAITING, Phase.ENDED):
        job = await house.job(await house.submit(OF_CLEO))
        if status is not None:
            house.jobs.rows[job.id] = replace(job, status=status)
        elif phase is Phase.ENDED:
            await service.cancel(job.id, ADA)
        return house.jobs.rows[job.id]
    job = await delivered(house, OF_CLEO)
    if phase is Phase.SHARED:
        await service.gallery.share(job.id, ADA)
    if phase is Phase.HIDDEN or (reported and phase is Phase.DELETED):
        await service.moderation.report(job.id, EVE)
    if phase is Phase.DELETED:
        await service.clips.delete(job.id, ADA)
        house.jobs.rows[job.id] = replace(house.jobs.rows[job.id], deleted_by=DAN.owner)
    if phase is Phase.GONE:
        await house.jobs.save(job.id, files_gone_at=house.clock.now(), told=False)
    return house.jobs.rows[job.id]


def once(
    wrong: BaseException, right: Callable[..., Coroutine[Any, Any, Any]]
) -> Callable[..., Coroutine[Any, Any, Any]]:
    """A method that fails the first time."""
    left = [wrong]

    async def method(*args: Any, **options: Any) -> Any:
        if left:
            raise left.pop()
        return await right(*args, **options)

    return method

"""From submit to delivery around an engine that takes no time: what the house itself adds.

The peer hands the same upload through the same engine and messenger by a bare `asyncio.Queue`: no
table, no rules, nothing that outlives a crash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.house import house_without_workers, person, sketch_in
from bench.sizes import Sizes
from bench.table import Figure, Sample, Table, percentile
from bot.asking.asking import make_request
from bot.card import Card, CardState
from bot.clip import EncodeOrder, Renderer, RenderOrder
from bot.origin import Origin
from tests.fakes.engine import FakeEngine
from tests.fakes.messenger import FakeMessenger

Way = Callable[[Origin], Awaitable[None]]


@dataclass
class Audience(FakeMessenger):
    """Notices when a clip has come."""

    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def edit(self, origin: Origin, ref: str, card: Card) -> None:
        await super().edit(origin, ref, card)
        if card.clip is not None:
            self.came.set()


async def measure(sizes: Sizes, folder: Path) -> Table:
    audience, sketch = Audience(), sketch_in(folder)
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    async with (
        _house_at_work(folder, audience, sketch) as house,
        _bare_queue(folder, audience, sketch) as bare,
    ):
        for way in (house, bare):  # the first one pays for what is made once
            await _seconds(way, audience, 1)
        for _ in range(sizes.rounds):
            ours.append(await _seconds(house, audience, sizes.jobs_a_round))
            theirs.append(await _seconds(bare, audience, sizes.jobs_a_round))
    return Table(
        "Submit to delivery",
        f"{sizes.rounds} × {sizes.jobs_a_round} jobs one after another, SQLite file, fake engine "
        "and messenger. The aims hold for what is added to the bare queue.",
        [
            _figure("p50", ours, theirs, 50),
            _figure("p99", ours, theirs, 99),
            Figure(what="added, p50", ours=_added(ours, theirs, 50), aim="< 20 ms"),
            Figure(what="added, p99", ours=_added(ours, theirs, 99), aim="< 100 ms"),
        ],
    )


def _figure(what: str, ours: list[list[float]], theirs: list[list[float]], percent: int) -> Figure:
    return Figure(
        what=what,
        ours=_sample(ours, percent),
        peer="a bare asyncio.Queue",
        theirs=_sample(theirs, percent),
    )


def _sample(rounds: list[list[float]], percent: int) -> Sample:
    return Sample.of((percentile(one, percent) * 1e3 for one in rounds), "ms")


def _added(ours: list[list[float]], theirs: list[list[float]], percent: int) -> Sample:
    pairs = zip(_sample(ours, percent).values, _sample(theirs, percent).values, strict=True)
    return Sample.of((one - other for one, other in pairs), "ms")


async def _seconds(way: Way, audience: Audience, jobs: int) -> list[float]:
    taken = []
    for number in range(jobs):
        audience.came.clear()
        started = time.perf_counter()
        await way(person(audience, number))
        await audience.came.wait()
        taken.append(time.perf_counter() - started)
    return taken


@asynccontextmanager
async def _house_at_work(folder: Path, audience: Audience, sketch: Path) -> AsyncIterator[Way]:
    async with house_without_workers(folder / "data", audience) as house:

        async def submit(origin: Origin) -> None:
            await house.service.submit(sketch, origin, {})

        work = asyncio.create_task(house.work())
        try:
            yield submit
        finally:
            house.dispatcher.stop()
            await work


@asynccontextmanager
async def _bare_queue(folder: Path, audience: Audience, sketch: Path) -> AsyncIterator[Way]:
    queue: asyncio.Queue[tuple[Origin, str]] = asyncio.Queue()

    async def submit(origin: Origin) -> None:
        job_id = str(len(audience.cards))
        ref = await audience.post(origin, _card(job_id, CardState.QUEUED), nonce=job_id)
        await queue.put((origin, ref))

    work = asyncio.create_task(_serve(queue, folder, audience, sketch))
    try:
        yield submit
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _serve(
    queue: asyncio.Queue[tuple[Origin, str]], folder: Path, audience: Audience, sketch: Path
) -> None:
    engine, asked = FakeEngine(), make_request({})
    while True:
        origin, ref = await queue.get()
        seen = await engine.inspect(sketch, folder)
        order = RenderOrder(
            job_id=ref,
            renderer=Renderer.PREVIEW,
            picture=seen.picture,
            folder=folder,
            request=asked.request,
            width=seen.width,
            height=seen.height,
        )
        clip = await engine.render(order, lambda news: None)
        await engine.measure(clip)
        file = await engine.encode(
            clip, EncodeOrder(format=asked.request.format, target=folder / "clip.mp4")
        )
        await audience.edit(origin, ref, _card(ref, CardState.DONE, clip=file))


def _card(job_id: str, state: CardState, **fields: object) -> Card:
    return Card(job_id=job_id, state=state, locale="en", title=state.value, **fields)  # type: ignore[arg-type]

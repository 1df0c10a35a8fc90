"""The statements of the queue: room and turn for a new job, the claim, the place in line.

They obey `bot.queue.fairness`. Turns and the claim read a few index entries, however many jobs
wait; what has to be counted is counted from an index alone, 10,000 of them in half a millisecond.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Integer,
    ScalarSelect,
    Text,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
    update,
)

from adapters.db.columns import Choice, Instant
from adapters.db.tables import IS_QUEUED, IS_RUNNING, USED_ITS_TURN, WAS_CLAIMED, jobs
from bot.clip import Renderer
from bot.job import JobStatus

_renderer = bindparam("of_renderer", type_=Choice(Renderer))
_owner = bindparam("of_owner", type_=Text)
_folder = bindparam("of_folder", type_=Text)
_turn = bindparam("of_turn", type_=Integer)
_now = bindparam("now", type_=Instant)
_waiting = jobs.alias("waiting")
_running = jobs.alias("running")


def _count_up_to(limit: str, *conditions: object) -> ScalarSelect[int]:
    """How many rows there are, counted no further than the limit that is asked about."""
    rows = select(literal(1)).select_from(jobs).where(*conditions).limit(bindparam(limit))  # type: ignore[arg-type]
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def _largest_turn(*conditions: object) -> ScalarSelect[int]:
    return select(func.max(jobs.c.turn)).where(*conditions).scalar_subquery()  # type: ignore[arg-type]


# A queue is of a renderer and of the data folder that its bot works in: whoever waits for a bot
# that is gone waits for no other.
_is_here = jobs.c.folder == _folder
_of_queue = (_is_here, jobs.c.renderer == _renderer)
_current = _largest_turn(WAS_CLAIMED, *_of_queue).label("current")
_last = _largest_turn(USED_ITS_TURN, *_of_queue, jobs.c.owner == _owner).label("last")

# of_folder, of_owner, of_renderer -> current, last
TURNS = select(_current, _last)

# of_folder, of_owner, of_renderer, per_person, in_all -> of_person, in_all, current, last
ROOM_AND_TURN = select(
    _count_up_to("per_person", IS_QUEUED, _is_here, jobs.c.owner == _owner).label("of_person"),
    _count_up_to("in_all", IS_QUEUED, _is_here).label("in_all"),
    _current,
    _last,
)

_busy_owners = (
    select(_running.c.owner)
    .where(IS_RUNNING, _running.c.folder == _folder)
    .group_by(_running.c.owner)
    .having(func.count() >= bindparam("per_person"))
)

_next = (
    select(_waiting.c.id)
    .where(
        IS_QUEUED,
        _waiting.c.folder == _folder,
        _waiting.c.renderer == _renderer,
        _waiting.c.platform.in_(bindparam("platforms", expanding=True)),
        _waiting.c.created_at >= bindparam("oldest", type_=Instant),
        _waiting.c.owner.not_in(_busy_owners),
    )
    .order_by(_waiting.c.turn, _waiting.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)  # PostgreSQL: two claims at once take two jobs
    .scalar_subquery()
)

_waited_us = type_coerce(_now - jobs.c.queued_at, BigInteger)

# of_folder, of_renderer, platforms, oldest, per_person, by, until, now -> the job's row, or none
CLAIM = (
    update(jobs)
    .where(jobs.c.id == _next)
    .values(
        status=JobStatus.RUNNING,
        instance=bindparam("by"),
        lease_until=bindparam("until", type_=Instant),
        claimed_at=_now,
        attempts=jobs.c.attempts + 1,
        queued_s=jobs.c.queued_s + _waited_us / 1e6,
    )
    .returning(*jobs.c)
)


def _count(*conditions: object) -> ScalarSelect[int]:
    return select(func.count()).where(IS_QUEUED, *_of_queue, *conditions).scalar_subquery()  # type: ignore[arg-type]


# of_folder, of_renderer, of_turn, before_id -> how many come first: those of earlier turns, then
# those of the same. (turn, id) < (?, ?) would be shorter, and takes SQLite half as long again.
AHEAD = select(
    _count(jobs.c.turn < _turn) + _count(jobs.c.turn == _turn, jobs.c.id < bindparam("before_id"))
)

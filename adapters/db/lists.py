"""Which jobs are in which list, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select

from adapters.db.tables import (
    HAS_AUTHOR,
    HAS_FILES,
    IS_DELETED,
    IS_QUEUED,
    IS_RUNNING,
    IS_UNTOLD,
    jobs,
    shares,
)
from bot.clip import Renderer
from bot.job import JobStatus

ENDED = [status for status in JobStatus if status.ended]
UNENDED = [status for status in JobStatus if not status.ended]


def waiting(renderer: Renderer | None, limit: int | None) -> Select[Any]:
    queued = select(jobs).where(IS_QUEUED).order_by(jobs.c.turn, jobs.c.id).limit(limit)
    return queued.where(jobs.c.renderer == renderer) if renderer else queued


def running() -> Select[Any]:
    return select(jobs).where(IS_RUNNING).order_by(jobs.c.id)


def under_way() -> Select[Any]:
    """By renderer and state: how many, and when the first of them was asked for."""
    counted = select(jobs.c.renderer, jobs.c.status, func.count(), func.min(jobs.c.created_at))
    unended = counted.where(jobs.c.status.in_(UNENDED))
    return unended.group_by(jobs.c.renderer, jobs.c.status).order_by(jobs.c.renderer, jobs.c.status)


def untold(platforms: Sequence[str]) -> Select[Any]:
    here = select(jobs).where(IS_UNTOLD, jobs.c.platform.in_(platforms))
    return here.where(jobs.c.status.in_(ENDED)).order_by(jobs.c.id)


def of_person(owner: str, limit: int | None = None, offset: int | None = None) -> Select[Any]:
    own = select(jobs).where(jobs.c.owner == owner).limit(limit).offset(offset)
    return own.order_by(jobs.c.created_at.desc(), jobs.c.id.desc())


def of_author(drawn_by: str) -> Select[Any]:
    platform, _, author = drawn_by.partition(":")
    of_others = jobs.c.person != jobs.c.author
    drawn = select(jobs).where(
        HAS_AUTHOR, jobs.c.author == author, jobs.c.platform == platform, of_others
    )
    return drawn.order_by(jobs.c.created_at.desc(), jobs.c.id.desc())


def overdue(platforms: Sequence[str], before: datetime, limit: int) -> Select[Any]:
    late = select(jobs).where(IS_QUEUED, jobs.c.platform.in_(platforms), jobs.c.created_at < before)
    return late.limit(limit).order_by(jobs.c.created_at, jobs.c.id)


def with_files(before: datetime, limit: int) -> Select[Any]:
    kept = select(jobs).where(HAS_FILES, jobs.c.ended_at < before).limit(limit)
    shared = exists().where(shares.c.job_id == jobs.c.id)
    return kept.where(~shared).order_by(jobs.c.ended_at, jobs.c.id)


def deleted(before: datetime, limit: int) -> Select[Any]:
    thrown_away = select(jobs).where(IS_DELETED, jobs.c.deleted_at < before).limit(limit)
    return thrown_away.order_by(jobs.c.deleted_at, jobs.c.id)

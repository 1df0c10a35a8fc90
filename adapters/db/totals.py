"""Sums over usage records in one statement, a row for each renderer and outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from adapters.db.tables import usage
from bot.watch.totals import EDGES_S, STAGES, Spent, Total


def totals(since: datetime, before: datetime | None) -> Select[Any]:
    found = select(usage.c.renderer, usage.c.outcome, func.count(), *_sums())
    found = found.where(usage.c.ended_at >= since)
    if before is not None:
        found = found.where(usage.c.ended_at < before)
    return found.group_by(usage.c.renderer, usage.c.outcome).order_by(
        usage.c.renderer, usage.c.outcome
    )


def total_of(row: Row[Any]) -> Total:
    renderer, outcome, jobs, *sums = tuple[Any, ...](row)
    width = 1 + len(EDGES_S)
    parts = (sums[start : start + width] for start in range(0, len(sums), width))
    spent = {
        stage: Spent(float(part[0]), tuple(map(int, part[1:])))
        for stage, part in zip(STAGES, parts, strict=True)
    }
    return Total(renderer, outcome, jobs, spent)


def _sums() -> list[ColumnElement[Any]]:
    sums: list[ColumnElement[Any]] = []
    for stage in STAGES:
        seconds = usage.c[stage]
        sums.append(func.sum(seconds))
        sums += [func.sum(case((seconds <= edge, 1), else_=0)) for edge in EDGES_S]
    return sums

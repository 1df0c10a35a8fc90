"""A bot that is killed at any moment leaves no GPU second without its job, and no job without its
seconds."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.db.database import Database
from tests.adapters.db.spender import LIMITS

KILLS = 10
MOST_STEPS = 60
FEW_STEPS_S = 0.01  # so that the kill comes anywhere in a step
ROOT = Path(__file__).parents[3]

# What a row of each would be: something that only half happened.
HALVES = {
    "a charge without its job": """
        SELECT job_id FROM charges WHERE job_id NOT IN (SELECT id FROM jobs)""",
    "a job that costs and is charged to nobody": """
        SELECT id FROM jobs WHERE cost_s > 0 AND id NOT IN (SELECT job_id FROM charges)""",
    "a job that ended without its usage, or the other way round": """
        SELECT id FROM jobs
        WHERE (ended_at IS NOT NULL) != (id IN (SELECT job_id FROM usage))""",
    "a charge that is open after the end, or settled before it": """
        SELECT id FROM jobs JOIN charges ON job_id = id
        WHERE cost_s > 0 AND (ended_at IS NULL) != (used_s IS NULL)""",
    "a charge that is not what its usage says": """
        SELECT c.job_id FROM charges c JOIN usage u ON c.job_id = u.job_id
        WHERE coalesce(used_s, -1) <> charged_s""",
    "a job that was handed over and still costs": """
        SELECT id FROM jobs JOIN charges ON job_id = id
        WHERE renderer = 'preview' AND (cost_s > 0 OR coalesce(used_s, -1) <> 0)""",
    "a day below nothing or beyond its ceiling": f"""
        SELECT day FROM charges GROUP BY person, day
        HAVING sum(coalesce(used_s, set_aside_s)) NOT BETWEEN 0 AND {LIMITS.gpu_s_per_day}""",
}


@pytest.mark.slow
def test_whenever_a_bot_is_killed_every_charge_has_its_job_and_every_job_its_charge(
    any_url: str,
) -> None:
    chance = random.Random(11)
    for kill in range(KILLS):
        command = [sys.executable, "-m", "tests.adapters.db.spender", any_url, str(kill)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as spender:
            assert spender.stdout is not None
            spender.stdout.read(chance.randint(1, MOST_STEPS))
            with suppress(subprocess.TimeoutExpired):
                spender.wait(chance.uniform(0, FEW_STEPS_S))
            spender.kill()
        assert asyncio.run(_halves(any_url)) == {}
    outcomes = asyncio.run(_rows(any_url, "SELECT DISTINCT status FROM jobs"))
    assert {status for (status,) in outcomes} > {"cancelled", "failed", "queued"}


async def _halves(url: str) -> dict[str, list[Any]]:
    if url.startswith("sqlite"):
        assert await _rows(url, "PRAGMA integrity_check") == [("ok",)]
    found = {what: await _rows(url, sql) for what, sql in HALVES.items()}
    return {what: rows for what, rows in found.items() if rows}


async def _rows(url: str, sql: str) -> list[Any]:
    async with Database(url) as database, database.reading() as connection:
        return list(await connection.execute(text(sql)))

"""Who is being forgotten, as `bot.ports.LeavingStore`."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete, insert, select

from adapters.db import lists
from adapters.db.database import Database, lock_others_out
from adapters.db.journal import Entry, Took
from adapters.db.questions import questions_of
from adapters.db.tables import jobs, leaving, questions
from bot.people.leaving import Leaving


class SqlLeavingStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, person: Leaving) -> None:
        pseudonym = await self._database.pseudonym(person.owner)
        await self._database.journal.note(Entry(Took.FORGOTTEN, pseudonym, person.asked_at))
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            await connection.execute(delete(leaving).where(leaving.c.owner == person.owner))
            await connection.execute(insert(leaving), asdict(person))

    async def all(self) -> list[Leaving]:
        oldest_first = select(leaving).order_by(leaving.c.asked_at, leaving.c.owner)
        async with self._database.reading() as connection:
            rows = (await connection.execute(oldest_first)).all()
        return [Leaving(**row._mapping) for row in rows]

    async def drop(self, person: Leaving) -> bool:
        left = (
            lists.of_person(person.owner).where(jobs.c.created_at <= person.asked_at),
            lists.of_author(person.owner).where(jobs.c.created_at <= person.asked_at),
            questions_of(person.owner).where(questions.c.created_at <= person.asked_at),
        )
        this = leaving.c.owner == person.owner
        gone = delete(leaving).where(this, *(~rows.exists() for rows in left))
        async with self._database.writing() as connection:
            await connection.execute(gone)
            return (await connection.execute(select(leaving.c.owner).where(this))).first() is None

"""Open questions as `bot.ports.QuestionStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select

from adapters.db.database import Database, lock_others_out
from adapters.db.rows import JobRows
from adapters.db.tables import questions
from bot.errors import JobGoneError
from bot.question import Question


class SqlQuestionStore:
    """`root` and `folder` as in `adapters.db.jobs`."""

    def __init__(self, database: Database, root: Path = Path(), folder: str = "") -> None:
        self._database = database
        self._folder = folder
        self._rows = JobRows(root)

    async def put(self, question: Question) -> None:
        async with self._database.writing() as connection:
            await lock_others_out(connection)
            await connection.execute(delete(questions).where(questions.c.id == question.id))
            row = self._rows.question_row(question) | {"folder": self._folder}
            await connection.execute(insert(questions), row)

    async def drop(self, question_id: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(questions).where(questions.c.id == question_id))

    async def get(self, question_id: str) -> Question:
        asked = select(questions).where(questions.c.id == question_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(asked)).one_or_none()
        if row is None:
            raise JobGoneError
        return self._rows.question(row)

    async def of_person(self, owner: str) -> list[Question]:
        return await self._list(questions_of(owner))

    async def older(self, before: datetime, limit: int = 100) -> list[Question]:
        return await self._list(
            select(questions).where(questions.c.created_at < before).limit(limit)
        )

    async def known(self, question_ids: Sequence[str]) -> set[str]:
        asked = select(questions.c.id).where(questions.c.id.in_(question_ids))
        async with self._database.reading() as connection:
            return set((await connection.execute(asked)).scalars())

    async def _list(self, found: Select[Any]) -> list[Question]:
        """Oldest first."""
        here = found.where(questions.c.folder == self._folder)
        oldest_first = here.order_by(questions.c.created_at, questions.c.id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(oldest_first)).all()
        return [self._rows.question(row) for row in rows]


def questions_of(owner: str) -> Select[Any]:
    """Those that a person sent or is asked."""
    theirs = or_(questions.c.owner == owner, questions.c.answers == owner)
    return select(questions).where(theirs)

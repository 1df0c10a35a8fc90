"""Open questions as `bot.ports.QuestionStore`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete, insert, select

from adapters.db.database import Database
from adapters.db.rows import JobRows
from adapters.db.tables import questions
from bot.errors import JobGoneError
from bot.question import Question


class SqlQuestionStore:
    """`root` is the data folder: what lies in it is stored relative to it."""

    def __init__(self, database: Database, root: Path = Path()) -> None:
        self._database = database
        self._rows = JobRows(root)

    async def put(self, question: Question) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(questions).where(questions.c.id == question.id))
            await connection.execute(insert(questions), self._rows.question_row(question))

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

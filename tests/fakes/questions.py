"""Questions in memory: what the contract tests hold beside the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.errors import JobGoneError
from bot.origin import Rights
from bot.question import Question


class FakeQuestionStore:
    def __init__(self) -> None:
        self.rows: dict[str, Question] = {}

    async def put(self, question: Question) -> None:
        origin = replace(question.origin, rights=Rights())
        self.rows[question.id] = replace(question, origin=origin)

    async def drop(self, question_id: str) -> None:
        self.rows.pop(question_id, None)

    async def get(self, question_id: str) -> Question:
        if question_id not in self.rows:
            raise JobGoneError
        return self.rows[question_id]

    async def of_person(self, owner: str) -> list[Question]:
        return self._oldest_first(lambda one: owner in (one.origin.owner, one.answers))

    async def older(self, before: datetime, limit: int = 100) -> list[Question]:
        return self._oldest_first(lambda one: one.created_at < before)[:limit]

    async def known(self, question_ids: Sequence[str]) -> set[str]:
        return set(question_ids) & set(self.rows)

    def _oldest_first(self, wanted: Callable[[Question], bool]) -> list[Question]:
        found = filter(wanted, self.rows.values())
        return sorted(found, key=lambda one: (one.created_at, one.id))

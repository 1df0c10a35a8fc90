"""Jobs, questions and usage records as rows and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from bot.clip import Clip, ClipFile
from bot.job import Job, Timings, UsageRecord
from bot.origin import Origin, Rights
from bot.question import Question

ORIGIN = tuple(field.name for field in fields(Origin) if field.name != "rights")
TIMINGS = tuple(field.name for field in fields(Timings))
OF_JOB = tuple(
    field.name
    for field in fields(Job)
    if field.name not in ("origin", "timings", "picture", "clip", "file")
)
OF_USAGE = tuple(field.name for field in fields(UsageRecord) if field.name != "timings")


class JobRows:
    """Paths below `root` are stored relative to it, so that the data folder can be moved."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of a Job as columns."""
        columns = dict(values)
        if origin := columns.pop("origin", None):
            columns |= {name: getattr(origin, name) for name in ORIGIN}
            columns["owner"] = origin.owner
        if timings := columns.pop("timings", None):
            columns |= asdict(timings)
        if picture := columns.get("picture"):
            columns["picture"] = str(self._shelve(picture))
        if clip := columns.get("clip"):
            columns["clip"] = replace(clip, master=self._shelve(clip.master))
        if file := columns.get("file"):
            columns["file"] = _moved(file, self._shelve)
        return columns

    def row(self, job: Job) -> dict[str, Any]:
        return self.columns({field.name: getattr(job, field.name) for field in fields(Job)})

    def job(self, row: Row[Any]) -> Job:
        columns = row._mapping
        return Job(
            origin=Origin(**{name: columns[name] for name in ORIGIN}),
            timings=Timings(**{name: columns[name] for name in TIMINGS}),
            picture=self._root / columns["picture"],
            clip=self._clip(columns["clip"]),
            file=columns["file"] and _moved(columns["file"], self._found),
            **{name: columns[name] for name in OF_JOB},
        )

    def question_row(self, question: Question) -> dict[str, Any]:
        picture = self._shelve(question.inspection.picture)
        return {
            "id": question.id,
            "owner": question.origin.owner,
            "created_at": question.created_at,
            "answers": question.answers,
            "question": replace(
                question,
                origin=replace(question.origin, rights=Rights()),
                inspection=replace(question.inspection, picture=picture),
            ),
        }

    def question(self, row: Row[Any]) -> Question:
        stored: Question = row._mapping["question"]
        picture = self._root / stored.inspection.picture
        return replace(stored, inspection=replace(stored.inspection, picture=picture))

    def _shelve(self, path: Path) -> Path:
        return path.relative_to(self._root) if path.is_relative_to(self._root) else path

    def _found(self, path: Path) -> Path:
        """A path that was stored absolute stays as it is when it is joined to the root."""
        return self._root / path

    def _clip(self, clip: Clip | None) -> Clip | None:
        return replace(clip, master=self._found(clip.master)) if clip else None


def _moved(file: ClipFile, move: Callable[[Path], Path]) -> ClipFile:
    companion = move(file.companion) if file.companion else None
    return replace(file, path=move(file.path), companion=companion)


def usage_row(record: UsageRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in OF_USAGE} | asdict(record.timings)


def usage_of_row(row: Row[Any]) -> UsageRecord:
    columns = row._mapping
    timings = Timings(**{name: columns[name] for name in TIMINGS})
    return UsageRecord(timings=timings, **{name: columns[name] for name in OF_USAGE})

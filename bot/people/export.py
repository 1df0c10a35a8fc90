"""A person's own data: what is kept of them as JSON, and their files."""

from __future__ import annotations

import asyncio
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from bot.errors import MediaError
from bot.job import Job
from bot.ports import JobStore, MediaStore
from bot.question import Question
from bot.stores import Stores

DATA = "sketchlife.json"
BATCH = 100
# The house's own business, which tells nothing of a person.
HOUSE_KEEPING = ("turn", "instance", "lease_until", "told", "card", "reposts", "deleted_by")
SLACK_BYTES = 200_000  # what a zip adds to its files, and the names of what was left out


@dataclass(frozen=True, slots=True)
class Export:
    """`files` by the names that they get."""

    data: Mapping[str, Any]
    files: Mapping[str, Path]


async def collect(stores: Stores, media: MediaStore, owners: Sequence[str]) -> Export:
    """Of a person, under all the names that they have here."""
    jobs = [job for owner in owners for job in await all_jobs(stores.jobs, owner)]
    asked = [one for owner in owners for one in await stores.questions.of_person(owner)]
    questions = [one for one in asked if one.origin.owner in owners]
    usage = [one for owner in owners for one in await stores.usage.records(owner=owner)]
    data = {
        "jobs": [_plain_job(job) for job in jobs],
        "questions": [_plain_question(question) for question in questions],
        "usage": to_jsonable_python(usage),
        "choices": {owner: await _choices(stores, owner) for owner in owners},
    }
    with_files = [job.id for job in jobs if job.files_gone_at is None]
    ids = [*with_files, *(question.id for question in questions)]
    return Export(data, await asyncio.to_thread(_files, media, ids))


def write_folder(export: Export, folder: Path) -> None:
    """Raises `MediaError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in export.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
        (folder / DATA).write_text(_json(export.data), encoding="utf-8")
    except OSError as error:
        raise MediaError.of(error, str(folder)) from error


def write_zip(export: Export, target: Path, limit_bytes: int | None) -> Path:
    """The data, and as many of the files as fit, the small ones first; what was left out is named
    in the data. Raises `MediaError`."""
    try:
        fitting = _fitting(export, limit_bytes)
        left_out = sorted(export.files.keys() - fitting.keys())
        part = target.with_name(f"{target.name}.part")
        with zipfile.ZipFile(part, "w") as archive:  # stored: clips and pictures are compressed
            data = {**export.data, "left_out": left_out}
            archive.writestr(DATA, _json(data), zipfile.ZIP_DEFLATED)
            for name, path in fitting.items():
                archive.write(path, name)
        return part.replace(target)
    except OSError as error:
        raise MediaError.of(error, target.name) from error


async def all_jobs(jobs: JobStore, owner: str) -> list[Job]:
    """A person's, newest first."""
    found: list[Job] = []
    while page := await jobs.of_person(owner, BATCH, offset=len(found)):
        found += page
    return found


async def _choices(stores: Stores, owner: str) -> dict[str, Any]:
    names = await stores.presets.names(owner)
    presets = {name: await stores.presets.get(owner, name) for name in names}
    return {
        "settings": to_jsonable_python(await stores.settings.person(owner)),
        "changes": to_jsonable_python(await stores.settings.changes(owner)),
        "presets": presets,
        "shares": to_jsonable_python(await stores.shares.of_person(owner)),
        "stars": await stores.shares.stars_of(owner),
    }


def _plain_job(job: Job) -> dict[str, Any]:
    """Files by their names alone: where they lie is the house's own business."""
    clip = job.clip and replace(job.clip, master=Path(job.clip.master.name))
    file = job.file and replace(job.file, path=Path(job.file.path.name), companion=None)
    picture = Path(job.picture.name)
    plain: dict[str, Any] = to_jsonable_python(replace(job, clip=clip, file=file, picture=picture))
    return {name: value for name, value in plain.items() if name not in HOUSE_KEEPING}


def _plain_question(question: Question) -> dict[str, Any]:
    seen = question.inspection
    inspection = replace(seen, picture=Path(seen.picture.name))
    plain: dict[str, Any] = to_jsonable_python(replace(question, inspection=inspection))
    return {name: value for name, value in plain.items() if name not in HOUSE_KEEPING}


def _files(media: MediaStore, ids: Sequence[str]) -> dict[str, Path]:
    return {
        f"files/{one}/{path.relative_to(folder)}": path
        for one in ids
        for folder in (media.folder(one),)
        for path in _finished(folder)
    }


def _finished(folder: Path) -> Iterator[Path]:
    """Without what is still being written."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".part":
            yield path


def _fitting(export: Export, limit_bytes: int | None) -> dict[str, Path]:
    if limit_bytes is None:
        return dict(export.files)
    room = limit_bytes - SLACK_BYTES - len(_json(export.data).encode())
    sizes = {name: path.stat().st_size for name, path in export.files.items()}
    fitting: dict[str, Path] = {}
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        room -= sizes[name]
        if room < 0:
            break
        fitting[name] = export.files[name]
    return fitting


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)

"""The folders of jobs on a real disk."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.media.disk import DiskMedia
from bot.errors import MediaError
from bot.job import new_job_id
from bot.ports import MediaStore
from tests.adapters.db.making import MINUTE, NOON
from tests.fakes.media import FakeMedia


@pytest.fixture
def media(tmp_path: Path) -> DiskMedia:
    return DiskMedia(tmp_path / "data")


@pytest.fixture(params=[DiskMedia, FakeMedia])
def any_media(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    media: MediaStore = request.param(tmp_path / "data")
    return media


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "My Sketch.PNG"
    path.write_bytes(b"a drawing")
    return path


def test_every_job_has_a_folder_of_its_own(media: DiskMedia, tmp_path: Path) -> None:
    job_id = new_job_id(NOON)
    folder = media.folder(job_id)
    assert folder == tmp_path / "data" / "jobs" / job_id
    assert folder.is_dir()
    assert media.folder(job_id) == folder


def test_an_upload_is_kept_as_it_came(media: DiskMedia, upload: Path) -> None:
    kept = media.keep_upload("one", upload)
    assert kept == media.folder("one") / "upload.png"
    assert kept.read_bytes() == b"a drawing"
    assert upload.exists()
    assert list(media.folder("one").iterdir()) == [kept]


@pytest.mark.parametrize("name", ["sketch", "sketch.p/../ng", "sketch.pn g", "sketch." + "x" * 99])
def test_only_a_plain_suffix_is_kept(media: DiskMedia, tmp_path: Path, name: str) -> None:
    path = tmp_path / name.replace("/", "_")
    path.write_bytes(b"a drawing")
    assert media.keep_upload("one", path).name == "upload"


@pytest.mark.parametrize("job_id", ["", "..", "../one", "one/two", "/etc", "ONE", "a" * 26, "o\n"])
def test_what_is_no_id_is_no_path(media: DiskMedia, upload: Path, job_id: str) -> None:
    with pytest.raises(MediaError):
        media.folder(job_id)
    with pytest.raises(MediaError):
        media.keep_upload(job_id, upload)
    with pytest.raises(MediaError):
        media.drop(job_id)


def test_dropping_removes_all_of_one_job_and_nothing_else(media: DiskMedia, upload: Path) -> None:
    media.keep_upload("one", upload)
    other = media.keep_upload("two", upload)
    folder = media.folder("one")
    media.drop("one")
    media.drop("one")  # gone already
    assert not folder.exists()
    assert other.exists()


def aged(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()), follow_symlinks=False)


def test_folders_in_which_nothing_was_changed_are_found(
    any_media: MediaStore, upload: Path
) -> None:
    for job_id in ("one", "two", "three"):
        kept = any_media.keep_upload(job_id, upload)  # the last one is the third's
        deep = any_media.folder(job_id) / "draft"
        deep.mkdir()
        for path in (kept, deep, any_media.folder(job_id)):
            aged(path, NOON - MINUTE)
    aged(any_media.folder("two") / "draft", NOON)
    aged(kept, NOON)
    assert any_media.job_ids(NOON) == ["one"]
    assert any_media.job_ids(NOON + MINUTE) == ["one", "three", "two"]
    assert any_media.job_ids(NOON - MINUTE) == []


def test_a_disk_without_jobs_has_no_folders(any_media: MediaStore) -> None:
    assert any_media.job_ids(NOON) == []


def test_what_is_no_jobs_folder_is_left_out(media: DiskMedia, tmp_path: Path) -> None:
    for name in ("lost+found", "one"):
        (tmp_path / "data" / "jobs" / name).mkdir(parents=True)
    assert media.job_ids(datetime.now(UTC) + MINUTE) == ["one"]


def test_a_folder_that_goes_while_it_is_looked_at_is_left_out(
    media: DiskMedia, upload: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media.keep_upload("one", upload)
    look = Path.rglob

    def look_too_late(folder: Path, pattern: str) -> list[Path]:
        found = list(look(folder, pattern))
        shutil.rmtree(folder)
        return found

    monkeypatch.setattr(Path, "rglob", look_too_late)
    assert media.job_ids(datetime.now(UTC) + MINUTE) == []


def test_an_upload_that_is_gone_is_a_media_error(media: DiskMedia, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as failed:
        media.keep_upload("one", tmp_path / "gone.png")
    assert failed.value.key == "error-media"
    assert isinstance(failed.value.__cause__, FileNotFoundError)


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_so_and_leaves_nothing_half_written(
    media: DiskMedia, upload: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def fill(_source: Path, target: Path, **_options: Any) -> None:
        target.write_bytes(b"a dra")
        raise OSError(reason, "no room")

    monkeypatch.setattr(shutil, "copyfile", fill)
    with pytest.raises(MediaError) as failed:
        media.keep_upload("one", upload)
    assert failed.value.key == "error-disk-full"
    assert list(media.folder("one").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_media_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(MediaError):
        DiskMedia(tmp_path / "data").folder("one")
    with pytest.raises(MediaError):
        DiskMedia(tmp_path / "data").free_bytes()


def test_free_bytes_are_those_of_the_disk_that_the_folder_lies_on(
    media: DiskMedia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disks = {tmp_path / "data": SimpleNamespace(free=123)}
    monkeypatch.setattr(shutil, "disk_usage", disks.__getitem__)
    assert media.free_bytes() == 123
    assert (tmp_path / "data").is_dir()  # a disk is only asked about a folder that is there

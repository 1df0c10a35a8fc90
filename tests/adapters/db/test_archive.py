"""A backup's file, taken apart again."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from adapters.db.archive import About, unpack, write_archive
from bot.errors import SettingsError

ABOUT = About(at="2030-01-31T12:00:00+00:00", database="sqlite")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "jobs" / "one" / "drafts"
    folder.mkdir(parents=True)
    (folder / "clip.mp4").write_bytes(b"a clip")
    target = tmp_path / "backup.tar"
    assert write_archive(target, ABOUT, {}, tmp_path / "data", ["one", "gone"]) == 1
    return target


def test_what_was_put_in_comes_out(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what Python 3.11.2 has too, whose `extractall` knows no filters."""
    monkeypatch.delattr(tarfile.TarFile, "extractall")
    assert unpack(archive, tmp_path / "out") == ABOUT
    clip = tmp_path / "out" / "jobs" / "one" / "drafts" / "clip.mp4"
    assert clip.read_bytes() == b"a clip"
    assert clip.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../outside", tarfile.REGTYPE),
        ("/outside", tarfile.REGTYPE),
        ("link", tarfile.SYMTYPE),
        ("pipe", tarfile.FIFOTYPE),
        ("twin", tarfile.LNKTYPE),
    ],
)
def test_what_no_backup_holds_is_refused(
    name: str, kind: bytes, archive: Path, tmp_path: Path
) -> None:
    with tarfile.open(archive, "a") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "about.json"
        tar.addfile(member, io.BytesIO())
    with pytest.raises(SettingsError, match="restore-no-backup"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "outside").exists()

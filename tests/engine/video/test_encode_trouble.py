"""Whatever goes wrong has a name, leaves nothing behind and spares the file that was there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.clip import Clip, EncodeOrder
from bot.errors import EncodeError, MediaError
from bot.request import ClipFormat
from engine.video.encode import encode
from engine.video.metadata import read_metadata
from engine.video.publish import ABANDONED_AFTER_S
from tests.engine.video.readers import ffmpegs_of

PATIENCE_S = 120
ENCODE = """
import resource, sys
from pathlib import Path
from bot.clip import Clip, EncodeOrder
from bot.errors import MachineError
from bot.request import ClipFormat
from engine.video.encode import encode
master, target, clip_format, largest = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
clip = Clip(master=Path(master), width=128, height=160, num_frames=13)
try:
    encode(clip, EncodeOrder(format=ClipFormat(clip_format), target=Path(target)))
except MachineError as error:
    print(error)
"""

every_format = pytest.mark.parametrize("clip_format", list(ClipFormat))


def order(clip_format: ClipFormat, folder: Path) -> EncodeOrder:
    return EncodeOrder(format=clip_format, target=folder / "clip.png", label="AI生成")


@every_format
def test_a_missing_master(drawn: Clip, tmp_path: Path, clip_format: ClipFormat) -> None:
    gone = replace(drawn, master=tmp_path / "gone.mkv")
    with pytest.raises(MediaError):
        encode(gone, order(clip_format, tmp_path))
    assert not list(tmp_path.iterdir())


@every_format
@pytest.mark.parametrize("kept", [0.0, 0.01, 0.6])
def test_a_truncated_master(
    drawn: Clip, tmp_path: Path, clip_format: ClipFormat, kept: float
) -> None:
    data = drawn.master.read_bytes()
    master = tmp_path / "master.mkv"
    master.write_bytes(data[: int(len(data) * kept)])
    (tmp_path / "clip.png").write_bytes(b"the one before")
    with pytest.raises(EncodeError):
        encode(replace(drawn, master=master), order(clip_format, tmp_path))
    assert (tmp_path / "clip.png").read_bytes() == b"the one before"
    assert {file.name for file in tmp_path.iterdir()} == {"clip.png", "master.mkv"}


@pytest.mark.parametrize("clip_format", [ClipFormat.MP4, ClipFormat.APNG])
def test_a_full_disk(noisy: Clip, tmp_path: Path, clip_format: ClipFormat) -> None:
    arguments = [str(noisy.master), str(tmp_path / "clip"), clip_format.value, "50000"]
    done = subprocess.run(
        [sys.executable, "-c", ENCODE, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert "error-disk-full" in done.stdout
    assert not list(tmp_path.iterdir())


def test_an_ffmpeg_that_hangs_is_ended(
    drawn: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.video.ffmpeg.DEADLINE_S", 0.0)
    with pytest.raises(EncodeError, match="took over"):
        encode(drawn, order(ClipFormat.WEBP, tmp_path))
    assert not ffmpegs_of(psutil.Process())
    assert not list(tmp_path.iterdir())


def test_a_target_that_cannot_be_written(drawn: Clip, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MediaError):
        encode(drawn, order(ClipFormat.MP4, tmp_path / "file"))


def test_a_killed_encoder_leaves_neither_a_file_nor_an_ffmpeg(noisy: Clip, tmp_path: Path) -> None:
    """Killed while ffmpeg works, found there by watching for it; its work must not be published."""
    target = tmp_path / "clip.apng"
    arguments = [str(noisy.master), str(target), "apng", str(2**30)]
    with subprocess.Popen([sys.executable, "-c", ENCODE, *arguments]) as encoder:
        watched = psutil.Process(encoder.pid)
        ffmpegs: list[psutil.Process] = []
        while not ffmpegs and encoder.poll() is None:
            ffmpegs = watched.children()
        encoder.send_signal(signal.SIGKILL)
    assert ffmpegs
    _, alive = psutil.wait_procs(ffmpegs, timeout=PATIENCE_S)
    assert not alive
    assert not target.exists()


def test_what_a_killed_encoder_left_is_swept_away_in_time(drawn: Clip, tmp_path: Path) -> None:
    old, fresh = tmp_path / ".clip.png.old.part", tmp_path / ".clip.png.fresh.part"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "clip").write_bytes(b"half a clip")
    long_ago = time.time() - ABANDONED_AFTER_S - 1
    os.utime(old, (long_ago, long_ago))
    encode(drawn, order(ClipFormat.GIF, tmp_path))
    assert {file.name for file in tmp_path.iterdir()} == {"clip.png", fresh.name}


@every_format
def test_metadata_of_a_file_that_is_gone(tmp_path: Path, clip_format: ClipFormat) -> None:
    with pytest.raises(MediaError):
        read_metadata(tmp_path / "gone", clip_format)


@pytest.mark.parametrize("clip_format", [each for each in ClipFormat if each != ClipFormat.GIF])
def test_metadata_of_a_file_that_is_none(tmp_path: Path, clip_format: ClipFormat) -> None:
    (tmp_path / "text").write_text("not a clip")
    with pytest.raises((MediaError, EncodeError)):
        read_metadata(tmp_path / "text", clip_format)

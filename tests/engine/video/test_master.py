"""The master keeps every bit, is there whole or not at all, and leaves no process behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import psutil
import pytest

from bot.clip import FPS, Clip
from bot.errors import EncodeError, MediaError
from engine.video.master import Frame, MasterWriter, read_master
from tests.engine.video.readers import ffmpegs_of

PATIENCE_S = 120

WRITE_UNTIL_KILLED = """
import sys, time
import numpy as np
from pathlib import Path
from engine.video.master import MasterWriter
with MasterWriter(Path(sys.argv[1]), 64, 64, 8) as writer:
    for _ in range(10):
        writer.write(np.full((64, 64, 3), 90, np.uint8))
    print("written", flush=True)
    time.sleep(600)
"""

WRITE_ONTO_A_FULL_DISK = """
import resource, sys
import numpy as np
from pathlib import Path
from bot.errors import MediaError
from engine.video.master import MasterWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
noise = np.random.default_rng(0)
try:
    with MasterWriter(Path(sys.argv[1]), 256, 256, 8) as writer:
        for _ in range(40):
            writer.write(noise.integers(0, 256, (256, 256, 3), dtype=np.uint8))
except MediaError as error:
    print(error)
"""


def noise(count: int, width: int = 112, height: int = 80) -> list[Frame]:
    return list(np.random.default_rng(1).integers(0, 256, (count, height, width, 3), np.uint8))


def test_every_bit_comes_back(tmp_path: Path) -> None:
    frames = noise(9)
    with MasterWriter(tmp_path / "master.mkv", 112, 80, FPS) as writer:
        for frame in frames:
            writer.write(frame)
    assert np.array_equal(frames, list(read_master(tmp_path / "master.mkv")))


def test_a_frame_that_is_a_view_of_another_picture_comes_back_too(tmp_path: Path) -> None:
    mirrored = noise(1)[0][:, ::-1, ::-1]
    with MasterWriter(tmp_path / "master.mkv", 112, 80, FPS) as writer:
        writer.write(mirrored)
    assert np.array_equal([mirrored], list(read_master(tmp_path / "master.mkv")))


def test_the_master_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.mkv"
    with MasterWriter(path, 112, 80, FPS) as writer:
        writer.write(noise(1)[0])
        assert not path.exists()
    assert [file.name for file in path.parent.iterdir()] == ["master.mkv"]


def test_after_an_error_of_the_renderer_nothing_is_left(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        MasterWriter(tmp_path / "master.mkv", 112, 80, FPS) as writer,
    ):
        writer.write(noise(1)[0])
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())
    assert not ffmpegs_of(psutil.Process())


@pytest.mark.parametrize(
    "wrong", [np.zeros((80, 111, 3), np.uint8), np.zeros((80, 112, 3), np.float32)]
)
def test_a_frame_of_another_shape_or_type_is_refused(tmp_path: Path, wrong: Frame) -> None:
    with (
        pytest.raises(ValueError, match="a frame is"),
        MasterWriter(tmp_path / "master.mkv", 112, 80, FPS) as writer,
    ):
        writer.write(wrong)
    assert not list(tmp_path.iterdir())


def test_a_master_without_frames_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EncodeError), MasterWriter(tmp_path / "master.mkv", 112, 80, FPS):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_an_error_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(MediaError),
        MasterWriter(tmp_path / "file" / "master.mkv", 112, 80, FPS),
    ):
        pass


def test_a_full_disk_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE_ONTO_A_FULL_DISK, str(tmp_path / "master.mkv")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert "error-disk-full" in done.stdout
    assert "File too large" in done.stdout
    assert not list(tmp_path.iterdir())


def test_an_ffmpeg_that_dies_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    frame = noise(1, 512, 512)[0]
    with (
        pytest.raises(EncodeError, match="SIGKILL"),
        MasterWriter(tmp_path / "master.mkv", 512, 512, FPS) as writer,
    ):
        writer.write(frame)
        for ffmpeg in ffmpegs_of(psutil.Process()):
            ffmpeg.kill()
        for _ in range(9):
            writer.write(frame)
    assert not list(tmp_path.iterdir())
    assert not ffmpegs_of(psutil.Process())


def test_a_killed_writer_leaves_neither_a_master_nor_an_ffmpeg(tmp_path: Path) -> None:
    path = tmp_path / "master.mkv"
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        ffmpegs = ffmpegs_of(psutil.Process(writer.pid))
        writer.send_signal(signal.SIGKILL)
    assert len(ffmpegs) == 1
    _, alive = psutil.wait_procs(ffmpegs, timeout=PATIENCE_S)
    assert not alive
    assert not path.exists()


def test_what_a_killed_writer_left_is_swept_away_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".master.mkv.part").write_bytes(b"half a master")
    with MasterWriter(tmp_path / "master.mkv", 112, 80, FPS) as writer:
        writer.write(noise(1)[0])
    assert [file.name for file in tmp_path.iterdir()] == ["master.mkv"]


def test_a_missing_master_is_an_error_of_the_files(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        next(read_master(tmp_path / "master.mkv"))


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_truncated_master_is_never_taken_for_a_whole_one(
    tmp_path: Path, drawn: Clip, kept: float
) -> None:
    data = drawn.master.read_bytes()
    (tmp_path / "master.mkv").write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(EncodeError):
        list(read_master(tmp_path / "master.mkv"))


def test_a_flipped_bit_is_noticed(tmp_path: Path, drawn: Clip) -> None:
    data = bytearray(drawn.master.read_bytes())
    data[len(data) // 2] ^= 0x10
    (tmp_path / "master.mkv").write_bytes(data)
    with pytest.raises(EncodeError):
        list(read_master(tmp_path / "master.mkv"))


def test_a_reader_that_stops_early_leaves_no_ffmpeg(drawn: Clip) -> None:
    reader = read_master(drawn.master)
    assert len(list(islice(reader, 2))) == 2
    reader.close()  # type: ignore[attr-defined]
    assert not ffmpegs_of(psutil.Process())

"""The lossless master: frames stream into FFV1 as they are made, and out again bit by bit."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from bot.errors import EncodeError, MediaError
from engine.video.ffmpeg import THREADS, Ffmpeg, file_url
from engine.video.publish import part_of, publish

Frame = NDArray[np.uint8]  # (height, width, 3), RGB

# every frame is whole (-g 1) and its slices carry checksums, so that damage is noticed
FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4", "-slicecrc", "1")


class MasterWriter:
    """Frames into a master, which is at `path` once the `with` block ended without an error.

    Until then it grows beside it; after an error nothing is left. Should this process be killed,
    ffmpeg sees its pipe close and ends, and no half master ever carries the final name.
    Raises `MediaError` (the disk is full or not writable) and `EncodeError`.
    """

    def __init__(self, path: Path, width: int, height: int, fps: int) -> None:
        self.frames_written = 0
        self._path = path
        self._part = part_of(path)
        self._shape = (height, width, 3)
        source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}")
        self._ffmpeg = Ffmpeg(
            [
                *(*source, "-r", str(fps), "-i", "pipe:0"),
                *(*FFV1, "-pix_fmt", "bgr0", "-threads", str(THREADS)),
                *("-f", "matroska", file_url(self._part)),
            ],
            stdin=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._part.unlink(missing_ok=True)
        except OSError as error:
            raise MediaError.of(error, self._path.name) from error
        self._ffmpeg.__enter__()
        return self

    def write(self, frame: Frame) -> None:
        """Add one frame, (height, width, 3) in RGB."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame is {self._shape} uint8, not {frame.shape} {frame.dtype}")
        try:
            self._ffmpeg.stdin.write(np.ascontiguousarray(frame).data)
        except OSError as error:
            raise self._ffmpeg.failure() from error
        self.frames_written += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._ffmpeg.__exit__(kind, error, traceback)
            self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        if not self.frames_written:
            raise EncodeError(reason="a master without frames")
        try:
            self._ffmpeg.stdin.close()
        except OSError as error:
            raise self._ffmpeg.failure() from error
        self._ffmpeg.finish()
        publish(self._part, self._path)


def read_master(path: Path) -> Iterator[Frame]:
    """The frames of a master, one at a time.

    Raises `MediaError` where there is no file, `EncodeError` where it is damaged; the frames
    before the damage come first.
    """
    if not path.is_file():
        raise MediaError(reason=f"{path.name} is missing")
    arguments = [
        *("-threads", str(THREADS), "-f", "matroska", "-i", file_url(path)),
        # each picture of a PPM stream names its own size, so the file need not be probed first
        *("-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"),
    ]
    with Ffmpeg(arguments, stdout=subprocess.PIPE) as ffmpeg:
        while (frame := _read_ppm(ffmpeg.stdout)) is not None:
            yield frame
        ffmpeg.finish()


def _read_ppm(stream: IO[bytes]) -> Frame | None:
    if not stream.readline():  # the magic number, P6
        return None
    width, height = map(int, stream.readline().split())
    stream.readline()  # the largest value, 255
    pixels = stream.read(width * height * 3)
    if len(pixels) < width * height * 3:
        return None
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)

"""Files read back by others than the code that wrote them: Pillow, and ffmpeg's own report."""

from __future__ import annotations

import json
import re
import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from bot.clip import ClipFile
from bot.request import ClipFormat
from engine.video.master import Frame


def frames_of(file: ClipFile) -> list[Frame]:
    """All frames in RGB."""
    if file.format is ClipFormat.MP4:
        return _frames_of_video(file)
    if file.companion is not None:
        return _frames_of_sheet(file.path, file.companion)
    with Image.open(file.path) as picture:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)]


def durations_ms(path: Path) -> list[float]:
    with Image.open(path) as picture:
        return [float(frame.info["duration"]) for frame in _loaded(picture)]


def _loaded(picture: Image.Image) -> list[Image.Image]:
    shown = []
    for frame in ImageSequence.Iterator(picture):
        frame.load()
        shown.append(frame.copy())
    return shown


def report(path: Path) -> str:
    """What ffmpeg says of a file: streams, sizes, rates."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def boxes(path: Path) -> list[str]:
    """The names of an MP4's outermost boxes, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        names.append(name.decode())
        at += size
    return names


def luma_of(file: ClipFile) -> NDArray[np.uint8]:
    """The first frame's brightness as it is stored, before any table of colours is applied."""
    stored = np.frombuffer(_raw(file.path, "yuv420p"), np.uint8)
    return stored[: file.width * file.height].reshape(file.height, file.width)


def _raw(path: Path, pixels: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    output = ["-f", "rawvideo", "-pix_fmt", pixels, "pipe:1"]
    return subprocess.run([*command, *output], capture_output=True, check=True).stdout


def _frames_of_video(file: ClipFile) -> list[Frame]:
    raw = np.frombuffer(_raw(file.path, "rgb24"), np.uint8)
    return list(raw.reshape(-1, file.height, file.width, 3))


def _frames_of_sheet(path: Path, companion: Path) -> list[Frame]:
    with Image.open(path) as picture:
        whole = np.asarray(picture.convert("RGB"))
    frames = []
    for described in json.loads(companion.read_text("utf-8"))["frames"].values():
        box = described["frame"]
        frames.append(whole[box["y"] : box["y"] + box["h"], box["x"] : box["x"] + box["w"]])
    return frames


def rate(path: Path) -> float:
    found = re.search(r"([\d.]+) fps", report(path))
    assert found is not None
    return float(found[1])


def ffmpegs_of(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children(recursive=True) if "ffmpeg" in child.name()]

"""What a picture costs at the least, in a process of its own that takes orders as lines.

    python -m bench.picture_peers NICENESS

`warp PICTURE MASTER WIDTH HEIGHT FRAMES` makes a clip by a crude warp, `find PICTURE` finds the
faces and does no more; each is answered with the seconds that it took, `ready` with a zero.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.clip import FPS
from engine.eyes.face import LEFT_EYE, RIGHT_EYE, FaceMesh
from engine.pixels import read_pixels
from engine.video.master import MasterWriter

Pixels = NDArray[np.uint8]
UPPER_LIP = 13


def crude_frames(pixels: Pixels, mesh: FaceMesh, count: int) -> Iterator[Pixels]:
    """Lids and mouth pulled by a bump of `cv2.remap` each: the iris is smeared, the lashes too."""
    face = mesh.find(pixels)[0]
    eyes = [face.points[list(ring), :2].mean(axis=0) for ring in (LEFT_EYE, RIGHT_EYE)]
    mouth, reach = face.points[UPPER_LIP, :2], face.eye_distance
    for number in range(count):
        frame = pixels.copy()
        phase = np.sin(np.pi * number / (count - 1)) ** 2
        for eye in eyes:
            _pull(frame, eye, reach * 0.5, down=phase * reach * 0.2)
        _pull(frame, mouth, reach * 0.8, down=-phase * reach * 0.05)
        yield frame


def _pull(frame: Pixels, centre: NDArray[np.float32], radius: float, down: float) -> None:
    """Move what lies around `centre` down by so many pixels, less and less towards `radius`."""
    height, width = frame.shape[:2]
    left, top = np.maximum(centre - radius, 0).astype(int)
    right, bottom = np.minimum(centre + radius, (width, height)).astype(int)
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    away = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2
    from_y = y - np.float32(down) * np.clip(1 - away, 0, 1) ** 2
    frame[top:bottom, left:right] = cv2.remap(
        frame, x, from_y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
    )


def _warp(mesh: FaceMesh, picture: str, master: str, *sizes: str) -> None:
    width, height, count = map(int, sizes)
    pixels = np.empty((height, width, 3), np.uint8)
    cv2.resize(read_pixels(Path(picture)), (width, height), pixels, interpolation=cv2.INTER_AREA)
    with MasterWriter(Path(master), width, height, FPS) as out:
        for frame in crude_frames(pixels, mesh, count):
            out.write(frame)


def main() -> None:
    os.nice(int(sys.argv[1]))
    mesh = FaceMesh()
    for line in sys.stdin:
        started = time.perf_counter()
        match line.split():
            case ["warp", *order]:
                _warp(mesh, *order)
            case ["find", picture]:
                mesh.find(read_pixels(Path(picture)))
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()

"""Everything that is seen, cut, measured, encoded and drawn on the CPU, as a worker's role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.clip import Clip
from bot.inspection import Face, Inspection
from bot.measurement import Measurement
from engine.charts import draw_chart
from engine.draw import draw
from engine.eyes.crop import crop_to_face
from engine.eyes.decoder import Decoder
from engine.eyes.expression import measure
from engine.eyes.face import FaceMesh, faces_of
from engine.eyes.fingerprint import fingerprint_of
from engine.eyes.kind import kind_of
from engine.pixels import read_pixels
from engine.protocol import (
    Answer,
    Crop,
    Draw,
    DrawChart,
    Drawn,
    Encode,
    Encoded,
    Inspect,
    Inspected,
    Measure,
    Measured,
    Task,
)
from engine.role import Cancelled, Report, TaskCancelledError
from engine.video.credentials import Signing
from engine.video.encode import encode
from engine.video.ffmpeg import version
from engine.video.master import Frame, read_master


class Eyes:
    """Uploads have a face mesh of their own: a mesh does one picture at a time, and a clip that
    is measured needs it for all its frames."""

    lanes = 2
    niceness = 0

    def __init__(self) -> None:
        self._signing = Signing.of(os.environ)
        self._decoder = Decoder()
        self._mesh_of_uploads = FaceMesh()
        self._mesh_of_clips = FaceMesh()

    def handle(self, task: Task, report: Report, cancelled: Cancelled) -> Answer:
        match task:
            case Inspect(upload=upload, folder=folder):
                return Inspected(self._inspect(upload, folder))
            case Crop(picture=picture, face=face, folder=folder):
                return Inspected(self._crop(picture, face, folder))
            case Measure(clip=clip):
                return Measured(self._measure(clip, cancelled))
            case Encode(clip=clip, order=order):
                return Encoded(encode(clip, order, self._signing))
            case Draw(clip=clip, drawing=drawing, target=target):
                return Drawn(draw(clip, drawing, target))
            case DrawChart(chart=chart, target=target):
                return Drawn(draw_chart(chart, target))
            case _:
                raise TypeError(f"the eyes do not {task.verb}")

    def describe(self) -> dict[str, str]:
        signs = {"c2pa": self._signing.certificate.name} if self._signing else {}
        return {"device": "cpu", "ffmpeg": version()} | signs

    def close(self) -> None:
        """A worker has no need of it: it just ends, and its decoders with it."""
        self._decoder.close()
        self._mesh_of_uploads.close()
        self._mesh_of_clips.close()

    def _inspect(self, upload: Path, folder: Path) -> Inspection:
        picture = folder / "picture.png"
        clean = self._decoder.clean(upload, picture)
        return self._judge(picture, clean.enlarged_by, clean.reduced_from)

    def _crop(self, picture: Path, face: Face, folder: Path) -> Inspection:
        pixels = read_pixels(picture)
        found = faces_of(self._mesh_of_uploads.find(pixels), pixels.shape[1], pixels.shape[0])
        target = folder / f"face-{face.x}-{face.y}.png"  # the picture stays, for another choice
        crop_to_face(picture, face, target, [other for other in found if other != face])
        # of the whole picture, since a part of a blocked one is no other picture
        return replace(self._judge(target), phash=fingerprint_of(pixels))

    def _judge(
        self, picture: Path, enlarged_by: int = 1, reduced_from: tuple[int, int] | None = None
    ) -> Inspection:
        pixels = read_pixels(picture)
        height, width = pixels.shape[:2]
        found = self._mesh_of_uploads.find(pixels)
        return Inspection(
            picture=picture,
            width=width,
            height=height,
            kind=kind_of(pixels, found),
            faces=faces_of(found, width, height),
            enlarged_by=enlarged_by,
            reduced_from=reduced_from,
            phash=fingerprint_of(pixels),
        )

    def _measure(self, clip: Clip, cancelled: Cancelled) -> Measurement:
        frames = _until_cancelled(read_master(clip.master), cancelled)
        return measure(frames, clip.fps, self._mesh_of_clips)


def _until_cancelled(frames: Iterator[Frame], cancelled: Cancelled) -> Iterator[Frame]:
    for frame in frames:
        if cancelled():
            raise TaskCancelledError
        yield frame

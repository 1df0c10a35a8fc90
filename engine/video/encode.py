"""The one door from a master to every file that somebody gets."""

from __future__ import annotations

from pathlib import Path

from bot.clip import Clip, ClipFile, EncodeOrder
from bot.errors import MediaError
from bot.request import ClipFormat
from engine.video.credentials import Signing, sign
from engine.video.fit import Try, fit
from engine.video.metadata import clean, write_metadata
from engine.video.poster import make_poster
from engine.video.publish import publish, workshop
from engine.video.recipes import RECIPES
from engine.video.scene import Scene
from engine.video.sheet import largest_frame, sheet_size, write_frames_json


def encode(clip: Clip, order: EncodeOrder, signing: Signing | None = None) -> ClipFile:
    """Make the file of `order`, labelled, tagged and never larger than its limit; an MP4 signed
    where there is something to sign it with.

    Its width and height are those of the whole picture, also for a sheet. Raises `MediaError`
    (no master, or the disk is full), `EncodeError` (a damaged master, or
    "error-too-large-to-fit").
    """
    if not clip.master.is_file():
        raise MediaError(reason=f"{clip.master.name} is missing")
    recipe = RECIPES[order.format]
    try:
        with workshop(order.target) as folder:
            made = folder / "clip"

            def make(attempt: Try) -> int:
                scene = _scene(clip, order, attempt, folder)
                recipe.make(scene, recipe.qualities[attempt.quality].setting, made)
                if order.format is not ClipFormat.MP4:
                    write_metadata(made, order.format, scene.metadata)
                elif signing is not None:
                    sign(made, scene.metadata, signing)
                return made.stat().st_size

            weights = [quality.weight for quality in recipe.qualities]
            chosen = fit(make, _best(clip, order.format), weights, order.limit_bytes)
            return _publish(made, order, _scene(clip, order, chosen, folder), chosen)
    except OSError as error:
        raise MediaError.of(error, order.target.name) from error


def _best(clip: Clip, clip_format: ClipFormat) -> Try:
    if clip_format is ClipFormat.SHEET:
        return Try(0, *largest_frame(clip))
    return Try(0, clip.width, clip.height)


def _scene(clip: Clip, order: EncodeOrder, attempt: Try, folder: Path) -> Scene:
    return Scene(
        clip=clip,
        width=attempt.width,
        height=attempt.height,
        label=order.label,
        metadata=clean(order.metadata),
        folder=folder,
    )


def _publish(made: Path, order: EncodeOrder, scene: Scene, chosen: Try) -> ClipFile:
    """What lies beside a file comes first: where the file is, all of it is."""
    width, height, companion = scene.width, scene.height, None
    if order.format is ClipFormat.SHEET:
        width, height = sheet_size(scene)
        companion = order.target.with_suffix(".json")
        boxes = made.with_name("boxes")
        write_frames_json(scene, order.target.name, boxes)
        publish(boxes, companion)
    if order.format is ClipFormat.MP4:
        poster = made.with_name("poster")
        make_poster(scene, poster)
        publish(poster, order.target.with_suffix(".jpg"))
    publish(made, order.target)
    given_up = {
        "quality": chosen.quality > 0,
        "size": (scene.width, scene.height) != (scene.clip.width, scene.clip.height),
    }
    return ClipFile(
        path=order.target,
        format=order.format,
        size_bytes=order.target.stat().st_size,
        width=width,
        height=height,
        fitted=tuple(what for what, was_given_up in given_up.items() if was_given_up),
        companion=companion,
        seconds=scene.clip.seconds,
    )

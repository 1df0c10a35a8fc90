"""What was measured on a clip, as pictures to look at: curves and key frames."""

from __future__ import annotations

from pathlib import Path

from bot.clip import Clip, Drawing
from bot.errors import MediaError
from bot.measurement import Measurement, Verdict
from engine.curves import draw_curves
from engine.key_frames import Labels, key_frames, strip
from engine.video.master import read_master
from engine.video.publish import part_of, publish

ENGLISH = Labels()


def draw(clip: Clip, drawing: Drawing, target: Path, labels: Labels = ENGLISH) -> Path:
    """Write one drawing of a clip to `target` and return it; a clip that could not be measured
    gets frames at even times, and curves that say so. Raises `MediaError`, `EncodeError`."""
    measurement = clip.measurement or Measurement(Verdict.UNMEASURED)
    keys = key_frames(measurement, clip.num_frames, clip.fps, labels)
    part = part_of(target)
    try:
        if drawing is Drawing.KEY_FRAMES:
            strip(read_master(clip.master), keys).save(part, format="PNG")
        else:
            file_format = "svg" if drawing is Drawing.CURVES_SVG else "png"
            draw_curves(measurement, keys, clip.fps, labels, part, file_format)
    except OSError as error:
        raise MediaError(reason=f"{target.name}: {error}") from error
    publish(part, target)
    return target

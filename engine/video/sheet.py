"""The sprite sheet: all frames on one PNG, and the JSON that says where each one lies.

The JSON is the "hash" form that TexturePacker and Aseprite write, which Phaser, PixiJS, Godot
and Unity importers read; `animations` is PixiJS's own.
"""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from bot.clip import Clip
from engine.video.ffmpeg import file_url
from engine.video.scene import PNG_EFFORT, Scene

LARGEST_SIDE = 8192  # what most graphics cards take as one texture
ANIMATION = "clip"


def grid(num_frames: int, width: int, height: int) -> tuple[int, int]:
    """Columns and rows of the sheet whose longer side is shortest."""
    choices = [(columns, -(-num_frames // columns)) for columns in range(1, num_frames + 1)]
    return min(choices, key=lambda c: (max(c[0] * width, c[1] * height), c[0] * c[1]))


def largest_frame(clip: Clip) -> tuple[int, int]:
    """The size of a frame, reduced where the sheet would be larger than a texture can be."""
    columns, rows = grid(clip.num_frames, clip.width, clip.height)
    scale = min(1.0, LARGEST_SIDE / max(columns * clip.width, rows * clip.height))
    if scale == 1.0:
        return clip.width, clip.height
    return 2 * int(clip.width * scale / 2), 2 * int(clip.height * scale / 2)


def sheet_size(scene: Scene) -> tuple[int, int]:
    """Width and height of the whole picture."""
    columns, rows = grid(scene.clip.num_frames, scene.width, scene.height)
    return columns * scene.width, rows * scene.height


def make_sheet(scene: Scene, colours: int | None, target: Path) -> None:
    """The PNG; with `colours`, one palette of that many for the whole sheet."""
    columns, rows = grid(scene.clip.num_frames, scene.width, scene.height)
    codec = ["-c:v", "png", "-pred", "paeth", "-compression_level", PNG_EFFORT]
    output = ["-frames:v", "1", *codec, "-f", "image2pipe", file_url(target)]
    scene.render(f"tile={columns}x{rows}:color=white,format=rgb24", output)
    if colours is not None:
        # ffmpeg can do this too, but took 600 MB for a sheet of 49 frames of 768 px
        with Image.open(target) as sheet:
            few = sheet.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(target, "PNG")


def write_frames_json(scene: Scene, image: str, target: Path) -> None:
    """The boxes of all frames on the sheet named `image`, with the clip's metadata."""
    clip = scene.clip
    columns, _ = grid(clip.num_frames, scene.width, scene.height)
    width, height = sheet_size(scene)
    names = [f"{ANIMATION}_{index:02}" for index in range(clip.num_frames)]
    meta = {
        "app": "sketchlife",
        "version": "1.0",
        "image": image,
        "format": "RGB888",
        "size": {"w": width, "h": height},
        "scale": f"{scene.width / clip.width:.4g}",
        "fps": clip.fps,
        "frameTags": [
            {"name": ANIMATION, "from": 0, "to": clip.num_frames - 1, "direction": "forward"}
        ],
        "metadata": dict(scene.metadata),
    }
    boxes = [_box(scene, index % columns, index // columns) for index in range(clip.num_frames)]
    frames = dict(zip(names, boxes, strict=True))
    whole = {"frames": frames, "animations": {ANIMATION: names}, "meta": meta}
    target.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")


def _box(scene: Scene, column: int, row: int) -> dict[str, object]:
    size = {"w": scene.width, "h": scene.height}
    return {
        "frame": {"x": column * scene.width, "y": row * scene.height, **size},
        "rotated": False,
        "trimmed": False,
        "spriteSourceSize": {"x": 0, "y": 0, **size},
        "sourceSize": size,
        "duration": round(1000 / scene.clip.fps),
    }

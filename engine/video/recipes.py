"""How each format is made, and the qualities that it gives up before it must shrink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.request import ClipFormat
from engine.video.ffmpeg import file_url
from engine.video.metadata import mp4_arguments
from engine.video.scene import PNG_EFFORT, Scene
from engine.video.sheet import make_sheet


@dataclass(frozen=True, slots=True)
class Quality:
    """A format's own setting (colours None: all of them), and how much such a file should weigh
    beside the best one, as line drawings with and without a model's grain did."""

    setting: int | None
    weight: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """`make` writes a scene into a file; `qualities` go from the best to the worst that is still
    worth looking at."""

    make: Callable[[Scene, int | None, Path], None]
    qualities: tuple[Quality, ...]


def make_mp4(scene: Scene, crf: int | None, target: Path) -> None:
    """H.264 that plays everywhere and starts before it is loaded, with its colours named."""
    to_yuv = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd,format=yuv420p"
    colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    codec = ["-c:v", "libx264", "-preset", "medium", "-crf", str(crf), *colours]
    container = ["-movflags", "+faststart+use_metadata_tags", *mp4_arguments(scene.metadata)]
    scene.render(to_yuv, [*codec, *container, "-f", "mp4", file_url(target)])


def make_gif(scene: Scene, colours: int | None, target: Path) -> None:
    scene.render("", ["-c:v", "gif", "-loop", "0", "-f", "gif", file_url(target)], colours)


def make_webp(scene: Scene, quality: int | None, target: Path) -> None:
    codec = ["-c:v", "libwebp_anim", "-quality", str(quality), "-loop", "0"]
    scene.render("format=bgra", [*codec, "-f", "webp", file_url(target)])


def make_apng(scene: Scene, colours: int | None, target: Path) -> None:
    """Lossless in all colours; indices of a palette gain nothing from a prediction."""
    pixels, prediction = ("format=rgb24", "paeth") if colours is None else ("", "none")
    codec = ["-c:v", "apng", "-pred", prediction, "-compression_level", PNG_EFFORT]
    scene.render(pixels, [*codec, "-plays", "0", "-f", "apng", file_url(target)], colours)


RECIPES = {
    ClipFormat.MP4: Recipe(
        make_mp4,
        (
            *(Quality(16, 1.0), Quality(20, 0.62), Quality(24, 0.38)),
            *(Quality(28, 0.24), Quality(32, 0.15)),
        ),
    ),
    ClipFormat.GIF: Recipe(
        make_gif, (Quality(256, 1.0), Quality(128, 0.8), Quality(64, 0.6), Quality(32, 0.4))
    ),
    ClipFormat.WEBP: Recipe(
        make_webp, (Quality(90, 1.0), Quality(75, 0.6), Quality(50, 0.4), Quality(30, 0.25))
    ),
    ClipFormat.APNG: Recipe(
        make_apng, (Quality(None, 1.0), Quality(256, 0.45), Quality(64, 0.3), Quality(16, 0.15))
    ),
    ClipFormat.SHEET: Recipe(
        make_sheet, (Quality(None, 1.0), Quality(256, 0.5), Quality(64, 0.33), Quality(16, 0.15))
    ),
}

"""The first frame as a small JPEG, which a chat shows before the clip is loaded."""

from __future__ import annotations

from pathlib import Path

from engine.video.ffmpeg import file_url
from engine.video.scene import Scene

SIDE = 320  # the most that Telegram takes; its limit of 200 kB is far from this
QUALITY = "4"  # of 2 (best) to 31


def make_poster(scene: Scene, target: Path) -> None:
    """With the label, as the frame has it."""
    fitted = f"scale={SIDE}:{SIDE}:force_original_aspect_ratio=decrease:flags=area"
    codec = ["-c:v", "mjpeg", "-q:v", QUALITY]
    output = ["-frames:v", "1", *codec, "-f", "image2pipe", file_url(target)]
    scene.render(f"{fitted},format=yuvj420p", output)

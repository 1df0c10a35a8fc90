"""Draws every picture of this folder anew: `python -m tests.drawings.draw`."""

from __future__ import annotations

from pathlib import Path

from tests.drawings import others, people

FOLDER = Path(__file__).parent
DRAWINGS = {
    "portrait.png": people.portrait,
    "coloured.png": people.coloured,
    "two_faces.png": people.two_faces,
    "on_transparent.png": people.on_transparent,
    "half_face.png": people.half_face,
    "profile.png": others.profile,
    "anime.png": others.anime,
    "pixel_art.png": others.pixel_art,
    "landscape.png": others.landscape,
}

if __name__ == "__main__":
    for name, draw in DRAWINGS.items():
        draw().save(FOLDER / name, optimize=True)

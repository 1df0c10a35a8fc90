"""The label can be read on any ground, in both languages, without a font of the system."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.video.label import FALLBACK, draw_label

GROUNDS = ["white", "black", "#808080", "#d02020", "#ffe040"]


def laid_on(ground: str, text: str, width: int = 768, height: int = 768) -> NDArray[np.float64]:
    """The part of a picture of one colour that the label covers, as luminance."""
    label = draw_label(text, width, height)
    picture = Image.new("RGB", label.size, ground)
    picture.paste(label, (0, 0), label)
    return np.asarray(picture.convert("L"), dtype=np.float64)


def ink_rows(text: str, width: int, height: int) -> int:
    """How many rows of pixels hold a part of a character."""
    return int((laid_on("black", text, width, height) > 200).any(axis=1).sum())


@pytest.mark.parametrize("text", ["AI-generated", "AI生成"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_it_stands_out_from_any_ground(text: str, ground: str) -> None:
    """The characters are white; whatever is around them is at least 4.5 times darker (WCAG AA)."""
    pixels = laid_on(ground, text)
    around = pixels[pixels.shape[0] // 2, :]
    paper = np.median(around[len(around) // 8 : -len(around) // 8])
    assert pixels[3:-3].max() > 250 or ground == "white"
    luminance = (paper / 255) ** 2.2
    assert 1.05 / (luminance + 0.05) > 4.5


@pytest.mark.parametrize(("width", "height"), [(768, 768), (512, 512), (1328, 448), (448, 1328)])
def test_chinese_characters_are_a_twentieth_of_the_shorter_side(width: int, height: int) -> None:
    """GB 45438-2025 asks for 5 %; the strokes leave a little air at the top and the bottom."""
    shorter = min(width, height)
    assert 0.04 * shorter <= ink_rows("AI生成", width, height) <= 0.06 * shorter


def test_it_is_small() -> None:
    for text in ("AI-generated", "AI生成"):
        label = draw_label(text, 768, 768)
        assert label.width * label.height < 0.06 * 768 * 768


@pytest.mark.parametrize("text", ["由人工智能生成", "AI로 생성됨", "AI é"])
def test_a_character_that_cannot_be_drawn_leads_to_the_english_label(text: str) -> None:
    assert draw_label(text, 768, 768).tobytes() == draw_label(FALLBACK, 768, 768).tobytes()


def test_the_two_chinese_characters_differ_from_each_other_and_from_a_box() -> None:
    shown = {text: draw_label(text, 768, 768).tobytes() for text in ("生生", "成成", FALLBACK)}
    assert len(set(shown.values())) == 3


def test_on_a_tiny_clip_the_label_is_no_larger_than_the_clip() -> None:
    label = draw_label("AI-generated", 64, 20)
    assert label.width <= 64
    assert label.height <= 20

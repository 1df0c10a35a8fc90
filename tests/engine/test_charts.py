"""Usage as bars: every value is seen, and every character of both languages is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from bot.clip import Chart
from bot.errors import MediaError
from bot.texts import FOLDER
from engine.charts import CHINESE, COLOURS, draw_chart

DAYS = ("11-01", "11-02", "11-03")
CHART = Chart("Rendered by day", "seconds", DAYS, {"EasyAnimate": (160, 0, 320), "CPU": (5, 40, 0)})
CHINESE_CHART = Chart("每日绘制时间", "秒", DAYS, {"预览（CPU 绘制）": (1, 2, 3)})


def pixels_of(picture: Path, colour: str) -> int:
    with Image.open(picture) as opened:
        counted = {rgb: count for count, rgb in opened.convert("RGB").getcolors(1 << 24) or []}
    return counted.get(tuple(bytes.fromhex(colour[1:])), 0)


def test_each_series_has_bars_of_its_own_colour(tmp_path: Path) -> None:
    picture = draw_chart(CHART, tmp_path / "usage.png")
    first, second, third = (pixels_of(picture, colour) for colour in COLOURS[:3])
    assert first > second > 100
    assert third == 0


@pytest.mark.parametrize("chart", [CHART, CHINESE_CHART], ids=["English", "Chinese"])
def test_no_character_is_drawn_as_a_box(chart: Chart, tmp_path: Path) -> None:
    """Matplotlib warns of a glyph that no font has, and a warning fails a test."""
    assert draw_chart(chart, tmp_path / "usage.png").stat().st_size > 0


def test_our_font_has_every_character_that_a_chinese_chart_may_say() -> None:
    said = re.findall(r"^(?:chart|renderer)-.*$", (FOLDER / "zh.ftl").read_text("utf-8"), re.M)
    with TTFont(CHINESE) as font:
        known = set(map(chr, font.getBestCmap()))
    assert {char for char in "".join(said) if not char.isascii()} - known == set()


@pytest.mark.parametrize("days", [1, 400])
def test_a_day_and_a_year_alike_fill_the_picture(tmp_path: Path, days: int) -> None:
    chart = Chart("Rendered", "seconds", ("11-01",) * days, {"EasyAnimate": (10.0,) * days})
    assert pixels_of(draw_chart(chart, tmp_path / "usage.png"), COLOURS[0]) > 1000


def test_a_chart_of_nothing_is_drawn_all_the_same(tmp_path: Path) -> None:
    draw_chart(Chart("Rendered", "seconds", (), {}), tmp_path / "a.png")
    draw_chart(Chart("Rendered", "seconds", ("11-01",), {"CPU": (0.0,)}), tmp_path / "b.png")


def test_a_folder_that_is_gone_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        draw_chart(CHART, tmp_path / "gone" / "usage.png")

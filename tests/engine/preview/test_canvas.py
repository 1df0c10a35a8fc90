from __future__ import annotations

import numpy as np
from PIL import Image

from engine.preview.canvas import canvas_of
from engine.preview.subject import subject_of
from tests.engine.preview.conftest import Draw


def test_a_drawing_is_fitted_to_the_size_of_the_clip(drawing: Draw) -> None:
    canvas = canvas_of(drawing("portrait"), 688, 800)
    assert canvas.picture.shape == (800, 688, 3)
    assert canvas.art is None and canvas.cell == 1


def test_a_drawing_is_reduced_without_losing_thin_lines() -> None:
    """Plain sampling would drop lines that lie between the samples."""
    sheet = np.full((1600, 1600, 3), 255, np.uint8)
    sheet[::40] = 0
    fitted = canvas_of(sheet[:, 1:], 400, 400).picture
    lines = fitted[:, 200, 0].reshape(40, 10).astype(int)
    assert np.ptp(lines.sum(axis=1)) < 60


def test_enlarged_pixel_art_keeps_its_pixels_and_colours(drawing: Draw) -> None:
    art = drawing("pixel_art")
    canvas = canvas_of(art.repeat(8, 0).repeat(8, 1), 768, 768)
    assert canvas.art is not None and canvas.cell == 12
    assert np.array_equal(canvas.picture, art.repeat(12, 0).repeat(12, 1))


def test_pixel_art_is_shown_crisp_at_odd_factors_too(drawing: Draw) -> None:
    art = drawing("pixel_art")
    canvas = canvas_of(art.repeat(8, 0).repeat(8, 1), 752, 752)
    colours = {tuple(colour) for colour in art.reshape(-1, 3)}
    assert {tuple(colour) for colour in canvas.picture.reshape(-1, 3)} <= colours


def test_a_blurred_frame_of_pixel_art_snaps_back_to_grid_and_palette(drawing: Draw) -> None:
    art = drawing("pixel_art")
    canvas = canvas_of(art.repeat(8, 0).repeat(8, 1), 768, 768)
    soft = Image.fromarray(canvas.picture).resize((384, 384), Image.Resampling.BILINEAR)
    blurred = np.array(soft.resize((768, 768), Image.Resampling.BILINEAR))
    assert np.array_equal(canvas.finished(blurred), canvas.picture)


def test_a_large_drawing_is_not_taken_for_pixel_art() -> None:
    doubled = np.random.default_rng(0).integers(0, 2, (400, 400, 1), np.uint8) * 255
    sheet = np.ascontiguousarray(doubled.repeat(3, 2).repeat(2, 0).repeat(2, 1))
    assert canvas_of(sheet, 768, 768).art is None


def test_paper_is_not_part_of_the_subject_and_enclosed_places_are() -> None:
    sheet = np.full((200, 200, 3), 250, np.uint8)
    sheet[60:140, 60:64] = sheet[60:140, 136:140] = 0
    sheet[60:64, 60:140] = sheet[136:140, 60:140] = 0
    subject = subject_of(sheet, [])
    assert subject[100, 100] and subject[61, 100]
    assert not subject[20, 20] and not subject[100, 50]


def test_open_lines_of_a_neck_belong_with_what_is_between_them() -> None:
    sheet = np.full((200, 200, 3), 250, np.uint8)
    sheet[90:200, 70:74] = sheet[90:200, 126:130] = 0
    face = np.array([[60, 30], [140, 30], [140, 110], [60, 110]], np.float32)
    subject = subject_of(sheet, [face])
    assert subject[150:200, 70:130].all()
    assert not subject[150:200, :60].any() and not subject[150:200, 140:].any()

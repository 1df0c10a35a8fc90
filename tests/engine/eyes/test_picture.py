"""A clean picture is upright, at most 2,048 px, without metadata, and there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from bot.errors import MediaError, PictureError
from engine.eyes.picture import CleanPicture, clean_picture
from tests.engine.eyes.sheets import INK_AT, PAPER_AT, sheet

ORIENTATION = 0x0112
# What a camera does to an upright picture before it writes the orientation beside it.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


def tagged(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", TURNS)
def test_a_picture_is_turned_the_way_it_is_meant(
    orientation: int, suffix: str, tmp_path: Path
) -> None:
    upload = tmp_path / f"turned.{suffix}"
    sheet().transpose(TURNS[orientation]).save(upload, exif=tagged(orientation))
    clean = clean_picture(upload, tmp_path / "picture.png")
    picture = opened(tmp_path / "picture.png").convert("L")
    assert (clean.width, clean.height) == picture.size == (300, 260)
    assert picture.getpixel(INK_AT) in range(20)
    assert picture.getpixel(PAPER_AT) in range(236, 256)


def test_broken_metadata_is_no_reason_to_refuse_good_pixels(tmp_path: Path) -> None:
    upload = tmp_path / "odd.jpg"
    sheet().save(upload, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\xff\xff")
    assert clean_picture(upload, tmp_path / "picture.png") == CleanPicture(300, 260)


def test_a_picture_of_2048_px_is_left_as_it_is(tmp_path: Path) -> None:
    sheet((2048, 700)).save(tmp_path / "upload.png")
    clean = clean_picture(tmp_path / "upload.png", tmp_path / "picture.png")
    assert clean == CleanPicture(2048, 700, reduced_from=None)


@pytest.mark.parametrize("name", ["large.png", "large.jpg", "large.webp"])
def test_a_large_picture_is_reduced_and_tells_from_what(name: str, tmp_path: Path) -> None:
    sheet((300, 260)).resize((4500, 3900), Image.Resampling.NEAREST).save(tmp_path / name)
    clean = clean_picture(tmp_path / name, tmp_path / "picture.png")
    assert clean == CleanPicture(2048, 1775, reduced_from=(4500, 3900))
    picture = opened(tmp_path / "picture.png").convert("L")
    assert picture.size == (2048, 1775)
    scale = 2048 / 300
    assert picture.getpixel((int(INK_AT[0] * scale), int(INK_AT[1] * scale))) in range(6)
    assert picture.getpixel((int(PAPER_AT[0] * scale), int(PAPER_AT[1] * scale))) in range(250, 256)


def test_a_large_picture_on_its_side_tells_its_upright_size(tmp_path: Path) -> None:
    sheet((3000, 1500)).save(tmp_path / "side.jpg", exif=tagged(6))
    clean = clean_picture(tmp_path / "side.jpg", tmp_path / "picture.png")
    assert clean == CleanPicture(1024, 2048, reduced_from=(1500, 3000))


def test_reducing_mixes_transparent_ink_with_the_paper_and_not_with_black(tmp_path: Path) -> None:
    """White ink whose transparent surroundings are black below stays white at its edges."""
    image = Image.new("RGBA", (4000, 2000), (0, 0, 0, 0))
    for left in range(0, 4000, 40):
        image.paste((255, 255, 255, 255), (left, 0, left + 19, 2000))
    image.paste((0, 0, 0, 255), (0, 1900, 4000, 2000))
    image.save(tmp_path / "white.png")
    clean_picture(tmp_path / "white.png", tmp_path / "picture.png")
    upper = opened(tmp_path / "picture.png").convert("L").crop((0, 0, 2048, 900))
    assert upper.getextrema() == (255, 255)


def test_nothing_of_the_metadata_reaches_the_clean_picture(tmp_path: Path) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody")
    exif = tagged(1)
    exif[0x013B] = "somebody"
    upload = tmp_path / "upload.png"
    sheet().convert("RGB").save(
        upload, pnginfo=notes, exif=exif, icc_profile=b"a profile", dpi=(72, 72)
    )
    clean_picture(upload, tmp_path / "picture.png")
    assert opened(upload).info
    assert opened(tmp_path / "picture.png").info == {}
    assert _chunks(tmp_path / "picture.png") == {b"IHDR", b"IDAT", b"IEND"}


def _chunks(path: Path) -> set[bytes]:
    written, at, kinds = path.read_bytes(), 8, set()
    while at < len(written):
        length = int.from_bytes(written[at : at + 4], "big")
        kinds.add(written[at + 4 : at + 8])
        at += 12 + length
    return kinds


def test_small_pixel_art_is_enlarged_by_whole_factors_without_blur(tmp_path: Path) -> None:
    art = Image.new("RGB", (48, 32), "white")
    for x in range(48):
        for y in range(32):
            if (x * y) % 3 == 0:
                art.putpixel((x, y), (x * 5 // 64 * 60, 40, 90))
    art.save(tmp_path / "art.png")
    clean = clean_picture(tmp_path / "art.png", tmp_path / "picture.png")
    assert clean == CleanPicture(48 * 22, 32 * 22, enlarged_by=22)
    picture = opened(tmp_path / "picture.png")
    assert picture.resize(art.size, Image.Resampling.NEAREST).tobytes() == art.tobytes()
    assert picture.getcolors() == [(count * 22 * 22, colour) for count, colour in _colours(art)]


def _colours(image: Image.Image) -> list[tuple[int, object]]:
    colours = image.getcolors()
    assert colours is not None
    return [(int(count), colour) for count, colour in colours]


def test_a_small_picture_of_many_colours_is_not_pixel_art(tmp_path: Path) -> None:
    Image.linear_gradient("L").resize((200, 200)).save(tmp_path / "soft.png")
    clean = clean_picture(tmp_path / "soft.png", tmp_path / "picture.png")
    assert clean == CleanPicture(200, 200)


def test_a_drawing_of_256_px_is_not_pixel_art(tmp_path: Path) -> None:
    sheet((256, 256)).save(tmp_path / "lines.png")
    clean = clean_picture(tmp_path / "lines.png", tmp_path / "picture.png")
    assert clean == CleanPicture(256, 256)


@pytest.mark.parametrize("ink", [0, 225])
def test_a_thin_or_faint_drawing_is_not_blank(ink: int, tmp_path: Path) -> None:
    image = Image.new("L", (1000, 1000), 245)
    image.paste(ink, (500, 300, 503, 500))
    image.save(tmp_path / "thin.png")
    assert clean_picture(tmp_path / "thin.png", tmp_path / "picture.png").width == 1000


@pytest.mark.parametrize("level", [0, 120, 255])
def test_a_sheet_without_a_drawing_is_blank(level: int, tmp_path: Path) -> None:
    image = Image.new("L", (400, 400), level)
    image.paste(min(255, level + 6), (0, 0, 400, 200))  # lit unevenly
    image.putpixel((7, 9), 130)  # and with some dust
    image.save(tmp_path / "sheet.png")
    with pytest.raises(PictureError) as refusal:
        clean_picture(tmp_path / "sheet.png", tmp_path / "picture.png")
    assert refusal.value.key == "picture-blank"
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]


def test_a_picture_already_there_is_replaced_whole(tmp_path: Path) -> None:
    sheet().save(tmp_path / "upload.png")
    (tmp_path / "picture.png").write_bytes(b"an older one")
    clean_picture(tmp_path / "upload.png", tmp_path / "picture.png")
    assert opened(tmp_path / "picture.png").size == (300, 260)
    assert {path.name for path in tmp_path.iterdir()} == {"upload.png", "picture.png"}


def test_a_folder_that_is_gone_is_the_machines_fault(tmp_path: Path) -> None:
    sheet().save(tmp_path / "upload.png")
    with pytest.raises(MediaError):
        clean_picture(tmp_path / "upload.png", tmp_path / "gone" / "picture.png")


def test_an_upload_that_is_gone_is_the_machines_fault(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        clean_picture(tmp_path / "gone.png", tmp_path / "picture.png")


def test_the_limits_for_uploads_do_not_outlive_the_call(tmp_path: Path) -> None:
    """The same process may open pictures of its own that are larger."""
    before = Image.MAX_IMAGE_PIXELS
    sheet().save(tmp_path / "upload.png")
    clean_picture(tmp_path / "upload.png", tmp_path / "picture.png")
    assert before == Image.MAX_IMAGE_PIXELS

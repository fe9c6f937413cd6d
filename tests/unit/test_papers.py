"""Photos: what comes in is a picture; what is kept is pixels."""

import io

import pytest
from PIL import Image

from shouyue.platform.papers import photos
from shouyue.platform.papers.errors import FieldWrong


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 500), **more: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#abcdef").save(written, kind, **more)
    return written.getvalue()


def cause(content: bytes) -> str:
    with pytest.raises(FieldWrong) as wrong:
        photos.clean(content)
    return str(wrong.value.facts["cause"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_becomes_a_fresh_jpeg(kind: str) -> None:
    with Image.open(io.BytesIO(photos.clean(picture(kind)))) as kept:
        assert (kept.format, kept.size) == ("JPEG", (800, 500))


def test_place_and_camera_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 40.0, 0.0)
    sent = picture(exif=exif, comment=b"CANARY-COMMENT")
    assert b"CANARY" in sent
    kept = photos.clean(sent)
    assert b"CANARY" not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert not opened.getexif()
        assert "comment" not in opened.info


def test_text_chunks_of_a_png_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "CANARY")
    assert b"CANARY" not in photos.clean(picture("PNG", pnginfo=info))


def test_a_photo_that_lies_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(photos.clean(picture(exif=exif)))) as kept:
        assert kept.size == (500, 800)


def test_bytes_after_the_picture_are_gone() -> None:
    assert b"CANARY" not in photos.clean(picture() + b"CANARY")


def test_a_see_through_picture_gets_a_white_ground() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (600, 600), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(io.BytesIO(photos.clean(written.getvalue()))) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photo_is_brought_down() -> None:
    with Image.open(io.BytesIO(photos.clean(picture(size=(4800, 3000))))) as kept:
        assert kept.size == (2400, 1500)


@pytest.mark.parametrize("content", [b"", b"GIF89a....", b"%PDF-1.7", b"<svg/>", b"MZ\x90"])
def test_other_files_are_refused_whatever_they_are_called(content: bytes) -> None:
    assert cause(content) == "photo-type"


def test_a_gif_with_the_first_bytes_of_a_jpeg_is_refused() -> None:
    written = io.BytesIO()
    Image.new("P", (600, 600)).save(written, "GIF")
    assert cause(b"\xff\xd8\xff" + written.getvalue()) == "photo-broken"


def test_a_photo_cut_off_is_refused() -> None:
    assert cause(picture(size=(2000, 2000), quality=95)[:2000]) == "photo-broken"


def test_more_than_eight_megabytes_are_refused() -> None:
    assert cause(picture() + b"\0" * photos.MOST_BYTES) == "photo-size"


def test_a_small_photo_is_refused() -> None:
    assert cause(picture(size=(1000, 399))) == "photo-small"


def test_a_bomb_is_refused_by_its_header() -> None:
    written = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(written, "PNG")
    bomb = written.getvalue()
    assert len(bomb) < 200_000
    assert cause(bomb) in {"photo-large", "photo-broken"}


def test_the_pixel_bound_stands() -> None:
    written = io.BytesIO()
    Image.new("1", (8_000, 5_001)).save(written, "PNG")
    assert cause(written.getvalue()) == "photo-large"

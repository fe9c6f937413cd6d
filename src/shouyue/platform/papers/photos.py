"""Photos of papers: opened under bounds, turned upright, encoded anew, never read.

The new file holds pixels only: place, time, camera and thumbnail of the old one are gone. No
text, face or number is taken out of a picture; people compare (clause 5.2; INV-33, D21).
"""

import io

from PIL import Image, ImageOps

from shouyue.platform.papers.errors import FieldWrong
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE = 400
LONGEST_SIDE = 2400
MEDIA_TYPE = "image/jpeg"
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_QUALITY = 88


@control(
    Clause.C5_2,
    Clause.C2_1_2_a,
    says="A photo is encoded anew without what the camera wrote into it; other files are refused.",
)
def clean(content: bytes) -> bytes:
    """Return the picture as a fresh JPEG of 2,400 pixels at most; raise FieldWrong.

    Takes JPEG and PNG by content, whatever the file was called.
    """
    if len(content) > MOST_BYTES:
        raise FieldWrong(cause="photo-size")
    if not content.startswith(_MAGIC):
        raise FieldWrong(cause="photo-type")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
            _check_size(opened)
            return _fresh(opened)
    except FieldWrong:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise FieldWrong(cause="photo-broken") from None


def _check_size(opened: Image.Image) -> None:
    # The header is enough: a bomb is refused before a single pixel is unpacked.
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise FieldWrong(cause="photo-large")
    if min(width, height) < LEAST_SIDE:
        raise FieldWrong(cause="photo-small")


def _fresh(opened: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(opened)
    canvas = Image.new("RGB", upright.size, "white")
    layer = upright.convert("RGBA")
    canvas.paste(layer, mask=layer.getchannel("A"))
    canvas.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    canvas.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()

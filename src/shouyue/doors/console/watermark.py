"""The reader's name across a photo, so that a picture of the screen says whose screen it was."""

import io
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from shouyue.ground.kit.calendar import BEIJING

_STEP = 180
_SIZE = 26
_QUALITY = 82


def mark(photo: bytes, reader: str, at: datetime) -> bytes:
    """Return a JPEG with the reader's login name and the Beijing minute written all over it."""
    text = f"{reader} {at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    with Image.open(io.BytesIO(photo), formats=("JPEG",)) as opened:
        picture = opened.convert("RGBA")
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw, font = ImageDraw.Draw(layer), ImageFont.load_default(_SIZE)
    for row, top in enumerate(range(0, picture.height, _STEP // 2)):
        for left in range(-_STEP * (row % 2), picture.width, _STEP * 2):
            draw.text((left, top), text, fill=(208, 58, 14, 90), font=font)
    written = io.BytesIO()
    Image.alpha_composite(picture, layer).convert("RGB").save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()

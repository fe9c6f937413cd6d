"""Sample papers for the demo: a licence and both sides of an identity card, drawn and marked.

The numbers are valid by their check characters and belong to nobody: identity numbers carry the
serial 000, which is never given out.
"""

import io
from dataclasses import dataclass
from datetime import date
from random import Random

from PIL import Image, ImageDraw

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(3**n % 31 for n in range(17))


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person. `latin` is the name in letters that every drawing font has."""

    name: str
    latin: str
    id_number: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company with the two people whom certification needs."""

    name: str
    latin: str
    code: str
    address: str
    legal_person: Person
    administrator: Person


def company(dice: Random) -> Company:
    """Return a company that nobody has seen before."""
    mark = f"{dice.randrange(10_000):04d}"
    return Company(
        f"成都示例{mark}软件有限公司",
        f"Chengdu Example {mark} Software Co., Ltd.",
        credit_code("91510100" + "MA" + "".join(dice.choices("ABCDEFGH0123456789", k=7))),
        f"四川省成都市武侯区示例路{dice.randrange(1, 900)}号",
        _person(dice, "陈知行", "CHEN Zhixing"),
        _person(dice, "林佳禾", "LIN Jiahe"),
    )


def _person(dice: Random, name: str, latin: str) -> Person:
    born = date(dice.randrange(1970, 1999), dice.randrange(1, 13), dice.randrange(1, 28))
    number = id_number(f"110105{born:%Y%m%d}000")
    return Person(name, latin, number, phone(dice), f"demo{dice.randrange(10**6):06d}@example.com")


def phone(dice: Random) -> str:
    """Return a mainland mobile number of the kind that the sandbox's people have."""
    return f"199000{dice.randrange(100_000):05d}"


def id_number(first17: str) -> str:
    """Return the number with its check character (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return first17 + _ID_CHECK[total % 11]


def credit_code(first17: str) -> str:
    """Return the unified social credit code with its check character (GB 32100)."""
    values = (_USCC_ALPHABET.index(char) for char in first17)
    total = sum(value * weight for value, weight in zip(values, _USCC_WEIGHTS, strict=True))
    return first17 + _USCC_ALPHABET[-total % 31]


def photo(title: str, lines: tuple[str, ...], shade: str) -> bytes:
    """Return a JPEG that looks enough like a paper to review, and says that it is a sample."""
    image = Image.new("RGB", (1000, 640), shade)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((20, 20, 980, 620), 28, outline="#5b6472", width=4)
    draw.text((60, 60), title, fill="#22303c", font_size=44)
    for row, line in enumerate(lines):
        draw.text((60, 170 + row * 70), line, fill="#22303c", font_size=34)
    draw.text((640, 560), "SAMPLE", fill="#b54708", font_size=44)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85)
    return content.getvalue()

"""Who a person is, by what is printed on a card: pure checks, one refusal for each cause.

Numbers after GB 11643-1999, with the residence permits of 港澳台居民 (regions 81, 82, 83).
Clauses 2.1.2.a, 5.2, 7; INV-36.
"""

import unicodedata
from datetime import date, datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from shouyue.ground.kit.calendar import BEIJING
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Term

REGIONS = frozenset(
    f"{region}"
    for block in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for region in range(*block)
)
"""Provinces by the first two digits of GB/T 2260, and the three of the residence permits."""

ADULT = 18
TAIL = 6
_LENGTH = 18
_WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))
_CHECKS = "10X98765432"
_EARLIEST = 1900
DOTS = str.maketrans("•‧・･᛫⋅", "······")
_PERSON = range(2, 31)
_MAINLAND = 86
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def check_character(first17: str) -> str:
    """Return the eighteenth character for seventeen digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def number(text: str) -> str:
    """Return the number in its one spelling; raise FieldWrong."""
    spelt = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    digits = spelt[:-1]
    if len(spelt) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        raise FieldWrong(cause="number-form")
    if spelt[:2] not in REGIONS:
        raise FieldWrong(cause="number-region")
    birth(spelt)
    if spelt[-1] != check_character(digits):
        raise FieldWrong(cause="number-check")
    return spelt


def birth(spelt: str) -> date:
    """Return the date of birth inside a number; used for the age and never kept (DI-23)."""
    try:
        day = date(int(spelt[6:10]), int(spelt[10:12]), int(spelt[12:14]))
    except ValueError:
        raise FieldWrong(cause="number-birth") from None
    if day.year < _EARLIEST:
        raise FieldWrong(cause="number-birth")
    return day


def age(spelt: str, at: datetime) -> int:
    """Return the full years at the Beijing date; who was born on 29 February ages on 1 March."""
    today, born = at.astimezone(BEIJING).date(), birth(spelt)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def adult(text: str, at: datetime) -> str:
    """Return the number of somebody who is 18 or over; raise FieldWrong (INV-36)."""
    spelt = number(text)
    if age(spelt, at) < ADULT:
        raise FieldWrong(cause="under-age")
    return spelt


def person(text: str) -> str:
    """Return a name in Chinese characters, rare ones included, parts joined by `·`."""
    spelt = unicodedata.normalize("NFC", text).translate(DOTS)
    spelt = "".join(spelt.split())
    parts = spelt.split("·")
    if len(spelt) not in _PERSON or not all(parts):
        raise FieldWrong(cause="person")
    if not all(_is_ideograph(char) for part in parts for char in part):
        raise FieldWrong(cause="person")
    return spelt


def term(given: Term, at: datetime) -> Term:
    """Return a term that is running on the Beijing date; raise FieldWrong."""
    today = at.astimezone(BEIJING).date()
    if given.until is not None and given.until <= given.start:
        raise FieldWrong(cause="term-order")
    if given.start > today:
        raise FieldWrong(cause="term-future")
    if given.until is not None and given.until < today:
        raise FieldWrong(cause="term-over")
    return given


def mobile(text: str) -> str:
    """Return a mainland mobile number in E.164; raise FieldWrong."""
    try:
        found = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise FieldWrong(cause="mobile") from None
    if found.country_code != _MAINLAND or phonenumbers.number_type(found) not in _MOBILE:
        raise FieldWrong(cause="mobile")
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def mail(text: str) -> str:
    """Return an e-mail address in its normal form; nobody is asked whether it exists."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise FieldWrong(cause="mail") from None


def _is_ideograph(char: str) -> bool:
    return char == "〇" or unicodedata.name(char, "").startswith("CJK ")

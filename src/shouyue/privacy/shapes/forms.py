"""Normal forms: the one spelling under which a value is found and compared."""

import re
import unicodedata

import phonenumbers

from shouyue.privacy.policy.types import Mask

_REGION = "CN"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
"""What nearly all phone numbers here look like; they are in their normal form already."""

_CASELESS = frozenset({Mask.ID_NUMBER, Mask.EMAIL})


def normal(kind: Mask, value: str) -> str:
    """Return the normal form: NFKC without outer blanks; phones as E.164; caseless kinds folded.

    The kind of value is told by the kind of its mask.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if kind is Mask.PHONE:
        return phone_form(text)
    return text.casefold() if kind in _CASELESS else text


def phone_form(text: str) -> str:
    """Return E.164 (`+8613800001234`), or the text itself where it is no phone number."""
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_digits(value: str) -> str:
    """Return the digits of a phone number without its country code."""
    if _MOBILE.fullmatch(value):
        return value
    text = unicodedata.normalize("NFKC", value).strip()
    try:
        return str(phonenumbers.parse(text, _REGION).national_number)
    except phonenumbers.NumberParseException:
        return ""

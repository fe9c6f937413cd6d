"""Masks: what a role sees before a logged reveal. Computed on the fly, never stored.

A mask never equals the value it stands for, except `full`, which is for ids that are ours.
"""

import ipaddress
import re
from collections.abc import Callable

from shouyue.privacy.policy.types import Mask
from shouyue.privacy.shapes.forms import phone_digits

HIDDEN = "***"
_MOBILE = 11
_LANDLINE = 8
_NUMBER = 6
_EXTERNAL = 5
_CREDENTIAL = 12
_PLACE = re.compile(
    r"(?P<province>[^省区市县]{2,8}?(?:省|自治区|特别行政区|市))(?P<city>[^省区市县]{1,10}?(?:市|自治州|地区|盟))?"
)
_MUNICIPALITY = ("北京", "上海", "天津", "重庆")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}")


def phone(value: str) -> str:
    """138****1234; a number shorter than a mainland mobile shows its last four digits at most."""
    digits = phone_digits(value)
    if len(digits) >= _MOBILE:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) >= _LANDLINE else HIDDEN


def name(value: str) -> str:
    """张**, whatever the length."""
    text = value.strip()
    return f"{text[0]}**" if len(text) > 1 else HIDDEN


def number(value: str) -> str:
    """1****************X: the first and last character of a document number."""
    text = value.strip()
    return f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}" if len(text) >= _NUMBER else HIDDEN


def mail(value: str) -> str:
    """z***@corp.cn."""
    local, at, domain = value.strip().rpartition("@")
    if not (local and at and domain):
        return HIDDEN
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def address(value: str) -> str:
    """Province and city; a municipality is both. What cannot be told apart stays hidden."""
    found = _PLACE.match(value.strip())
    if not found:
        return HIDDEN
    province, city = found["province"], found["city"] or ""
    whole = province if province.startswith(_MUNICIPALITY) else province + city
    return whole + HIDDEN


def external(value: str) -> str:
    """The first two characters of an id that another platform gave."""
    return value[:2] + HIDDEN if len(value) >= _EXTERNAL else HIDDEN


def year(value: str) -> str:
    """The years of a term of validity."""
    return "–".join(_YEAR.findall(value)) or HIDDEN


def network(value: str) -> str:
    """1.2.3.* or the first 48 bits of an IPv6 address."""
    try:
        at = ipaddress.ip_address(value.strip())
    except ValueError:
        return HIDDEN
    if isinstance(at, ipaddress.IPv4Address):
        return ".".join(str(at).split(".")[:3]) + ".*"
    return str(ipaddress.ip_network(f"{at}/48", strict=False))


def tail(value: str) -> str:
    """The last four characters of a credential."""
    return HIDDEN + value[-4:] if len(value) >= _CREDENTIAL else HIDDEN


def full(value: str) -> str:
    """The value itself."""
    return value


_BY_KIND: dict[Mask, Callable[[str], str]] = {
    Mask.PHONE: phone,
    Mask.NAME: name,
    Mask.ID_NUMBER: number,
    Mask.EMAIL: mail,
    Mask.ADDRESS: address,
    Mask.PREFIX: external,
    Mask.YEAR: year,
    Mask.IP: network,
    Mask.LAST4: tail,
    Mask.FULL: full,
}


def shows(kind: Mask) -> bool:
    """Tell whether the mask of this kind shows anything; where it does not, nothing is opened."""
    return kind in _BY_KIND


def mask(kind: Mask, value: str) -> str:
    """Return the mask of a value; a kind that has no form of its own hides it."""
    return of(kind)(value)


def of(kind: Mask) -> Callable[[str], str]:
    """Return what makes the mask of a kind: for whoever masks many values."""
    return _BY_KIND.get(kind, _hidden)


def _hidden(_value: str) -> str:
    return HIDDEN

"""Reads a query or form (application/x-www-form-urlencoded) that is already whole and bounded."""

from binascii import a2b_qp
from urllib.parse import unquote_to_bytes


def read(octets: bytes, most: int) -> list[tuple[str, str]]:
    """Return names and values as they came, so many at most, each decoded once.

    Raises ValueError for too many, for what is not UTF-8, and for a NUL, which no name, key or
    JSON holds and a database may refuse.
    """
    fields = octets.decode().split("&")
    if len(fields) > most or b"%00" in octets or b"\0" in octets:
        raise ValueError("too many fields, or a NUL in one")
    found: list[tuple[str, str]] = []
    for field in fields:
        name, _, value = field.partition("=")
        if "%" in field or "+" in field:
            name, value = plain(name), plain(value)
        if field:
            found.append((name, value))
    return found


def plain(text: str) -> str:
    """Return a text without its escapes, as `urllib.parse.unquote_to_bytes` reads them.

    An escape is spelled `%2C` here and `=2C` in quoted-printable, for which there is C. Where an
    escape is not one, the two readers differ: then fewer than two characters fall away for it.
    """
    escapes = text.count("%")
    text = text.replace("+", " ")
    if not escapes:
        return text
    octets = text.encode()
    found = a2b_qp(octets.replace(b"=", b"=3D").replace(b"%", b"="))
    # A line that is broken softly in quoted-printable could make up for it.
    if len(octets) - len(found) != 2 * escapes or not text.isprintable():
        found = unquote_to_bytes(octets)
    return found.decode()

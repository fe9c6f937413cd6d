"""Query, form and multipart as one set of parameters (protocol, 7.4.2).

Every value is decoded once and kept as received: the signature is over exactly these.
"""

from binascii import a2b_qp
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header

from shouyue.doors.gateway.errors import GivenTwice, Malformed
from shouyue.doors.gateway.types import Call, Received, Upload
from shouyue.doors.wire import parts

FILE_PART = "imgBytes"
_MOST_FIELDS = 64
_FORM = frozenset({"", "application/x-www-form-urlencoded"})
_Pairs = list[tuple[str, str]]
_NO_FILES: Mapping[str, Upload] = {}


def read(call: Call) -> Received:
    """Return the merged parameters. Raises Malformed, or GivenTwice for two unequal values."""
    pairs: _Pairs = _pairs(call.query)
    said = call.headers.get("content-type", "")
    if said in _FORM:
        return Received(_merged(pairs + _pairs(call.body) if call.body else pairs), _NO_FILES)
    uploads = _NO_FILES
    kind, options = parse_options_header(said)
    if kind == b"multipart/form-data":
        fields, uploads = _parts(options.get(b"boundary", b""), call.body)
        pairs += fields
    elif kind.decode("latin-1") in _FORM:
        pairs += _pairs(call.body)
    return Received(_merged(pairs), uploads)


def _pairs(octets: bytes) -> _Pairs:
    if not octets:
        return []
    if b"%00" in octets or b"\0" in octets:
        raise Malformed  # no name, key or JSON holds one, and a database may refuse it
    try:
        fields = octets.decode().split("&")
        if len(fields) > _MOST_FIELDS:
            raise Malformed
        pairs: _Pairs = []
        for field in fields:
            name, _, value = field.partition("=")
            if "%" in field or "+" in field:
                name, value = _plain(name), _plain(value)
            if field:
                pairs.append((name, value))
    except UnicodeDecodeError:
        raise Malformed from None
    return pairs


def _plain(text: str) -> str:
    """Return a text without its escapes, as `urllib.parse.unquote_to_bytes` reads them.

    An escape is spelled `%2C` here and `=2C` in quoted-printable, for which there is C. Where an
    escape is not one, the readers differ: then fewer characters fall away than two for each.
    """
    escapes = text.count("%")
    text = text.replace("+", " ")
    if not escapes:
        return text
    octets = text.encode()
    found = a2b_qp(octets.replace(b"=", b"=3D").replace(b"%", b"="))
    if len(octets) - len(found) != 2 * escapes or not text.isprintable():
        found = unquote_to_bytes(octets)
    return found.decode()


def _merged(pairs: _Pairs) -> dict[str, str]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two values for one name could be signed as one and used as the other.
        for name, value in pairs:
            if found[name] != value:
                raise GivenTwice(name=name[:40])
    return found


def _parts(boundary: bytes, body: bytes) -> tuple[_Pairs, Mapping[str, Upload]]:
    """Return fields and files; a part without a file name may be a file."""
    pairs: _Pairs = []
    uploads: dict[str, Upload] = {}
    try:
        for part in parts.read(boundary, body, _MOST_FIELDS):
            if part.name == FILE_PART or part.named:
                uploads[part.name] = Upload(part.content, part.media_type)
            else:
                if b"\0" in part.content or "\0" in part.name:
                    raise Malformed
                pairs.append((part.name, part.content.decode()))
    except ValueError:
        raise Malformed from None
    return pairs, uploads

"""Query, form and multipart as one set of parameters (protocol, 7.4.2).

Every value is decoded once and kept as received: the signature is over exactly these.
"""

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header

from shouyue.doors.gateway.errors import GivenTwice, Malformed
from shouyue.doors.gateway.types import Call, Received, Upload
from shouyue.doors.wire import parts

FILE_PART = "imgBytes"
_MOST_FIELDS = 64
_FORM = frozenset({"", "application/x-www-form-urlencoded"})
_Pairs = list[tuple[str, str]]


def read(call: Call) -> Received:
    """Return the merged parameters. Raises Malformed, or GivenTwice for two unequal values."""
    pairs: _Pairs = _pairs(call.query)
    uploads: dict[str, Upload] = {}
    said = call.headers.get("content-type", "")
    if said in _FORM:
        return Received(_merged(pairs + _pairs(call.body) if call.body else pairs), uploads)
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
    try:
        text = octets.decode()
        fields = text.split("&")
        if len(fields) > _MOST_FIELDS:
            raise Malformed
        return [_pair(field) for field in fields if field]
    except UnicodeDecodeError:
        raise Malformed from None


def _pair(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    if "%" in field or "+" in field:
        return _plain(name), _plain(value)
    return name, value


def _plain(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote_to_bytes(text).decode() if "%" in text else text


def _merged(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Malformed  # no name, key or JSON holds one, and a database may refuse it
        # Two values for one name could be signed as one and used as the other.
        if found.setdefault(name, value) != value:
            raise GivenTwice(name=name[:40])
    return found


def _parts(boundary: bytes, body: bytes) -> tuple[_Pairs, dict[str, Upload]]:
    """Return fields and files; a part without a file name may be a file."""
    pairs: _Pairs = []
    uploads: dict[str, Upload] = {}
    try:
        for part in parts.read(boundary, body, _MOST_FIELDS):
            if part.name == FILE_PART or part.named:
                uploads[part.name] = Upload(part.content, part.media_type)
            else:
                pairs.append((part.name, part.content.decode()))
    except ValueError:
        raise Malformed from None
    return pairs, uploads

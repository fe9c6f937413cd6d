"""Query, form and multipart as one set of parameters (protocol, 7.4.2).

Every value is decoded once and kept as received: the signature is over exactly these.
"""

from collections.abc import Mapping

from python_multipart.multipart import parse_options_header

from shouyue.doors.gateway.errors import GivenTwice, Malformed
from shouyue.doors.gateway.types import Call, Received, Upload
from shouyue.doors.wire import forms, parts

FILE_PART = "imgBytes"
_MOST_FIELDS = 64
_FORM = frozenset({"", "application/x-www-form-urlencoded"})
_Pairs = list[tuple[str, str]]
_NO_FILES: Mapping[str, Upload] = {}


def read(call: Call) -> Received:
    """Return the merged parameters. Raises Malformed, or GivenTwice for two unequal values."""
    pairs, uploads = _pairs(call.query), _NO_FILES
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
    try:
        return forms.read(octets, _MOST_FIELDS) if octets else []
    except ValueError:
        raise Malformed from None


def _merged(pairs: _Pairs) -> dict[str, str]:
    found = dict(pairs)
    # Two values for one name could be signed as one and used as the other.
    for name, value in pairs if len(found) != len(pairs) else ():
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

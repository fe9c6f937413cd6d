"""Query, form and multipart as one set of parameters (protocol, 7.4.2).

Every value is decoded once and kept as received: the signature is over exactly these.
"""

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shouyue.doors.gateway.errors import GivenTwice, Malformed
from shouyue.doors.gateway.types import Call, Received, Upload

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
        parts = _Parts()
        parts.feed(options.get(b"boundary", b""), call.body)
        pairs, uploads = pairs + parts.pairs, parts.uploads
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


class _Parts:
    """Collects the parts of a multipart body; a part without a file name may be a file."""

    def __init__(self) -> None:
        self.pairs: _Pairs = []
        self.uploads: dict[str, Upload] = {}
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value, self._content = b"", b"", bytearray()

    def feed(self, boundary: bytes, body: bytes) -> None:
        """Read a whole body, or raise Malformed."""
        ended: list[bool] = []
        try:
            parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._on_name,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_part_data": self._on_content,
                    "on_part_end": self._finish,
                    "on_end": lambda: ended.append(True),
                },
            )
            parser.write(body)
            parser.finalize()
        except (FormParserError, ValueError):
            raise Malformed from None
        if not ended:
            raise Malformed

    def _begin(self) -> None:
        self._headers, self._content = {}, bytearray()

    def _on_name(self, octets: bytes, start: int, end: int) -> None:
        self._name += octets[start:end]

    def _on_value(self, octets: bytes, start: int, end: int) -> None:
        self._value += octets[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _on_content(self, octets: bytes, start: int, end: int) -> None:
        self._content += octets[start:end]

    def _finish(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode()
        if not name or len(self.pairs) + len(self.uploads) >= _MOST_FIELDS:
            raise Malformed
        if name == FILE_PART or b"filename" in options:
            media = self._headers.get(b"content-type", b"application/octet-stream")
            self.uploads[name] = Upload(bytes(self._content), media.decode("latin-1"))
        else:
            self.pairs.append((name, self._content.decode()))

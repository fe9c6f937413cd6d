"""Reads a multipart body (RFC 7578) that is already whole and bounded."""

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header


@dataclass(frozen=True, slots=True)
class Part:
    """One part. A file name is the client's and is not kept; `named` says that there was one."""

    name: str
    content: bytes = field(repr=False)
    media_type: str
    named: bool


def read(boundary: bytes, body: bytes, most: int) -> list[Part]:
    """Return the parts, so many at most. Raises ValueError where the body is not whole."""
    found = _Parts(most)
    ended: list[bool] = []
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": found.begin,
                "on_header_field": found.on_name,
                "on_header_value": found.on_value,
                "on_header_end": found.on_header,
                "on_part_data": found.on_content,
                "on_part_end": found.finish,
                "on_end": lambda: ended.append(True),
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise ValueError("garbled") from None
    if not ended:
        raise ValueError("not whole")
    return found.parts


class _Parts:
    """Collects the parts as the parser tells of them."""

    def __init__(self, most: int) -> None:
        self.parts: list[Part] = []
        self._most = most
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value, self._content = b"", b"", bytearray()

    def begin(self) -> None:
        self._headers, self._content = {}, bytearray()

    def on_name(self, octets: bytes, start: int, end: int) -> None:
        self._name += octets[start:end]

    def on_value(self, octets: bytes, start: int, end: int) -> None:
        self._value += octets[start:end]

    def on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def on_content(self, octets: bytes, start: int, end: int) -> None:
        self._content += octets[start:end]

    def finish(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode()
        if not name or len(self.parts) >= self._most:
            raise ValueError("a part without a name, or too many")
        media = self._headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
        self.parts.append(Part(name, bytes(self._content), media, b"filename" in options))

"""Reads a multipart body (RFC 7578) as it comes: texts into memory, one file into a spool.

A file name is the client's and is not kept; a file under any other name than the one that is asked
for is dropped as it comes.
"""

from collections.abc import Callable, Mapping

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shouyue.doors.wire.types import File

KIND = b"multipart/form-data"
TEXT = 1024 * 1024
"""Octets of all texts together."""


class Multipart:
    """One body on its way in; whoever makes one closes it."""

    def __init__(self, boundary: bytes, most: int, name: str, make: Callable[[], File]) -> None:
        """Take so many parts at most, and of files the part of that name.

        A part of that name is a file also where the client gave it no file name.
        """
        self.texts: list[tuple[str, bytes]] = []
        self.file: File | None = None
        self.media_type = ""
        self._most, self._wanted, self._make = most, name, make
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._into = ""
        self._text = bytearray()
        self._to: File | None = None
        self._parts = self._octets = 0
        self._ended = False
        self._why = ""
        self._parser = self._begin(boundary)

    def take(self, octets: bytes) -> None:
        """Read on; raise NoRoom. What else is wrong is said at the end."""
        if self._parser is None:
            return
        try:
            self._parser.write(octets)
        except (FormParserError, ValueError) as wrong:
            self._why = str(wrong) or "garbled"
            self._parser = None

    def end(self) -> None:
        """Return where the body was whole; raise ValueError, or OverflowError for too much text."""
        if self._octets > TEXT:
            raise OverflowError("too much text")
        if self._why or not self._ended:
            raise ValueError(self._why or "not whole")

    def close(self) -> None:
        """Forget the file."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def _begin(self, boundary: bytes) -> MultipartParser | None:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_header_field": self._on_name,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": self._on_content,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except (FormParserError, ValueError):
            self._why = "no boundary"
            return None

    def _on_name(self, octets: bytes, start: int, end: int) -> None:
        self._name += octets[start:end]

    def _on_value(self, octets: bytes, start: int, end: int) -> None:
        self._value += octets[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _on_headers(self) -> None:
        headers, self._headers = self._headers, {}
        _, options = parse_options_header(headers.get(b"content-disposition", b""))
        self._into = options.get(b"name", b"").decode()
        self._parts += 1
        if not self._into or self._parts > self._most:
            raise ValueError("a part without a name, or too many")
        self._to, self._text = None, bytearray()
        if self._into == self._wanted:
            self.close()
            self._to = self.file = self._make()
            media = headers.get(b"content-type", b"application/octet-stream")
            self.media_type = media.decode("latin-1")
        elif b"filename" in options:
            self._into = ""

    def _on_content(self, octets: bytes, start: int, end: int) -> None:
        if self._to is not None:
            self._to.write(octets[start:end])
        elif self._into:
            self._octets += end - start
            if self._octets > TEXT:
                raise ValueError("too much text")
            self._text += octets[start:end]

    def _on_part_end(self) -> None:
        if self._to is None and self._into:
            self.texts.append((self._into, bytes(self._text)))

    def _on_end(self) -> None:
        self._ended = True


def multipart(
    headers: Mapping[str, str], most: int, name: str, make: Callable[[], File]
) -> Multipart | None:
    """Return what reads a body with these headers, or None where it is no multipart."""
    kind, options = parse_options_header(headers.get("content-type", ""))
    return Multipart(options.get(b"boundary", b""), most, name, make) if kind == KIND else None

"""Bodies of signed calls: a form, or with a file the parts of an upload (protocol, section 1.4)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from shouyue.doors.gateway.reading import FILE_PART
from shouyue.doors.web.visits import Upload


def form(params: Mapping[str, str]) -> tuple[bytes, str]:
    """Return the parameters as a form, and its media type."""
    return urlencode(params).encode(), "application/x-www-form-urlencoded"


def parts(params: Mapping[str, str], file: Upload, mark: str) -> tuple[bytes, str]:
    """Return parameters and file as parts, and their media type; `mark` becomes the boundary."""
    while mark.encode() in file.content:
        mark += "-"
    texts = [_part(mark, f'name="{name}"', "", value.encode()) for name, value in params.items()]
    named = f'name="{FILE_PART}"; filename="file"'
    last = _part(mark, named, "application/octet-stream", file.content)
    body = b"".join((*texts, last, f"--{mark}--\r\n".encode()))
    return body, f"multipart/form-data; boundary={mark}"


def _part(mark: str, named: str, media_type: str, content: bytes) -> bytes:
    kind = f"Content-Type: {media_type}\r\n" if media_type else ""
    head = f"--{mark}\r\nContent-Disposition: form-data; {named}\r\n{kind}\r\n"
    return head.encode() + content + b"\r\n"

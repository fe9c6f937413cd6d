"""Static files: read once, named by content, packed once, cached for ever by the browser."""

import gzip
import mimetypes
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from shouyue.doors.web.errors import PageMissing

_FOLDER = Path(__file__).parent / "static"
_SERVED = {".css", ".js", ".svg"}
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: `path` holds a checksum, so that new content is a new address."""

    path: str
    media_type: str
    plain: bytes
    packed: bytes


def url(name: str) -> str:
    """Return the address of `house.css`, `js/copy.js`; KeyError for a file that is not there."""
    return f"/static/{_by_name()[name].path}"


def serve(request: Request) -> Response:
    """GET /static/{path}."""
    asset = _by_path().get(request.path_params["path"])
    if asset is None:
        raise PageMissing
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": f"public, max-age={_YEAR}, immutable", "Vary": "Accept-Encoding"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    body = asset.packed if packed else asset.plain
    return Response(body, headers=headers, media_type=asset.media_type)


@cache
def _by_name() -> dict[str, Asset]:
    files = (file for file in sorted(_FOLDER.rglob("*")) if file.suffix in _SERVED)
    return {file.relative_to(_FOLDER).as_posix(): _read(file) for file in files}


@cache
def _by_path() -> dict[str, Asset]:
    return {asset.path: asset for asset in _by_name().values()}


def _read(file: Path) -> Asset:
    plain = file.read_bytes()
    # A checksum is enough here: it tells versions of our own file apart and proves nothing.
    name = file.with_name(f"{file.stem}.{zlib.crc32(plain):08x}{file.suffix}")
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    packed = gzip.compress(plain, mtime=0)
    return Asset(name.relative_to(_FOLDER).as_posix(), media_type, plain, packed)

"""Bodies of writing requests: read with a cap, held in memory only.

A photo of a person's papers must never lie on a disk in the clear (clause 5.1.1), so parts are
not spooled to files and the file's own name is forgotten. All bodies together have a bound.
"""

from collections.abc import AsyncGenerator, Callable

from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from shouyue.doors.web.errors import Malformed, TooLarge
from shouyue.doors.web.visits import Sent, Upload

_FIELDS = 200
_FILES = 8


async def take(request: Request, most: int, hold: Callable[[int], None]) -> Sent:
    """Return the form a request carries; raises TooLarge over `most` bytes, or Malformed.

    `hold` hears how many bytes came and raises Crowded.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    stream = _capped(request, most, hold)
    try:
        match kind:
            case "application/x-www-form-urlencoded":
                form = await FormParser(request.headers, stream, max_fields=_FIELDS).parse()
            case "multipart/form-data":
                form = await _parts(request, stream, most).parse()
            case "":
                form = FormData()
            case _:
                raise Malformed
    except (MultiPartException, MultipartParseError, ClientDisconnect) as broken:
        raise Malformed from broken
    return await _sorted(form)


def _parts(request: Request, stream: AsyncGenerator[bytes, None], most: int) -> MultiPartParser:
    parser = MultiPartParser(request.headers, stream, max_files=_FILES, max_fields=_FIELDS)
    parser.spool_max_size = most  # never larger than this, so never on the disk
    return parser


async def _capped(
    request: Request, most: int, hold: Callable[[int], None]
) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise TooLarge(most=most)
        hold(len(chunk))
        yield chunk


async def _sorted(form: FormData) -> Sent:
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, Upload] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if content:  # an empty file input sends an empty part
                files[name] = Upload(value.content_type or "application/octet-stream", content)
            await value.close()
        else:
            if "\0" in value:
                raise Malformed  # nobody types one, and a database may refuse it
            fields[name] = (*fields.get(name, ()), value)
    return Sent(fields, files)

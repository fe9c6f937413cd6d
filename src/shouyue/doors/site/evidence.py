"""The evidence log for anybody: C2SP `tlog-tiles`, read only, under /ledger. Clause 5.1.2."""

import re

from starlette.responses import PlainTextResponse, Response

from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Visit
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import tiles

_KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}
_FRESH = {"Cache-Control": "no-cache"}
_PLACE = re.compile(r"((?:x[0-9]{3}/){0,5})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_LEVEL = re.compile(r"0|[1-9][0-9]?")
_SIZE = re.compile(r"[1-9][0-9]{0,17}")
_FULL = 256


def checkpoint(visit: Visit) -> Response:
    """GET /ledger/checkpoint: the newest, with what witnesses have signed of it so far."""
    return PlainTextResponse(ledger.published(visit.db), headers=_FRESH)


def witnessed(visit: Visit) -> Response:
    """GET /ledger/checkpoint/witnessed: the newest one that witnesses have signed."""
    return PlainTextResponse(ledger.witnessed(visit.db), headers=_FRESH)


def growth(visit: Visit) -> Response:
    """GET /ledger/growth/{size}: that the checkpoint of so many leaves is a beginning of ours."""
    size = visit.path("size")
    if not _SIZE.fullmatch(size):
        raise PageMissing
    told = ledger.growth(visit.db, int(size))
    return Response(told, media_type="application/json", headers=_FRESH)


def key(visit: Visit) -> Response:
    """GET /ledger/key: the verifier key to pin."""
    return PlainTextResponse(f"{ledger.verifier(visit.db)}\n", headers=_FRESH)


def tile(visit: Visit) -> Response:
    """GET /ledger/tile/{level}/{place}: hashes, or leaf bytes under `entries`."""
    index, width = _place(visit.path("place"))
    level = visit.path("level")
    if level == "entries":
        found = tiles.entries(visit.db, index, width)
    elif _LEVEL.fullmatch(level):
        found = tiles.tile(visit.db, int(level), index, width)
    else:
        raise PageMissing
    return Response(found, media_type="application/octet-stream", headers=_KEEP)


def _place(path: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(path)
    # One address for each tile: neither leading empty parts nor a full tile spelt as partial.
    if found is None or found[1].startswith("x000/") or int(found[3] or 1) >= _FULL:
        raise PageMissing
    return int(re.sub("[x/]", "", found[1]) + found[2]), int(found[3] or _FULL)


PAGES = (
    Page("/ledger/checkpoint", checkpoint, who=anyone),
    Page("/ledger/checkpoint/witnessed", witnessed, who=anyone),
    Page("/ledger/growth/{size}", growth, who=anyone),
    Page("/ledger/key", key, who=anyone),
    Page("/ledger/tile/{level}/{place:path}", tile, who=anyone),
)

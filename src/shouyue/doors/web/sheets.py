"""Rows to take away, as CSV (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """Return rows, the head first, as a file of this name; no word becomes a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([_cell(one) for one in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    said = "\ufeff" + text.getvalue()
    return Response(said, media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    # An operator's sub code must not become a formula in the reader's spreadsheet.
    said = str(value)
    return f"'{said}" if isinstance(value, str) and said.startswith(_FORMULA) else value

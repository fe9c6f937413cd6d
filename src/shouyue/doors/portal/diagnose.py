"""What became of a call: paste a request id, or the whole answer that holds one.

The app's owner sees the line of the access log; anybody else only how the call ended. The answer
that was pasted is read for its id and kept nowhere. Clauses: 2.3, 2.4.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.traffic import service as traffic
from shouyue.platform.traffic.errors import NoCall

_REQUEST = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_MOST = 50_000


class PastedForm(forms.Form):
    """A request id, or an answer with one inside."""

    text: Annotated[str, Field(min_length=1, max_length=_MOST)]


def diagnose(visit: Visit) -> Response:
    """GET /tools/diagnose: the form, and the newest calls of one's own apps that failed."""
    titles = _titles(visit)
    failed = [made for made in traffic.recent(visit.db, titles) if made.reason]
    return pages.render(visit, "diagnose.html", failed=failed, titles=titles)


def look_up(act: Act) -> Response:
    """POST /tools/diagnose: find the id in what was pasted; only the id goes into the address."""
    found = _REQUEST.search(forms.read(act, PastedForm).text)
    if found is None:
        raise NoCall
    return pages.go(f"/tools/diagnose/{traffic.call(act.db, found[0]).request}")


def diagnosis(visit: Visit) -> Response:
    """GET /tools/diagnose/{request}."""
    made, titles = traffic.call(visit.db, visit.path("request")), _titles(visit)
    return pages.render(
        visit,
        "diagnosis.html",
        made=made,
        title=titles.get(made.app, ""),
        own=made.app in titles,
        words=_words(made.result),
        sub=catalogue.sub_codes().get(made.reason),
        api=catalogue.apis().get(made.api),
    )


def _titles(visit: Visit) -> Mapping[str, str]:
    return {app.id: app.title for app in apps.mine(visit.db, visit.someone.subject)}


def _words(result: int) -> Mapping[str, Any] | None:
    rows = [row for rows in catalogue.results().values() for row in rows]
    return next((row for row in rows if row["result"] == result), None)


PAGES = (
    Page("/tools/diagnose", diagnose, look_up),
    Page("/tools/diagnose/{request}", diagnosis),
)

"""What apps tell of their own use of buyers' data, beside what they received (4.1, 5.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.web import pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Visit
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.handling import service as handling
from shouyue.platform.handling.types import Kind, Sum
from shouyue.platform.traffic import service as traffic

HANDLING = "/ops/handling"
_LAST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Row:
    """One app: calls that gave it personal data, and the lines that it sent in, by kind.

    `sent_to` are the hosts to which orders went on, with how many.
    """

    title: str
    appkey: str
    received: int
    lines: dict[str, int]
    sent_to: list[tuple[str, int]]

    @property
    def is_silent(self) -> bool:
        """Whether it received personal data and tells of no look at any."""
        return bool(self.received) and not self.lines.get(Kind.ORDER)


def shown(visit: Visit) -> Response:
    """GET /ops/handling: the last thirty days, whoever received most first."""
    giving = [api.name for api in catalogue.apis().values() if api.items]
    received = traffic.calls_by_app(visit.db, giving, _LAST)
    told: dict[str, list[Sum]] = {}
    for one in handling.sums(visit.db, _LAST):
        told.setdefault(one.app, []).append(one)
    rows = [
        row(app.title, app.appkey, received.get(app.id, 0), told.get(app.id, []))
        for app in apps.everyone(visit.db)
        if app.id in received or app.id in told
    ]
    return pages.render(
        visit, "handling.html", rows=sorted(rows, key=lambda one: (-one.received, one.appkey))
    )


def row(title: str, appkey: str, received: int, told: Sequence[Sum]) -> Row:
    """Return what one app's sums come to."""
    lines: dict[str, int] = {}
    sent_to: dict[str, int] = {}
    for one in told:
        lines[one.kind.value] = lines.get(one.kind.value, 0) + one.lines
        if one.kind is Kind.OPEN:
            sent_to[one.sent_to] = sent_to.get(one.sent_to, 0) + one.orders
    return Row(title, appkey, received, lines, sorted(sent_to.items()))


PAGES = (Page(HANDLING, shown, who=watcher),)

"""An app's calls in numbers: how many, why they failed, how long they took, what is left (2.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from shouyue.doors.portal.apps import mine
from shouyue.doors.statistics import charts, files, sums
from shouyue.doors.statistics.sums import Span
from shouyue.doors.web import pages, sheets
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Visit
from shouyue.platform.apps.types import App
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.decryption import service as decryption
from shouyue.platform.grants import service as grants
from shouyue.platform.quotas import service as quotas
from shouyue.platform.traffic import service as traffic
from shouyue.platform.traffic.types import Fault, Hour

_FAULTS = "faults"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which numbers: of which time, by which steps, of one API or of all (empty)."""

    span: Span
    api: str
    begun: Sequence[datetime]
    hours: Sequence[Hour]
    faults: Sequence[Fault]
    apis: Sequence[str]


def stats(visit: Visit) -> Response:
    """GET /apps/{id}/stats: `?span=` day, week or month, `?api=` one API."""
    app = mine(visit)
    asked = _asked(visit, app)
    steps = sums.by_step(asked.hours, asked.begun)
    most = charts.top([one.calls for one in steps])
    return pages.render(
        visit,
        "stats.html",
        app=app,
        asked=asked,
        whole=sums.total(asked.hours),
        steps=list(zip(asked.begun, steps, strict=True)),
        most=most,
        stacks=charts.stacks(steps, most),
        reaches=charts.reaches(steps),
        wide=len(steps) * charts.WIDE,
        levels=charts.levels(),
        reasons=sums.by_reason(asked.faults),
        known=catalogue.sub_codes(),
        lines=sums.by_api(asked.hours),
        limit=sums.limit,
        share=charts.share,
        today=_budgets(visit, app),
    )


def download(visit: Visit) -> Response:
    """GET /apps/{id}/stats.csv: the same numbers, or with `?of=faults` why calls failed."""
    app = mine(visit)
    asked = _asked(visit, app)
    is_faults = visit.query("of") == _FAULTS
    rows = files.faults(asked.faults) if is_faults else files.calls(asked.hours, asked.begun)
    name = f"{app.appkey}-{_FAULTS if is_faults else 'calls'}-{asked.span}.csv"
    return sheets.answer(name, rows)


def _asked(visit: Visit, app: App) -> Asked:
    given = visit.query("span")
    span = Span(given) if given in set(Span) else Span.DAY
    now = visit.db.clock()
    begun = sums.starts(span, now)
    last = now - begun[0]
    hours, faults = traffic.hours(visit.db, app.id, last), traffic.faults(visit.db, app.id, last)
    apis = [api for api, _ in sums.by_api(hours)]
    api = visit.query("api") if visit.query("api") in apis else ""
    if api:
        hours = [one for one in hours if one.api == api]
        faults = [one for one in faults if one.api == api]
    return Asked(span, api, begun, hours, faults, sorted(apis))


def _budgets(visit: Visit, app: App) -> dict[str, object]:
    """Return what is used of today's limits: calls, orders opened, plain values indexed."""
    values = max(api.values_day for api in catalogue.apis().values())
    return {
        "usage": quotas.usage(visit.db, app),
        "uses": decryption.uses(visit.db, app.id),
        "indexed": decryption.indexed(visit.db, app.id),
        "values_day": values,
        "shops": grants.shops_of(visit.db, app.id),
    }


PAGES = (
    Page("/apps/{id}/stats", stats),
    Page("/apps/{id}/stats.csv", download),
)

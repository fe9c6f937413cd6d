"""One app as staff see it, and its secrets stopped by security staff when they may have leaked."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.console.keys import keeper
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.staff.types import StaffRole
from shouyue.platform.apps import freezing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App, FreezeReason

APPS = "/ops/apps"


class FreezeForm(forms.Form):
    """Which app, and why."""

    app: Annotated[str, Field(max_length=26)]
    reason: FreezeReason


class ThawForm(forms.Form):
    """Which app."""

    app: Annotated[str, Field(max_length=26)]


def shown(visit: Visit) -> Response:
    """GET /ops/apps?appkey=: the app with this key, and those that are frozen."""
    asked = visit.query("appkey").strip()[:64]
    return pages.render(
        visit,
        "apps_of_all.html",
        asked=asked,
        found=_found(visit, asked),
        frozen=freezing.frozen(visit.db),
        reasons=[(one.value, visit.say(*freezing.WHY[one])) for one in FreezeReason],
        why=freezing.WHY,
        acts=StaffRole.SECURITY in visit.staff.roles,
    )


def freeze(act: Act) -> Response:
    """POST /ops/apps/freeze: every secret of an app stops at once, everywhere."""
    form = forms.read(act, FreezeForm)
    freezing.freeze(act.db, form.app, form.reason, act.staff.staff_id)
    return _back(act, form.app, "frozen")


def thaw(act: Act) -> Response:
    """POST /ops/apps/thaw: what was frozen works again."""
    form = forms.read(act, ThawForm)
    freezing.thaw(act.db, form.app, act.staff.staff_id)
    return _back(act, form.app, "thawed")


def _found(visit: Visit, appkey: str) -> App | None:
    try:
        return apps.by_appkey(visit.db, appkey) if appkey else None
    except NoApp:
        return None


def _back(act: Act, app_id: str, done: str) -> Response:
    return pages.go(APPS, appkey=apps.get(act.db, app_id).appkey, done=done)


PAGES = (
    Page(APPS, shown, who=watcher),
    Page(f"{APPS}/freeze", act=freeze, who=keeper, shown=shown),
    Page(f"{APPS}/thaw", act=thaw, who=keeper, shown=shown),
)

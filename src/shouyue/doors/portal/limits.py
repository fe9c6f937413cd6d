"""How often an app may call: what is used, a step up, today's counter anew (protocol, 4.3)."""

from starlette.responses import Response

from shouyue.doors.portal.apps import mine
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.quotas import service as quotas
from shouyue.platform.quotas.types import Kind


class UpgradeForm(forms.Form):
    """Which ladder."""

    kind: Kind


def limits(visit: Visit) -> Response:
    """GET /apps/{id}/limits."""
    app = mine(visit)
    own = [api for api in catalogue.apis().values() if api.qps or api.qps_user or api.qps_all]
    usage = quotas.usage(visit.db, app)
    return pages.render(visit, "app_limits.html", app=app, usage=usage, own=own)


def upgrade(act: Act) -> Response:
    """POST /apps/{id}/limits: decided at once, by use."""
    app, form = mine(act), forms.read(act, UpgradeForm)
    quotas.upgrade(act.db, act.someone.subject, app.id, form.kind)
    return pages.go(f"/apps/{app.id}/limits", done="upgraded")


def reset(act: Act) -> Response:
    """POST /apps/{id}/limits/reset."""
    app = mine(act)
    forms.read(act, forms.Button)
    quotas.reset(act.db, act.someone.subject, app.id)
    return pages.go(f"/apps/{app.id}/limits", done="reset")


PAGES = (
    Page("/apps/{id}/limits", limits, upgrade),
    Page("/apps/{id}/limits/reset", act=reset, shown=limits),
)

"""A developer's apps: make one, read its overview, set its call-back address and permissions.

Another developer's app is not found, whoever asks. Clauses: 1.c, 2.1.2.b, 2.3.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.portal import permits, snippets
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.accounts import sessions
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App, AppState, NewApp
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.decryption import service as decryption
from shouyue.platform.grants import service as granted
from shouyue.platform.grants.types import Grant, GrantState
from shouyue.platform.handling import service as handling
from shouyue.platform.handling.types import Kind
from shouyue.platform.oauth import service as oauth
from shouyue.platform.onboarding import service as onboarding
from shouyue.platform.onboarding.errors import NotCertified

_FIRST_CALL = "open.shop.info.get"
_SCOPE = Annotated[str, Field(max_length=40)]


class NewAppForm(forms.Form):
    """What a developer says about a new app."""

    title: Annotated[str, Field(min_length=2, max_length=30)]
    description: Annotated[str, Field(max_length=500)] = ""
    callback: Annotated[str, Field(max_length=500)] = ""
    scopes: Annotated[list[_SCOPE], Field(max_length=50)] = []  # noqa: RUF012 - pydantic copies it


class CallbackForm(forms.Form):
    """One address."""

    callback: Annotated[str, Field(max_length=500)]


class PermissionsForm(forms.Form):
    """The packages that are to be held from now on, beside those that every app has."""

    scopes: Annotated[list[_SCOPE], Field(max_length=50)] = []  # noqa: RUF012 - pydantic copies it


class TimeForm(forms.Form):
    """Which test user's grant, and how many minutes pass: five, 48 hours', or ten days'."""

    grant: Annotated[str, Field(max_length=26)]
    minutes: Literal["5", "2880", "14400"]


def mine(visit: Visit) -> App:
    """Return the app of the address; raises NoApp unless the visitor registered it."""
    app = apps.get(visit.db, visit.path("id"))
    if app.owner != visit.someone.subject:
        raise NoApp
    return app


def overview(visit: Visit) -> Response:
    """GET /apps."""
    found = apps.mine(visit.db, visit.someone.subject)
    return pages.render(visit, "apps.html", found=found, lacking=_lacking(visit))


def blank(visit: Visit) -> Response:
    """GET /apps/new."""
    return pages.render(
        visit, "app_new.html", permits=permits.opened(visit.lang), lacking=_lacking(visit)
    )


def create(act: Act) -> Response:
    """POST /apps/new: the page with the secrets, which are shown this once."""
    form = forms.read(act, NewAppForm)
    issued = apps.register(
        act.db,
        act.someone.subject,
        NewApp(form.title, form.description, form.callback, tuple(form.scopes)),
        certified=onboarding.certified_enterprise,
        loopback_allowed=act.site.development,
    )
    return pages.render(act, "app_secrets.html", issued=issued)


def one(visit: Visit) -> Response:
    """GET /apps/{id}."""
    app = mine(visit)
    origin, api = visit.site.origin, catalogue.find(_FIRST_CALL)
    live = [grant for grant in granted.grants_to(visit.db, app.id) if _live(visit, grant)]
    asked = snippets.authorize_url(app.appkey, app.callback, app.scopes, origin)
    return pages.render(
        visit,
        "app.html",
        app=app,
        held=[permits.permit(name, visit.lang) for name in app.scopes],
        live=live,
        uses=decryption.uses(visit.db, app.id),
        shops=granted.shops_of(visit.db, app.id),
        told=_told(visit, app.id),
        api=api,
        asked=asked if app.callback else "",
        exchange=snippets.exchange(app.appkey, origin),
        programs=snippets.programs(api, app.appkey, origin, visit.say("或", "or")),
    )


def callback(visit: Visit) -> Response:
    """GET /apps/{id}/callback."""
    return pages.render(visit, "app_callback.html", app=mine(visit))


def set_callback(act: Act) -> Response:
    """POST /apps/{id}/callback."""
    app, form = mine(act), forms.read(act, CallbackForm)
    sessions.require_stepped_up(act.someone)
    apps.set_callback(
        act.db, act.someone.subject, app.id, form.callback, loopback_allowed=act.site.development
    )
    return pages.go(f"/apps/{app.id}/callback", done="saved")


def permissions(visit: Visit) -> Response:
    """GET /apps/{id}/permissions."""
    app = mine(visit)
    return pages.render(
        visit,
        "app_permissions.html",
        app=app,
        permits=permits.opened(visit.lang),
        free=app.state is AppState.IN_DEVELOPMENT,
    )


def set_permissions(act: Act) -> Response:
    """POST /apps/{id}/permissions: in development as wished, after that only fewer."""
    app, form = mine(act), forms.read(act, PermissionsForm)
    more = [scope for scope in form.scopes if scope not in app.scopes]
    if more and app.state is not AppState.IN_DEVELOPMENT:
        raise forms.faulty(
            "scopes",
            "上线后增加权限包需要运营方审核，请联系我们。",
            "After going live, further packages need a review. Please contact us.",
        )
    apps.set_scopes(act.db, app.id, form.scopes)
    return pages.go(f"/apps/{app.id}/permissions", done="saved")


def grants(visit: Visit) -> Response:
    """GET /apps/{id}/grants."""
    app = mine(visit)
    found = [(grant, _live(visit, grant)) for grant in granted.grants_to(visit.db, app.id)]
    return pages.render(visit, "app_grants.html", app=app, found=found)


def pass_time(act: Act) -> Response:
    """POST /apps/{id}/grants: time passes for one test user's grant and its tokens."""
    app, form = mine(act), forms.read(act, TimeForm)
    oauth.pass_time(act.db, act.someone.subject, form.grant, int(form.minutes))
    return pages.go(f"/apps/{app.id}/grants", done="passed")


def _told(visit: Visit, app_id: str) -> dict[str, int]:
    """Return how many lines of its own log an app sent in within thirty days, by kind."""
    found = dict.fromkeys((kind.value for kind in Kind), 0)
    for one in handling.sums(visit.db, timedelta(days=30), app_id):
        found[one.kind.value] += one.lines
    return found


def _live(visit: Visit, grant: Grant) -> bool:
    return grant.state is GrantState.LIVE and visit.db.clock() < grant.until


def _lacking(visit: Visit) -> NotCertified | None:
    try:
        onboarding.require_certified(visit.db, visit.someone.subject)
    except NotCertified as no:
        return no
    return None


PAGES = (
    Page("/apps", overview),
    Page("/apps/new", blank, create),
    Page("/apps/{id}", one),
    Page("/apps/{id}/callback", callback, set_callback),
    Page("/apps/{id}/permissions", permissions, set_permissions),
    Page("/apps/{id}/grants", grants, pass_time),
)

"""The secrets of an app: what may be seen of them, rolling, stopping, ending; who may call at all.

A secret is shown on the page that answers its making and on no other. Clause 5.1.1.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.portal.apps import mine
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.accounts import sessions
from shouyue.platform.apps import freezing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.credentials import LONGEST_OVERLAP
from shouyue.platform.apps.types import SecretKind


class RollForm(forms.Form):
    """For how many days the old secret works on."""

    overlap: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP.days)]


class Deed(StrEnum):
    """What is done with one secret."""

    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class DeedForm(forms.Form):
    """Which deed."""

    deed: Deed


class NetworksForm(forms.Form):
    """One address or range a line."""

    networks: Annotated[str, Field(max_length=8000)] = ""


def credentials(visit: Visit) -> Response:
    """GET /apps/{id}/credentials."""
    app = mine(visit)
    present = visit.someone.stepped_up
    kinds = {kind: [one for one in app.secrets if one.kind is kind] for kind in SecretKind}
    why = freezing.WHY[app.frozen] if app.frozen else ("", "")
    return pages.render(
        visit, "app_credentials.html", app=app, kinds=kinds, present=present, why=why
    )


def roll(act: Act) -> Response:
    """POST /apps/{id}/credentials/{kind}: the page with the new secret, shown this once."""
    app, form, kind = mine(act), forms.read(act, RollForm), _kind(act)
    sessions.require_stepped_up(act.someone)
    overlap = timedelta(days=form.overlap)
    plain = apps.roll_secret(act.db, act.someone.subject, app.id, kind, overlap=overlap)
    return pages.render(act, "app_rolled.html", app=app, kind=kind, plain=plain, overlap=overlap)


def change(act: Act) -> Response:
    """POST /apps/{id}/secrets/{secret}: to stop one needs nothing more, all else a fresh code."""
    app, form = mine(act), forms.read(act, DeedForm)
    owner, secret = act.someone.subject, act.path("secret")
    if form.deed is not Deed.PAUSE:
        sessions.require_stepped_up(act.someone)
    if form.deed is Deed.END:
        apps.end_secret(act.db, owner, app.id, secret)
    else:
        paused = form.deed is Deed.PAUSE
        apps.pause_secret(act.db, owner, app.id, secret, paused=paused)
    return pages.go(f"/apps/{app.id}/credentials", done=form.deed.value)


def set_networks(act: Act) -> Response:
    """POST /apps/{id}/networks."""
    app, form = mine(act), forms.read(act, NetworksForm)
    lines = [line for line in form.networks.splitlines() if line.strip()]
    apps.set_networks(act.db, act.someone.subject, app.id, lines)
    return pages.go(f"/apps/{app.id}/credentials", done="networks")


def _kind(act: Act) -> SecretKind:
    try:
        return SecretKind(act.path("kind"))
    except ValueError:
        raise PageMissing from None


PAGES = (
    Page("/apps/{id}/credentials", credentials),
    Page("/apps/{id}/credentials/{kind}", act=roll, shown=credentials),
    Page("/apps/{id}/secrets/{secret}", act=change, shown=credentials),
    Page("/apps/{id}/networks", act=set_networks, shown=credentials),
)

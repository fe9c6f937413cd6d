"""What a merchant has let in, what each app may see, and taking it back (4.1, 6.2.1).

A main account sees here what its sub-accounts have let in, and ends that too.
"""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.portal import permits
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.platform.apps import service as apps
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.types import Grant, GrantState


class RevokeForm(forms.Form):
    """Which app is to get nothing more."""

    app: Annotated[str, Field(max_length=26)]


class StaffForm(forms.Form):
    """Which authorisation of a sub-account is to end."""

    grant: Annotated[str, Field(max_length=26)]


def mine(visit: Visit) -> Response:
    """GET /grants: live ones by app, then what is over."""
    found = grants.grants_of(visit.db, visit.someone.subject)
    of_staff = shops.staff_grants(visit.db, visit.someone.subject)
    live = [grant for grant in found if _live(visit, grant)]
    names = {one.app_id: apps.get(visit.db, one.app_id).title for one in (*found, *of_staff)}
    by_app = {grant.app_id: [one for one in live if one.app_id == grant.app_id] for grant in live}
    return pages.render(
        visit,
        "grants.html",
        names=names,
        by_app={app: (grants, _permits(visit, grants)) for app, grants in by_app.items()},
        of_staff=[(grant, _permits(visit, [grant])) for grant in of_staff],
        numbers={grant.staff_id: shops.staff_mask(grant.staff_id) for grant in of_staff},
        over=[grant for grant in found if not _live(visit, grant)],
        merchant=shops.merchant(visit.db, visit.someone.subject),
    )


def revoke(act: Act) -> Response:
    """POST /grants/revoke: effective at once."""
    form = forms.read(act, RevokeForm)
    grants.revoke(act.db, act.someone.subject, form.app)
    return pages.go("/grants", done="revoked")


def revoke_of_staff(act: Act) -> Response:
    """POST /grants/staff: a main account ends what a sub-account let in."""
    form = forms.read(act, StaffForm)
    shops.revoke_of_staff(act.db, act.someone.subject, form.grant)
    return pages.go("/grants", done="revoked")


def _live(visit: Visit, grant: Grant) -> bool:
    return grant.state is GrantState.LIVE and visit.db.clock() < grant.until


def _permits(visit: Visit, grants: list[Grant]) -> list[permits.Permit]:
    names = dict.fromkeys(scope for grant in grants for scope in grant.scopes)
    return [permits.permit(name, visit.lang) for name in names]


PAGES = (
    Page("/grants", mine),
    Page("/grants/revoke", act=revoke, shown=mine),
    Page("/grants/staff", act=revoke_of_staff, shown=mine),
)

"""Staff come in with a password and a second factor, see today's work, and add passkeys (5.1.2)."""

from functools import partial
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console import alarms
from shouyue.doors.console.door import watches
from shouyue.doors.console.posts import ROLES
from shouyue.doors.web import cookies, forms, pages
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Act, Then, Visit
from shouyue.ground.kit import calendar
from shouyue.ground.kit.errors import Refusal
from shouyue.people.alarms import service as noticed
from shouyue.people.staff import passkeys, service
from shouyue.people.staff.types import Assertion, StaffRole
from shouyue.platform.reviews import service as reviews


class Entering(forms.Form):
    """Name, password, and one of: a code, or a passkey's answer to what was asked."""

    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=256)]
    code: Annotated[str, Field(max_length=16)] = ""
    asked: str = ""
    answer: str = ""


class NewKey(forms.Form):
    """What the browser made of a registration challenge."""

    asked: str
    answer: str


def staff_only(visit: Visit) -> None:
    """Let in who is signed in as staff; raises NotSignedIn."""
    _ = visit.staff


def ask(visit: Visit) -> Response:
    """GET /ops/login."""
    if visit.person is not None:
        return pages.go("/ops")
    asking = passkeys.begin_sign_in(visit.db, passkeys.party(visit.site.origin, visit.lang))
    onward = pages.local(visit.query("next"), "/ops")
    return pages.render(visit, "sign_in.html", asking=asking, onward=onward)


def enter(act: Act) -> Then:
    """POST /ops/login: a failure stays counted, so its refusal follows the commit."""
    form = forms.read(act, Entering)
    by_key = (
        Assertion(passkeys.party(act.site.origin, act.lang), form.asked, form.answer)
        if form.answer
        else None
    )
    tried = service.sign_in(act.db, form.name, form.password, by_key or form.code)
    if tried.refusal is not None:
        return partial(_refuse, tried.refusal)
    service.end(act.db, act.token)  # whoever was here before in this browser has left
    return partial(_let_in, act, tried.take())


def leave(act: Act) -> Response:
    """POST /ops/logout."""
    service.end(act.db, act.token)
    response = pages.go("/ops/login", done="left")
    cookies.drop(response, act.site, act.door.cookie)
    return response


def today(visit: Visit) -> Response:
    """GET /ops."""
    roles, now = visit.staff.roles, visit.db.clock()
    waiting = reviews.queue(visit.db) if StaffRole.REVIEWER in roles else None
    return pages.render(
        visit,
        "today.html",
        now=now,
        roles=[visit.say(*ROLES[role]) for role in sorted(roles)],
        waiting=waiting,
        alarmed=watches(visit),
        alarms=[alarms.line(visit, one) for one in noticed.living(visit.db)]
        if watches(visit)
        else [],
        left=calendar.working_days_left(now, waiting[0].due) if waiting else 0,
    )


def keys(visit: Visit) -> Response:
    """GET /ops/passkeys."""
    asking = passkeys.begin_registration(
        visit.db, passkeys.party(visit.site.origin, visit.lang), visit.staff.staff_id
    )
    held = passkeys.held(visit.db, visit.staff.staff_id)
    return pages.render(visit, "passkeys.html", asking=asking, held=held)


def add_key(act: Act) -> Response:
    """POST /ops/passkeys."""
    form = forms.read(act, NewKey)
    passkeys.register(
        act.db,
        passkeys.party(act.site.origin, act.lang),
        act.staff.staff_id,
        form.asked,
        form.answer,
    )
    return pages.go("/ops/passkeys", done="added")


def _let_in(act: Act, token: str) -> Response:
    response = pages.go(pages.local(act.query("next"), "/ops"))
    cookies.put(response, act.site, act.door.cookie, token)
    return response


def _refuse(no: Refusal) -> Response:
    raise no


PAGES = (
    Page("/ops/login", ask, enter, who=anyone),
    Page("/ops/logout", act=leave, who=anyone),
    Page("/ops", today, who=staff_only),
    Page("/ops/passkeys", keys, add_key, who=staff_only),
)

"""Alarms on the console: what was noticed, taking it in hand, closing it with a reason (5.1.2)."""

from dataclasses import dataclass

from starlette.responses import Response

from shouyue.doors.console.alarm_words import KINDS, REASONS, STATES
from shouyue.doors.console.door import watches
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import NotAllowed
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.alarms import service as alarms
from shouyue.people.alarms.types import Alarm, CloseReason
from shouyue.people.staff import service as staff

LIST = "/ops/alarms"


class CloseForm(forms.Form):
    """Why it is closed."""

    reason: CloseReason


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm as the pages show it."""

    alarm: Alarm
    called: str
    tone: str
    state: str
    reason: str


def watcher(visit: Visit) -> None:
    """Let in privacy and security staff; raises NotSignedIn, NotAllowed."""
    if not watches(visit):
        raise NotAllowed


def line(visit: Visit, alarm: Alarm) -> Line:
    """Return an alarm in the visitor's words."""
    tone, zh, en = STATES[alarm.state]
    return Line(
        alarm=alarm,
        called=visit.say(*KINDS.get(alarm.kind, (alarm.kind, alarm.kind))),
        tone=tone,
        state=visit.say(zh, en),
        reason=visit.say(*REASONS[alarm.reason]) if alarm.reason else "",
    )


def listed(visit: Visit) -> Response:
    """GET /ops/alarms: what is open, and what was closed last."""
    return pages.render(
        visit,
        "alarms.html",
        living=[line(visit, one) for one in alarms.living(visit.db)],
        closed=[line(visit, one) for one in alarms.closed(visit.db)],
        names={one.id: one.name for one in staff.everybody(visit.db)},
        reasons=[(reason.value, visit.say(*words)) for reason, words in REASONS.items()],
    )


def see(act: Act) -> Response:
    """POST /ops/alarms/{id}/seen: somebody looks after it."""
    forms.read(act, forms.Button)
    alarms.see(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(LIST, done="seen")


def close(act: Act) -> Response:
    """POST /ops/alarms/{id}/close."""
    form = forms.read(act, CloseForm)
    alarms.close(act.db, act.path("id"), act.staff.staff_id, form.reason)
    return pages.go(LIST, done="closed")


PAGES = (
    Page(LIST, listed, who=watcher),
    Page("/ops/alarms/{id}/seen", act=see, who=watcher, shown=listed),
    Page("/ops/alarms/{id}/close", act=close, who=watcher, shown=listed),
)

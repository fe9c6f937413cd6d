"""Keys on the console: what rests on which root, and destruction by two people (5.1.1).

The page shows ids, classes and counts. It reaches no key and no value.
"""

from dataclasses import dataclass

from starlette.responses import Response

from shouyue.doors.console.key_words import CAUSES, STAGES
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import NotAllowed
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.overview import words
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.keys import certificates, destructions, roots
from shouyue.privacy.keys.types import Destruction, Doomed
from shouyue.privacy.policy import service as policy

KEYS = "/ops/keys"


class AskForm(forms.Form):
    """What is to be destroyed."""

    doomed: Doomed
    target: str


@dataclass(frozen=True, slots=True)
class Line:
    """One request as the page shows it."""

    one: Destruction
    tone: str
    stage: str
    asked_by: str
    answered_by: str
    own: bool


def keeper(visit: Visit) -> None:
    """Let in security staff; raises NotSignedIn, NotAllowed."""
    if StaffRole.SECURITY not in visit.staff.roles:
        raise NotAllowed


def shown(visit: Visit) -> Response:
    """GET /ops/keys."""
    db, names = visit.db, {one.id: one.name for one in staff.everybody(visit.db)}
    return pages.render(
        visit,
        "keys.html",
        roots=roots.status(db),
        suites=roots.keys_by_suite(db),
        asked=[_line(visit, one, names) for one in destructions.listed(db)],
        classes=[(name, f"{name} · {_items(visit, name)}") for name in destructions.classes()],
        gone=certificates.latest(db),
        gone_count=certificates.count(db),
        causes={cause.value: visit.say(*words) for cause, words in CAUSES.items()},
    )


def ask(act: Act) -> Response:
    """POST /ops/keys/destructions."""
    form = forms.read(act, AskForm)
    destructions.ask(act.db, form.doomed, form.target, act.staff.staff_id)
    return pages.go(KEYS, done="asked")


def approve(act: Act) -> Response:
    """POST /ops/keys/destructions/{id}/approve."""
    forms.read(act, forms.Button)
    destructions.approve(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(KEYS, done="approved")


def drop(act: Act) -> Response:
    """POST /ops/keys/destructions/{id}/drop."""
    forms.read(act, forms.Button)
    destructions.drop(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(KEYS, done="dropped")


def certificate(visit: Visit) -> Response:
    """GET /ops/keys/certificates/{id}: the proof that a key is gone, to be given to the person."""
    key = visit.path("id")
    proof = certificates.receipt(visit.db, key)
    name = f'attachment; filename="certificate-{key}.json"'
    return Response(proof, media_type="application/json", headers={"Content-Disposition": name})


def _line(visit: Visit, one: Destruction, names: dict[str, str]) -> Line:
    tone, zh, en = STAGES[one.stage]
    return Line(
        one=one,
        tone=tone,
        stage=visit.say(zh, en),
        asked_by=names.get(one.asked_by, one.asked_by),
        answered_by=names.get(one.answered_by, one.answered_by),
        own=one.asked_by == visit.staff.staff_id,
    )


def _items(visit: Visit, retention_class: str) -> str:
    rules = policy.active().items.values()
    named = [rule.name.say(visit.lang) for rule in rules if rule.retention_class == retention_class]
    return words.listed(named, visit.lang)


PAGES = (
    Page(KEYS, shown, who=keeper),
    Page("/ops/keys/certificates/{id}", certificate, who=keeper),
    Page("/ops/keys/destructions", act=ask, who=keeper, shown=shown),
    Page("/ops/keys/destructions/{id}/approve", act=approve, who=keeper, shown=shown),
    Page("/ops/keys/destructions/{id}/drop", act=drop, who=keeper, shown=shown),
)

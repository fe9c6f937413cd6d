"""Answering what others ask, reviewing what they took in need, and the register for auditors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console.access import ACCESS, auditing, shown
from shouyue.doors.console.access_lines import lines
from shouyue.doors.console.posts import ROLES
from shouyue.doors.console.sign_in import staff_only
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import NotAllowed
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.staff import service as staff
from shouyue.privacy.clearance import glass, grants
from shouyue.privacy.clearance.types import Verdict, Wanted
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Refused
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose

_WORD = Annotated[str, Field(max_length=40)]


class ReviewForm(forms.Form):
    """What was found."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A refused look in the visitor's words."""

    one: Refused
    member: str
    post: str
    purpose: str
    items: str


def auditor(visit: Visit) -> None:
    """Let in who may read the register; raises NotSignedIn, NotAllowed."""
    if not auditing(visit):
        raise NotAllowed


def approve(act: Act) -> Response:
    """POST /ops/access/{id}/approve."""
    forms.read(act, forms.Button)
    grants.approve(act.db, act.path("id"), act.staff.member)
    return pages.go(ACCESS, done="approved")


def refuse(act: Act) -> Response:
    """POST /ops/access/{id}/refuse."""
    forms.read(act, forms.Button)
    grants.refuse(act.db, act.path("id"), act.staff.member)
    return pages.go(ACCESS, done="refused")


def review(act: Act) -> Response:
    """POST /ops/access/{id}/review."""
    form = forms.read(act, ReviewForm)
    glass.review(act.db, act.path("id"), act.staff.member, form.verdict)
    return pages.go(ACCESS, done="reviewed")


def register(visit: Visit) -> Response:
    """GET /ops/access/register: who may and might look, with how often each grant was used."""
    wanted = Wanted(
        live=visit.query("live") == "yes",
        member=visit.query("member"),
        purpose=visit.query("purpose"),
        subject=visit.query("person"),
    )
    found = grants.register(visit.db, wanted)
    members = [(one.id, one.name) for one in staff.everybody(visit.db)]
    return pages.render(
        visit,
        "access_register.html",
        wanted=wanted,
        found=list(
            zip(lines(visit, [one for one, _ in found]), (n for _, n in found), strict=True)
        ),
        members=members,
        refused=_refused(visit, dict(members), wanted.member),
        often=refused.OFTEN,
        purposes=[(one.value, policy.purpose(one).name.say(visit.lang)) for one in Purpose],
    )


def _refused(visit: Visit, names: Mapping[str, str], member: str) -> list[RefusedLine]:
    return [_refused_line(visit, one, names) for one in refused.listed(visit.db, member)]


def _refused_line(visit: Visit, one: Refused, names: Mapping[str, str]) -> RefusedLine:
    posts = {role.value: visit.say(*words) for role, words in ROLES.items()}
    purpose = policy.purpose(Purpose(one.purpose)).name.say(visit.lang) if one.purpose else ""
    named = [policy.item(item).name.say(visit.lang) for item in one.items]
    return RefusedLine(
        one,
        names.get(one.actor, one.actor),
        posts.get(one.role, ""),
        purpose,
        visit.say("、", ", ").join(named),
    )


PAGES = (
    Page("/ops/access/register", register, who=auditor),
    Page("/ops/access/{id}/approve", act=approve, who=staff_only, shown=shown),
    Page("/ops/access/{id}/refuse", act=refuse, who=staff_only, shown=shown),
    Page("/ops/access/{id}/review", act=review, who=staff_only, shown=shown),
)

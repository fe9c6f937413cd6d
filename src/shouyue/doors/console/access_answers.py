"""Answering what others ask, reviewing what they took in need, and the register for auditors."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from shouyue.doors.console.access import ACCESS, auditing, shown
from shouyue.doors.console.access_lines import lines
from shouyue.doors.console.posts import ROLES
from shouyue.doors.console.sign_in import staff_only
from shouyue.doors.web import forms, pages, sheets
from shouyue.doors.web.errors import NotAllowed
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.calendar import BEIJING
from shouyue.people.staff import service as staff
from shouyue.privacy.clearance import glass, grants
from shouyue.privacy.clearance.types import Grant, Verdict, Wanted
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Refused
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose

_HEADS = (
    ("许可编号", "Grant"),
    ("方式", "Way"),
    ("状态", "Stage"),
    ("员工", "Member"),
    ("岗位", "Post"),
    ("目的编号", "Purpose"),
    ("人员编号与信息项", "Persons and items"),
    ("事项", "Case"),
    ("缘由", "Need"),
    ("未成年人", "Minor"),
    ("申请时间", "Asked"),
    ("答复人", "Answered by"),
    ("答复岗位", "As"),
    ("答复时间", "Answered"),
    ("到期", "Until"),
    ("结束", "Ended"),
    ("结束原因", "Why"),
    ("复核人", "Reviewed by"),
    ("复核时间", "Reviewed"),
    ("复核结论", "Verdict"),
    ("已查看", "Looks"),
)


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
    wanted = _wanted(visit)
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
        days=[
            (day.isoformat(), dict(members).get(who, who), times)
            for day, who, times in refused.days(visit.db, wanted.member)
        ],
        purposes=[(one.value, policy.purpose(one).name.say(visit.lang)) for one in Purpose],
    )


def taken(visit: Visit) -> Response:
    """GET /ops/access/register/list: every grant that fits, as CSV (RFC 4180)."""
    day = visit.db.clock().astimezone(BEIJING).date().isoformat()
    found = grants.whole_register(visit.db, _wanted(visit))
    names = {one.id: one.name for one in staff.everybody(visit.db)}
    rows = ([*_cells(grant, names), used] for grant, used in found)
    return sheets.answer(f"grants-{day}.csv", [[visit.say(*head) for head in _HEADS], *rows])


def _wanted(visit: Visit) -> Wanted:
    return Wanted(
        live=visit.query("live") == "yes",
        member=visit.query("member"),
        purpose=visit.query("purpose"),
        subject=visit.query("person"),
    )


def _cells(one: Grant, names: Mapping[str, str]) -> list[object]:
    """Return a grant by its codes; whom it reaches with which items as `id:DI-01+DI-02`."""
    reach = (f"{person}:{'+'.join(items)}" for person, items in one.reach.items())
    times = (one.asked_at, one.answered_at, one.until, one.ended_at, one.reviewed_at)
    asked, answered, until, ended, reviewed = (
        at.astimezone(BEIJING).isoformat(timespec="seconds") if at else "" for at in times
    )
    return [
        *(one.id, one.way, one.stage, names.get(one.member, one.member), one.post, one.purpose),
        *(" ".join(reach), one.case, one.need, int(one.minors), asked),
        *(names.get(one.answered_by, one.answered_by), one.answered_post, answered, until, ended),
        *(one.why, names.get(one.reviewed_by, one.reviewed_by), reviewed, one.verdict or ""),
    ]


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
    Page("/ops/access/register/list", taken, who=auditor),
    Page("/ops/access/{id}/approve", act=approve, who=staff_only, shown=shown),
    Page("/ops/access/{id}/refuse", act=refuse, who=staff_only, shown=shown),
    Page("/ops/access/{id}/review", act=review, who=staff_only, shown=shown),
)

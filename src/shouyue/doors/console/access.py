"""Access: what I may look at, asking for it, taking it in need, and giving it back (5.1.2).

The page knows ids, words and times. What a grant reaches is opened under `console.desk`.
"""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console.access_lines import lines
from shouyue.doors.console.access_words import NEEDS
from shouyue.doors.console.posts import ROLES
from shouyue.doors.console.sign_in import staff_only
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.types import SubjectId
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance import glass, grants, papers
from shouyue.privacy.clearance.types import RESTRICTED, Ask, Glass, Need
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

ACCESS = "/ops/access"
HOURS = (1, 2, 4, 8)
_ID = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
_ITEMS = Annotated[list[Item], Field(min_length=1, max_length=40)]


class AskForm(forms.Form):
    """Whom, what, what for and how long."""

    post: StaffRole
    purpose: Purpose
    person: _ID
    items: _ITEMS
    need: Need
    case: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")] = ""
    hours: Annotated[int, Field(ge=1, le=8)]
    minors: bool = False


class GlassForm(forms.Form):
    """Whom, what and why at once."""

    post: StaffRole
    purpose: Purpose
    person: _ID
    items: _ITEMS
    told: Annotated[str, Field(max_length=300)]


def shown(visit: Visit) -> Response:
    """GET /ops/access."""
    db, member = visit.db, visit.staff.member
    choices = _choices(visit)
    return pages.render(
        visit,
        "access.html",
        fitness=papers.fitness(db, member.id),
        mine=lines(visit, grants.mine(db, member.id)[:20]),
        asked=lines(visit, grants.waiting(db, member)),
        unreviewed=lines(visit, glass.unreviewed(db, member)),
        now=db.clock(),
        posts=[(role.value, visit.say(*ROLES[role])) for role in _posts(visit, choices)],
        items=_named(visit, choices),
        purposes=_purposes(visit, choices),
        urgent=_named(visit, glass.reachable(choices)),
        emergencies=_purposes(visit, choices, glass.PURPOSES),
        needs=[
            (need.value, visit.say(*words))
            for need, words in NEEDS.items()
            if need not in RESTRICTED
        ],
        hours=[(str(hours), visit.say(f"{hours} 小时", f"{hours} h")) for hours in HOURS],
        may_audit=auditing(visit),
    )


def ask(act: Act) -> Response:
    """POST /ops/access/asks."""
    form = forms.read(act, AskForm)
    asked = Ask(
        post=form.post.value,
        purpose=form.purpose,
        reach={SubjectId(form.person): form.items},
        need=form.need,
        case=form.case,
        hours=form.hours,
        minors=form.minors,
    )
    grants.ask(act.db, act.staff.member, asked)
    return pages.go(ACCESS, done="asked")


def break_glass(act: Act) -> Response:
    """POST /ops/access/glass: straight to what it reaches, for half an hour."""
    form = forms.read(act, GlassForm)
    taken = Glass(form.post.value, form.purpose, SubjectId(form.person), form.items, form.told)
    made = glass.break_glass(act.db, act.staff.member, taken)
    return pages.go(f"{ACCESS}/{made}", done="broken")


def end(act: Act) -> Response:
    """POST /ops/access/{id}/end: given back, or taken away."""
    forms.read(act, forms.Button)
    grants.end(act.db, act.path("id"), act.staff.member)
    return pages.go(ACCESS, done="ended")


def auditing(visit: Visit) -> bool:
    """Tell whether the register is for who is signed in: privacy, security and administration."""
    return bool(visit.staff.roles - {StaffRole.REVIEWER, StaffRole.SUPPORT})


def _choices(visit: Visit) -> list[Item]:
    """Return the items that a post of the visitor may see at all."""
    posts = {*visit.staff.member.posts, "staff"}
    return [item for item, rule in policy.active().items.items() if posts & set(rule.seen_by)]


def _posts(visit: Visit, choices: list[Item]) -> list[StaffRole]:
    """Return the visitor's posts, those that see the most first."""

    def seen(role: StaffRole) -> int:
        return sum(role.value in policy.item(item).seen_by for item in choices)

    return sorted(sorted(visit.staff.roles), key=seen, reverse=True)


def _named(visit: Visit, items: list[Item]) -> list[tuple[str, str]]:
    return [(item.value, policy.item(item).name.say(visit.lang)) for item in items]


def _purposes(
    visit: Visit, choices: list[Item], kept: frozenset[Purpose] | None = None
) -> list[tuple[str, str]]:
    found = {purpose for item in choices for purpose in policy.item(item).purposes}
    wanted = [
        purpose for purpose in Purpose if purpose in (found if kept is None else found & kept)
    ]
    return [(one.value, policy.purpose(one).name.say(visit.lang)) for one in wanted]


PAGES = (
    Page(ACCESS, shown, who=staff_only),
    Page("/ops/access/asks", act=ask, who=staff_only, shown=shown),
    Page("/ops/access/glass", act=break_glass, who=staff_only, shown=shown),
    Page("/ops/access/{id}/end", act=end, who=staff_only, shown=shown),
)

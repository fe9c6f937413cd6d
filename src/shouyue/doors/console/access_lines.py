"""One grant as the pages show it: ids become names, codes become words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shouyue.doors.console.access_words import NEEDS, STAGES, VERDICTS, WHYS
from shouyue.doors.console.posts import ROLES
from shouyue.doors.web.visits import Visit
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance.types import Grant, Need, Stage, Way, Why
from shouyue.privacy.policy import service as policy


@dataclass(frozen=True, slots=True)
class Line:
    """One grant in the visitor's words."""

    one: Grant
    member: str
    post: str
    purpose: str
    items: str
    need: str
    tone: str
    stage: str
    answered_by: str
    reviewed_by: str
    why: str
    glass: bool
    verdict: tuple[str, str]
    live: bool
    own: bool


def lines(visit: Visit, grants: Iterable[Grant]) -> list[Line]:
    """Return grants in the visitor's words."""
    names = {one.id: one.name for one in staff.everybody(visit.db)}
    return [_line(visit, grant, names) for grant in grants]


def _line(visit: Visit, one: Grant, names: Mapping[str, str]) -> Line:
    over = one.stage is Stage.LIVE and one.until is not None and one.until <= visit.db.clock()
    tone, zh, en = STAGES[Stage.ENDED if over else one.stage]
    verdict = VERDICTS[one.verdict] if one.verdict else ("wait", "待复核", "Waits for review")
    named = [policy.item(item).name.say(visit.lang) for item in one.items]
    return Line(
        one=one,
        member=names.get(one.member, one.member),
        post=visit.say(*ROLES[StaffRole(one.post)]),
        purpose=policy.purpose(one.purpose).name.say(visit.lang),
        items=visit.say("、", ", ").join(named),
        need=visit.say(*NEEDS[Need(one.need)]),
        tone=tone,
        stage=visit.say(zh, en),
        answered_by=names.get(one.answered_by, one.answered_by),
        reviewed_by=names.get(one.reviewed_by, one.reviewed_by),
        why=visit.say(*WHYS[Why(one.why)]) if one.why else "",
        glass=one.way is Way.GLASS,
        verdict=(verdict[0], visit.say(*verdict[1:])),
        live=one.stage is Stage.LIVE and not over,
        own=one.member == visit.staff.staff_id,
    )

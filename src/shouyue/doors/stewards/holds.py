"""Legal holds and the register of restricted storage, for privacy staff (6.1.2, PIPL 47).

The register has ids, items and grounds. A value is opened one at a time, under a warrant that
another member has approved, and is shown in that one answer; the read is on record and reported.
"""

import base64
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console import watermark
from shouyue.doors.stewards.custody_words import KINDS, NEEDS, STAGES
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import NotAllowed
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import SubjectId
from shouyue.people.overview import restricted, words
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance import grants
from shouyue.privacy.clearance.types import Grant, Stage
from shouyue.privacy.clearance.types import Need as AccessNeed
from shouyue.privacy.custody import holds
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import GroundKind, Hold, Kept, NewHold, Opened
from shouyue.privacy.keys.types import Need, Warrant
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.statutes import service as statutes

HOLDS = "/ops/holds"


class AskForm(forms.Form):
    """A hold: on whom, for which case, which items (none: all), the last day on which it holds."""

    subject: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
    kind: GroundKind
    case: Annotated[str, Field(max_length=40)]
    until: date
    items: Annotated[list[Item], Field(max_length=60)] = []  # noqa: RUF012 - pydantic copies it


class ReadForm(forms.Form):
    """What for, and by which statute or hold."""

    need: Need
    ground: Annotated[str, Field(max_length=26)]


class WarrantForm(ReadForm):
    """The same, and for how long another is to approve it."""

    hours: Annotated[int, Field(ge=1, le=8)] = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One hold as the page shows it."""

    one: Hold
    kind: str
    items: str
    tone: str
    stage: str
    asked_by: str
    answered_by: str
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One value in custody as the register shows it; grounds are pairs of id and words.

    `open` are the visitor's own grants to read it, `asked` those that wait for another's word; each
    as need, its word, and ground.
    """

    one: Kept
    item: str
    grounds: tuple[tuple[str, str], ...]
    open: tuple[tuple[str, str, str], ...]
    asked: tuple[tuple[str, str, str], ...]


def privacy(visit: Visit) -> None:
    """Let in privacy staff; raises NotSignedIn, NotAllowed."""
    if StaffRole.PRIVACY not in visit.staff.roles:
        raise NotAllowed


def shown(visit: Visit, opened: Opened | None = None) -> Response:
    """GET /ops/holds; after a read, with what was opened."""
    names = {one.id: one.name for one in staff.everybody(visit.db)}
    values, people = custody.count(visit.db)
    text, picture = _content(visit, opened)
    mine = [one for one in grants.mine(visit.db, visit.staff.staff_id) if one.restricted]
    return pages.render(
        visit,
        "holds.html",
        holds=[_line(visit, one, names) for one in holds.listed(visit.db)],
        register=[_row(visit, one, mine) for one in custody.register(visit.db)],
        values=values,
        people=people,
        laws=[
            (law.id, law.name.say(visit.lang), law.why.say(visit.lang), _items(visit, law.items))
            for law in statutes.keepings().values()
        ],
        kinds=[(kind.value, visit.say(*KINDS[kind])) for kind in holds.kinds()],
        needs=[(need.value, visit.say(*word)) for need, word in NEEDS.items()],
        choices=[
            (rule.id.value, rule.name.say(visit.lang))
            for rule in policy.active().items.values()
            if rule.collected
        ],
        opened=_items(visit, [opened.item]) if opened else "",
        text=text,
        picture=picture,
    )


def ask(act: Act) -> Response:
    """POST /ops/holds/new."""
    form = forms.read(act, AskForm)
    # The day that is written is the last on which it holds, in Beijing.
    ends = datetime.combine(form.until + timedelta(days=1), time(), BEIJING)
    new = NewHold(SubjectId(form.subject), form.kind, form.case, tuple(form.items), ends)
    holds.ask(act.db, new, act.staff.staff_id)
    return pages.go(HOLDS, done="asked")


def confirm(act: Act) -> Response:
    """POST /ops/holds/{id}/confirm."""
    forms.read(act, forms.Button)
    holds.confirm(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(HOLDS, done="confirmed")


def drop(act: Act) -> Response:
    """POST /ops/holds/{id}/drop."""
    forms.read(act, forms.Button)
    holds.drop(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(HOLDS, done="dropped")


def release(act: Act) -> Response:
    """POST /ops/holds/{id}/release."""
    forms.read(act, forms.Button)
    holds.release(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(HOLDS, done="released")


def ask_to_read(act: Act) -> Response:
    """POST /ops/holds/values/{id}/ask: another has to approve it under Access."""
    form = forms.read(act, WarrantForm)
    warrant = Warrant(form.need, form.ground)
    custody.ask(act.db, act.path("id"), warrant, act.staff.member, form.hours)
    return pages.go(HOLDS, done="read-asked")


def read(act: Act) -> Response:
    """POST /ops/holds/values/{id}/read: the one value opened, in this answer only."""
    form = forms.read(act, ReadForm)
    warrant = Warrant(form.need, form.ground)
    return shown(act, custody.read(act.db, act.path("id"), warrant, act.staff.staff_id))


def _content(visit: Visit, opened: Opened | None) -> tuple[str, str]:
    if opened is None:
        return "", ""
    plain = opened.content.open(Sink.CUSTODY_SCREEN)
    if not opened.media_type:
        return plain.decode(), ""
    marked = watermark.mark(plain, visit.staff.name, visit.db.clock())
    return "", f"data:image/jpeg;base64,{base64.b64encode(marked).decode()}"


def _line(visit: Visit, one: Hold, names: dict[str, str]) -> Line:
    tone, zh, en = STAGES[one.stage]
    return Line(
        one=one,
        kind=visit.say(*KINDS[one.kind]),
        items=_items(visit, one.items) or visit.say("全部信息", "everything"),
        tone=tone,
        stage=visit.say(zh, en),
        asked_by=names.get(one.asked_by, one.asked_by),
        answered_by=names.get(one.answered_by, one.answered_by),
        own=one.asked_by == visit.staff.staff_id,
    )


def _row(visit: Visit, one: Kept, mine: list[Grant]) -> Row:
    now = visit.db.clock()
    grounds = tuple((ground.ref, restricted.why(ground, visit.lang)) for ground in one.grounds)
    theirs = [grant for grant in mine if one.item in grant.reach.get(one.subject, ())]
    live = [grant for grant in theirs if grant.stage is Stage.LIVE]
    return Row(
        one,
        _items(visit, [one.item]),
        grounds,
        _under(visit, [grant for grant in live if grant.until and grant.until > now]),
        _under(visit, [grant for grant in theirs if grant.stage is Stage.ASKED]),
    )


def _under(visit: Visit, found: list[Grant]) -> tuple[tuple[str, str, str], ...]:
    needs = {custody.ASKED_AS[need]: need for need in Need}
    seen = {(needs[AccessNeed(grant.need)], grant.case): None for grant in found}
    return tuple((need.value, visit.say(*NEEDS[need]), case) for need, case in seen)


def _items(visit: Visit, items: frozenset[Item] | tuple[Item, ...] | list[Item]) -> str:
    named = [policy.item(item).name.say(visit.lang) for item in sorted(items)]
    return words.listed(named, visit.lang)


PAGES = (
    Page(HOLDS, shown, who=privacy),
    Page("/ops/holds/new", act=ask, who=privacy, shown=shown),
    Page("/ops/holds/{id}/confirm", act=confirm, who=privacy, shown=shown),
    Page("/ops/holds/{id}/drop", act=drop, who=privacy, shown=shown),
    Page("/ops/holds/{id}/release", act=release, who=privacy, shown=shown),
    Page("/ops/holds/values/{id}/ask", act=ask_to_read, who=privacy, shown=shown),
    Page("/ops/holds/values/{id}/read", act=read, who=privacy, shown=shown, opens=True),
)

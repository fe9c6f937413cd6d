"""What is held on the console: each item, what for, on which ground, and whether it is read.

An audit takes the list of a purpose away: whose items, by id, and none of their values (5.2).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.stewards.holds import privacy
from shouyue.doors.web import forms, pages, sheets
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.calendar import BEIJING
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.oversight.types import Held, Line
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.sheets import BASES

REGISTER = "/ops/purposes"


class ListForm(forms.Form):
    """The purpose whose list is taken."""

    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Row:
    """One line in the visitor's words; `law` and `duty` are empty without a statute."""

    line: Line
    called: str
    purpose: str
    basis: str
    law: str
    duty: str


def shown(visit: Visit) -> Response:
    """GET /ops/purposes."""
    lines = oversight.register(visit.db)
    held = sorted({line.usage.purpose for line in lines})
    return pages.render(
        visit,
        "register.html",
        rows=[_row(visit, line) for line in lines],
        unread=sum(line.usage.unread for line in lines),
        lists=StaffRole.PRIVACY in visit.staff.roles,
        choices=[(one.value, policy.purpose(one).name.say(visit.lang)) for one in held],
    )


def taken(act: Act) -> Response:
    """POST /ops/purposes/list: what is held for one purpose, as CSV (RFC 4180)."""
    purpose = forms.read(act, ListForm).purpose
    found = oversight.holdings(act.db, purpose, act.staff.staff_id)
    name = f"held-{purpose.value}-{act.db.clock().astimezone(BEIJING).date().isoformat()}.csv"
    return sheets.answer(name, _list(act, found))


def _list(visit: Visit, found: Iterable[Held]) -> Iterator[Sequence[object]]:
    items = {rule.id: rule.name.say(visit.lang) for rule in policy.active().items.values()}
    bases = {basis: word.say(visit.lang) for basis, word in BASES.items()}
    heads = (("人员编号", "Person's id"), ("信息项编号", "Item"), ("信息项", "Called"))
    rest = (("依据编号", "Ground"), ("依据", "Called"), ("来源", "Source"), ("自", "Since"))
    yield [visit.say(*head) for head in (*heads, *rest)]
    for one in found:
        since = one.at.astimezone(BEIJING).isoformat(timespec="minutes")
        ground = one.basis.value, bases[one.basis]
        item = one.item.value, items.get(one.item, "")
        yield (one.subject, *item, *ground, one.source, since)


def _row(visit: Visit, line: Line) -> Row:
    law, held = line.duty, line.usage
    return Row(
        line=line,
        called=policy.item(held.item).name.say(visit.lang),
        purpose=policy.purpose(held.purpose).name.say(visit.lang),
        basis=BASES[held.basis].say(visit.lang),
        law=law.name.say(visit.lang) if law else "",
        duty=law.bids.say(visit.lang) if law else "",
    )


PAGES = (
    Page(REGISTER, shown, who=watcher),
    Page("/ops/purposes/list", act=taken, who=privacy, shown=shown),
)

"""What is held on the console: each item, what for, on which ground, and whether it is read.

An audit takes the list of a purpose away: whose items, by id, and none of their values (5.2).
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.stewards.holds import privacy
from shouyue.doors.web import forms, pages
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
    text = _csv(act, oversight.holdings(act.db, purpose, act.staff.staff_id))
    name = f"held-{purpose.value}-{act.db.clock().astimezone(BEIJING).date().isoformat()}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)


def _csv(visit: Visit, found: Iterable[Held]) -> str:
    items = {rule.id: rule.name.say(visit.lang) for rule in policy.active().items.values()}
    bases = {basis: word.say(visit.lang) for basis, word in BASES.items()}
    text = io.StringIO()
    lines = csv.writer(text)
    heads = (("人员编号", "Person's id"), ("信息项编号", "Item"), ("信息项", "Called"))
    rest = (("依据编号", "Ground"), ("依据", "Called"), ("来源", "Source"), ("自", "Since"))
    lines.writerow(visit.say(*head) for head in (*heads, *rest))
    for one in found:
        since = one.at.astimezone(BEIJING).isoformat(timespec="minutes")
        ground = one.basis.value, bases[one.basis]
        item = one.item.value, items.get(one.item, "")
        lines.writerow((one.subject, *item, *ground, one.source, since))
    return text.getvalue()


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

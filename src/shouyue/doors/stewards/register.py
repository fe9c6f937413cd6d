"""What is held on the console: each item, what for, on which ground, and whether it is read."""

from dataclasses import dataclass

from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.web import pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Visit
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.oversight.types import Line
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.sheets import BASES


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
    return pages.render(
        visit,
        "register.html",
        rows=[_row(visit, line) for line in lines],
        unread=sum(line.usage.unread for line in lines),
    )


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


PAGES = (Page("/ops/purposes", shown, who=watcher),)

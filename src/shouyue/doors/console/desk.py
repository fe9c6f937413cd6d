"""Looking under a grant: masks of what it reaches, one value opened at a time (5.1.2)."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console.access_lines import lines
from shouyue.doors.console.sign_in import staff_only
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.types import SubjectId
from shouyue.people.desk import service as desk
from shouyue.people.desk.types import Seen
from shouyue.privacy.clearance import grants
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sinks.types import Sink


class LookForm(forms.Form):
    """Whose item to open."""

    person: Annotated[str, Field(max_length=26)]
    item: Item


def one(visit: Visit, seen: Seen | None = None) -> Response:
    """GET /ops/access/{id}; after a look, with what was opened."""
    grant_id = visit.path("id")
    reached = desk.lines(visit.db, grant_id, visit.staff.member)
    return pages.render(
        visit,
        "desk.html",
        line=lines(visit, [grants.one(visit.db, grant_id)])[0],
        reached=reached,
        seen=seen,
        value=seen.value.open(Sink.DESK_SCREEN) if seen else "",
        named=lambda item: policy.item(item).name.say(visit.lang),
    )


def see(act: Act) -> Response:
    """POST /ops/access/{id}/see: the one value opened, in this answer only."""
    form = forms.read(act, LookForm)
    seen = desk.see(act.db, act.path("id"), act.staff.member, SubjectId(form.person), form.item)
    return one(act, seen)


PAGES = (
    Page("/ops/access/{id}", one, who=staff_only, opens=True),
    Page("/ops/access/{id}/see", act=see, who=staff_only, shown=one, opens=True),
)

"""Emergencies on the console: one asks, another confirms, both may look for a time (2.6.1.c)."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.stewards.emergency_words import DANGERS, STAGES
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.accounts import standing
from shouyue.people.staff import service as staff
from shouyue.privacy.grounds import emergencies
from shouyue.privacy.grounds.types import Danger, Emergency, Stage
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sinks.types import Sink

LIST = "/ops/emergencies"
_ITEMS = (Item.DI_01, Item.DI_05)
"""What an account itself holds in clear words; papers of a certification are never opened so."""


class AskForm(forms.Form):
    """Whose account, which danger, which items."""

    account: Annotated[str, Field(min_length=8, max_length=32, pattern=r"^[A-Z2-7]+$")]
    danger: Danger
    items: Annotated[list[Item], Field(min_length=1, max_length=len(_ITEMS))]


class ConfirmForm(forms.Form):
    """For how many hours."""

    hours: Annotated[int, Field(ge=1, le=72)]


class LookForm(forms.Form):
    """What to open."""

    item: Item


@dataclass(frozen=True, slots=True)
class Row:
    """One emergency in the visitor's words. `mine` lets the visitor look, `own` is who asked."""

    one: Emergency
    danger: str
    tone: str
    stage: str
    items: list[tuple[str, str]]
    own: bool
    mine: bool


def listed(visit: Visit, opened: tuple[str, Item, str] | None = None) -> Response:
    """GET /ops/emergencies; after a look, with the one item that was opened."""
    return pages.render(
        visit,
        "emergencies.html",
        rows=[_row(visit, one) for one in emergencies.listed(visit.db)],
        names={one.id: one.name for one in staff.everybody(visit.db)},
        dangers=[(danger.value, visit.say(*said)) for danger, said in DANGERS.items()],
        items=[(item.value, _called(visit, item)) for item in _ITEMS],
        opened=opened,
        called=_called(visit, opened[1]) if opened else "",
    )


def ask(act: Act) -> Response:
    """POST /ops/emergencies."""
    form = forms.read(act, AskForm)
    subject = standing.by_public_id(act.db, form.account).subject
    oversight.ask(act.db, subject, form.danger, form.items, act.staff.staff_id)
    return pages.go(LIST, done="asked")


def confirm(act: Act) -> Response:
    """POST /ops/emergencies/{id}/confirm."""
    form = forms.read(act, ConfirmForm)
    oversight.confirm(act.db, act.path("id"), act.staff.member, form.hours)
    return pages.go(LIST, done="confirmed")


def drop(act: Act) -> Response:
    """POST /ops/emergencies/{id}/drop."""
    forms.read(act, forms.Button)
    emergencies.drop(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(LIST, done="dropped")


def end(act: Act) -> Response:
    """POST /ops/emergencies/{id}/end."""
    forms.read(act, forms.Button)
    emergencies.end(act.db, act.path("id"), act.staff.staff_id)
    return pages.go(LIST, done="ended")


def look(act: Act) -> Response:
    """POST /ops/emergencies/{id}/look: the one item opened, in this answer only."""
    form, about = forms.read(act, LookForm), act.path("id")
    value = oversight.look(act.db, about, form.item, act.staff.staff_id)
    return listed(act, (about, form.item, value.open(Sink.EMERGENCY_SCREEN)))


def _row(visit: Visit, one: Emergency) -> Row:
    tone, zh, en = STAGES[one.stage]
    me = visit.staff.staff_id
    return Row(
        one=one,
        danger=visit.say(*DANGERS[one.danger]),
        tone=tone,
        stage=visit.say(zh, en),
        items=[(item.value, _called(visit, item)) for item in one.items],
        own=one.asked_by == me,
        mine=one.stage is Stage.LIVE and me in {one.asked_by, one.answered_by},
    )


def _called(visit: Visit, item: Item) -> str:
    return policy.item(item).name.say(visit.lang)


PAGES = (
    Page(LIST, listed, ask, who=watcher),
    Page("/ops/emergencies/{id}/confirm", act=confirm, who=watcher, shown=listed),
    Page("/ops/emergencies/{id}/drop", act=drop, who=watcher, shown=listed),
    Page("/ops/emergencies/{id}/end", act=end, who=watcher, shown=listed),
    Page("/ops/emergencies/{id}/look", act=look, who=watcher, shown=listed, opens=True),
)

"""Reviewing certifications: masks beside checks, one look at a time, decisions with reasons.

A photo has no address of its own: it comes inside the answer to a look, is never stored by the
browser, and carries the reader's name. Clauses 2.1.2.a, 2.1.2.c, 5.1.2.
"""

import base64
from enum import StrEnum
from functools import partial
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console import watermark
from shouyue.doors.web import certification_words as words
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import NotAllowed
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.types import Lang
from shouyue.people.staff.types import StaffRole
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.reviews import clearing
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.errors import ReasonMissing
from shouyue.platform.reviews.types import REASONS, Look, Outcome, Seen
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sinks.types import Sink

QUEUE = "/ops/reviews"
_MARK = Annotated[str, Field(pattern=r"^(DI-\d\d:[a-z-]+)?$")]


class LookForm(forms.Form):
    """What to open, and why."""

    item: Item
    reason: Look


class GrantForm(forms.Form):
    """For how many hours."""

    hours: Annotated[int, Field(ge=1, le=8)]


class ApproveForm(forms.Form):
    """A yes; `judged` is the box about a mismatch."""

    judged: bool = False


class ReasonsForm(forms.Form):
    """Reasons by field, as `DI-16:unreadable`; lines left alone are empty."""

    mark: Annotated[list[_MARK], Field(max_length=20)] = []  # noqa: RUF012 - pydantic copies it
    refused: bool = False


def reviewer(visit: Visit) -> None:
    """Let in who reviews certifications; raises NotSignedIn, NotAllowed."""
    if StaffRole.REVIEWER not in visit.staff.roles:
        raise NotAllowed


def queue(visit: Visit) -> Response:
    """GET /ops/reviews."""
    return pages.render(visit, "reviews.html", waiting=reviews.queue(visit.db))


def one(visit: Visit, seen: Seen | None = None, picture: str = "") -> Response:
    """GET /ops/reviews/{id}; after a look, with what was opened."""
    value = seen.value.open(Sink.REVIEW_SCREEN) if seen and seen.value else ""
    case = reviews.review(visit.db, visit.path("id"))
    return pages.render(
        visit,
        "review.html",
        case=case,
        seen=seen,
        picture=picture,
        value=value,
        happened=[
            (event.at, words.say(CaseState(event.after), visit.lang)) for event in case.events
        ],
        held=clearing.held(visit.db, case.id, visit.staff.staff_id),
        under_review=case.state is CaseState.MANUAL_REVIEW,
        say=partial(_say, visit.lang),
        named=lambda item: policy.item(item).name.say(visit.lang),
        looks=[(look.value, words.say(look, visit.lang)) for look in Look],
        reasons=[(reason.value, words.say(reason, visit.lang)) for reason in REASONS],
    )


def ask_grant(act: Act) -> Response:
    """POST /ops/reviews/{id}/grant: ask to look into this case; another member approves."""
    form, case = forms.read(act, GrantForm), act.path("id")
    clearing.ask(act.db, case, act.staff.member, form.hours)
    return pages.go(f"{QUEUE}/{case}", done="asked")


def see(act: Act) -> Response:
    """POST /ops/reviews/{id}/see: the one thing opened, in this answer only."""
    form = forms.read(act, LookForm)
    seen = reviews.see(act.db, act.path("id"), act.staff.staff_id, form.item, form.reason)
    picture = ""
    if seen.photo:
        photo = seen.photo.open(Sink.REVIEW_SCREEN)
        marked = watermark.mark(photo, act.staff.name, act.db.clock())
        picture = f"data:image/jpeg;base64,{base64.b64encode(marked).decode()}"
    return one(act, seen, picture)


def approve(act: Act) -> Response:
    """POST /ops/reviews/{id}/approve."""
    form, case = forms.read(act, ApproveForm), act.path("id")
    came = reviews.approve(act.db, case, act.staff.staff_id, judged=form.judged)
    if came is Outcome.SECOND_NEEDED:
        return pages.go(f"{QUEUE}/{case}", done="second")
    return pages.go(QUEUE, done="approved")


def decide(act: Act) -> Response:
    """POST /ops/reviews/{id}/decide: back to the applicant, or refused; reasons by field."""
    form, case = forms.read(act, ReasonsForm), act.path("id")
    marks = dict(mark.split(":") for mark in form.mark if mark)
    try:
        reasons = {Item(item): Reason(code) for item, code in marks.items()}
    except ValueError:
        raise ReasonMissing from None
    if form.refused:
        reviews.reject(act.db, case, act.staff.staff_id, reasons)
    else:
        reviews.need_more(act.db, case, act.staff.staff_id, reasons)
    return pages.go(QUEUE, done="refused" if form.refused else "returned")


def _say(lang: Lang, word: StrEnum) -> str:
    return words.say(word, lang)


PAGES = (
    Page(QUEUE, queue, who=reviewer),
    Page("/ops/reviews/{id}", one, who=reviewer),
    Page("/ops/reviews/{id}/grant", act=ask_grant, who=reviewer, shown=one),
    Page("/ops/reviews/{id}/see", act=see, who=reviewer, shown=one, opens=True),
    Page("/ops/reviews/{id}/approve", act=approve, who=reviewer, shown=one),
    Page("/ops/reviews/{id}/decide", act=decide, who=reviewer, shown=one),
)

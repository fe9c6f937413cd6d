"""The undertaking that staff sign and the course that they pass each year (5.1.2)."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.console.access import ACCESS
from shouyue.doors.console.sign_in import staff_only
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.privacy.clearance import papers

_ANSWER = Annotated[int, Field(ge=0, le=9)]


class SignForm(forms.Form):
    """The words that were read, by digest, and the box."""

    digest: Annotated[str, Field(max_length=64)]
    agreed: Annotated[bool, Field(strict=False)]


class CourseForm(forms.Form):
    """One answer for each question, in order."""

    version: Annotated[str, Field(max_length=16)]
    q0: _ANSWER
    q1: _ANSWER
    q2: _ANSWER
    q3: _ANSWER
    q4: _ANSWER


def undertaking(visit: Visit) -> Response:
    """GET /ops/access/undertaking."""
    text = papers.undertaking()
    return pages.render(
        visit,
        "access_undertaking.html",
        text=text,
        paragraphs=[one.say(visit.lang) for one in text.paragraphs],
        signed_at=papers.fitness(visit.db, visit.staff.staff_id).signed_at,
    )


def sign(act: Act) -> Response:
    """POST /ops/access/undertaking."""
    form = forms.read(act, SignForm)
    if not form.agreed:
        raise forms.faulty("agreed", "请勾选以签署。", "Tick the box to sign.")
    papers.sign(act.db, act.staff.staff_id, form.digest)
    return pages.go(ACCESS, done="signed")


def course(visit: Visit) -> Response:
    """GET /ops/access/course."""
    given = papers.course()
    return pages.render(
        visit,
        "access_course.html",
        version=given.version,
        lessons=[one.say(visit.lang) for one in given.lessons],
        questions=given.read(visit.lang),
        trained_until=papers.fitness(visit.db, visit.staff.staff_id).trained_until,
    )


def take(act: Act) -> Response:
    """POST /ops/access/course."""
    form = forms.read(act, CourseForm)
    answers = [form.q0, form.q1, form.q2, form.q3, form.q4]
    papers.take_course(act.db, act.staff.staff_id, form.version, answers)
    return pages.go(ACCESS, done="trained")


PAGES = (
    Page("/ops/access/undertaking", undertaking, act=sign, who=staff_only),
    Page("/ops/access/course", course, act=take, who=staff_only),
)

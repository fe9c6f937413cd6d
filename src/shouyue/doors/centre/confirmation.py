"""The page of a person named in a certification: their own notice, and a choice. No account.

Opening the link writes nothing, so that a mail scanner uses nothing up; reading the notice takes
a tap, agreeing takes name, number and a box, objecting takes one tap. Clauses 2.1.2.c, 2.5.
"""

from functools import partial
from typing import Annotated

from markupsafe import Markup
from pydantic import Field
from starlette.responses import Response

from shouyue.doors.web import certification_words as words
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Act, Then, Visit
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.confirmations import answers
from shouyue.platform.confirmations.types import Asked, Identity
from shouyue.platform.onboarding import named
from shouyue.privacy.consent.types import Control


class Opening(forms.Form):
    """The proof that the link carried."""

    proof: Annotated[str, Field(max_length=64)]


class Yes(Opening):
    """Who agrees, to which notice, with a box of their own."""

    token: str
    person: Annotated[str, Field(max_length=40)]
    tail: Annotated[str, Field(pattern=r"^[0-9]{5}[0-9Xx]$")]
    agreed: bool = False


def landing(visit: Visit) -> Response:
    """GET /confirm/{about}: what this is, before anything personal is shown."""
    proof = _proof(visit)
    role = answers.waiting(visit.db, _token(visit, proof))
    said = words.say(role, visit.lang)
    return pages.render(
        visit, "confirm.html", private=True, about=visit.path("about"), proof=proof, role=said
    )


def open_notice(act: Act) -> Response:
    """POST /confirm/{about}: the notice, which now counts as delivered."""
    proof = forms.read(act, Opening).proof
    asked = answers.open_confirmation(act.db, _token(act, proof), act.lang)
    return _notice(act, asked, proof)


def again(visit: Visit) -> Response:
    """The notice shown again after a slip."""
    proof = _proof(visit)
    return _notice(visit, answers.reopen(visit.db, _token(visit, proof), visit.lang), proof)


def confirm(act: Act) -> Response | Then:
    """POST /confirm/{about}/yes: a wrong name stays counted, so its refusal follows the commit."""
    form = forms.read(act, Yes)
    if not form.agreed:
        raise forms.faulty("agreed", "请您亲自勾选。", "Please tick this yourself.")
    who = Identity(form.person, form.tail)
    tried = named.confirm(
        act.db, _token(act, form.proof), who, form.token, control=Control.UNTICKED_BOX
    )
    if tried.refusal is not None:
        return partial(_refuse, tried.refusal)
    return pages.go("/confirm/done", said="yes")


def object_to(act: Act) -> Response:
    """POST /confirm/{about}/no."""
    form = forms.read(act, Opening)
    named.object_to(act.db, _token(act, form.proof))
    return pages.go("/confirm/done", said="no")


def done(visit: Visit) -> Response:
    """GET /confirm/done."""
    return pages.render(visit, "confirm_done.html", yes=visit.query("said") == "yes")


def _notice(visit: Visit, asked: Asked, proof: str) -> Response:
    return pages.render(
        visit,
        "confirm_notice.html",
        about=visit.path("about"),
        proof=proof,
        asked=asked,
        role=words.say(asked.role, visit.lang),
        html=Markup(asked.notice.html),  # noqa: S704 - the consent room renders safe HTML
    )


def _proof(visit: Visit) -> str:
    return visit.query("proof") or visit.sent.fields.get("proof", ("",))[-1]


def _token(visit: Visit, proof: str) -> str:
    return f"{visit.path('about')}.{proof}"


def _refuse(no: Refusal) -> Response:
    raise no


PAGES = (
    Page("/confirm/done", done, who=anyone),
    Page("/confirm/{about}", landing, open_notice, who=anyone),
    Page("/confirm/{about}/yes", act=confirm, who=anyone, shown=again),
    Page("/confirm/{about}/no", act=object_to, who=anyone, shown=again),
)

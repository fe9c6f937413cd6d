"""The privacy centre: what is held about me, who looked, what I agreed to, who received it.

Everything is asked of `people.overview`, which knows one person at a time. Clauses: 5.1.2, 6.1.1,
6.2.1, 6.2.2.
"""

from itertools import groupby
from typing import Annotated

from markupsafe import Markup
from pydantic import Field
from starlette.responses import Response

from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Act, Upload, Visit
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import Visit as Someone
from shouyue.people.overview import decisions, restricted, words
from shouyue.people.overview import deletions as effects
from shouyue.people.overview import service as overview
from shouyue.people.overview.types import Decision
from shouyue.platform.grants import service as grants
from shouyue.platform.onboarding import cases
from shouyue.privacy.consent import deletions, offers, renditions
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

_RECEIPT = 64 * 1024
_BY_WISH = (Purpose.P5,)
"""What can be agreed to here at any time; other purposes are asked where they begin."""


class Wish(forms.Form):
    """A yes to one purpose, under the notice that was shown."""

    token: str
    agreed: bool = False


class Paper(forms.Form):
    """A receipt to check, pasted or as a file."""

    receipt: Annotated[str, Field(max_length=_RECEIPT)] = ""
    file: Upload | None = None


def home(visit: Visit) -> Response:
    """GET /privacy."""
    summary = overview.summary(visit.db, visit.someone.subject, _companies(visit))
    return pages.render(visit, "centre.html", summary=summary)


def held(visit: Visit) -> Response:
    """GET /privacy/data."""
    found = overview.held(visit.db, visit.someone.subject, visit.lang)
    order = list(words.GROUPS)
    found.sort(key=lambda one: (order.index(one.group), one.item))
    sections = [
        (words.GROUPS[group].say(visit.lang), list(items))
        for group, items in groupby(found, key=lambda one: one.group)
    ]
    ended = overview.ended(visit.db, visit.someone.subject, visit.lang)
    stays = [
        one for whose in _about(visit) for one in restricted.stays(visit.db, whose, visit.lang)
    ]
    return pages.render(visit, "centre_data.html", sections=sections, ended=ended, stays=stays)


def deletion(visit: Visit) -> Response:
    """GET /privacy/data/{item}/delete: which consents end with the item, and what else goes."""
    effect = effects.effect(visit.db, visit.someone.subject, _item(visit), visit.lang)
    return pages.render(visit, "centre_delete.html", effect=effect)


@control(Clause.C6_2_2, says="An item is deleted by one button; its consents end with it.")
def delete(act: Act) -> Response:
    """POST /privacy/data/{item}/delete: what apps got by those consents ends in the same write."""
    forms.read(act, forms.Button)
    subject = act.someone.subject
    for app in deletions.delete_item(act.db, subject, _item(act)).recipients:
        grants.revoke(act.db, subject, app)
    return pages.go("/privacy/data", done="deleted")


def looks(visit: Visit) -> Response:
    """GET /privacy/activity: looks at the person's data, and at the papers of their company."""
    companies, page = _companies(visit), pages.number(visit)
    found = overview.looks(visit.db, visit.someone.subject, visit.lang, companies, page)
    if page > 1 and not found.rows:
        raise PageMissing
    return pages.render(
        visit, "centre_activity.html", found=found, company=bool(companies), page=page
    )


def ledger(visit: Visit) -> Response:
    """GET /privacy/consents."""
    answers = decisions.decisions(visit.db, visit.someone.subject, visit.lang)
    now = [one for one in answers if one.latest and one.now is not ConsentState.ASKED]
    given = {one.purpose for one in now if one.now is ConsentState.GIVEN}
    open_ = [(one, renditions.label(one, visit.lang)) for one in _BY_WISH if one not in given]
    states = {state.value: word.say(visit.lang) for state, word in words.STATES.items()}
    return pages.render(
        visit, "centre_consents.html", now=now, answers=answers, wishes=open_, states=states
    )


def answer(visit: Visit) -> Response:
    """GET /privacy/consents/{id}: one answer, the words it was given to, and the way back."""
    one = _decision(visit)
    words_read = consents.rendition(visit.db, one.notice)
    return pages.render(
        visit,
        "centre_consent.html",
        one=one,
        effect=decisions.effect(visit.db, visit.someone.subject, one, visit.lang),
        words=words_read,
        html=Markup(words_read.html if words_read else ""),  # noqa: S704 - rendered by consent
        states={state.value: word.say(visit.lang) for state, word in words.STATES.items()},
    )


@control(Clause.C6_2_1, says="A withdrawal takes one button and no reason, with its effect shown.")
def withdraw(act: Act) -> Response:
    """POST /privacy/consents/{id}/withdraw: what an app got by the yes ends in the same write."""
    forms.read(act, forms.Button)
    one, subject = _decision(act), act.someone.subject
    leaf = consents.withdraw(act.db, subject, one.purpose, one.recipient)
    if one.recipient:
        grants.revoke(act.db, subject, one.recipient)
    return pages.go("/privacy/consents", done="withdrawn" if leaf else "none")


def show_wish(visit: Visit) -> Response:
    """GET /privacy/wishes/{purpose}: the notice of one purpose that is off."""
    purpose = _wish(visit)
    notice = consents.show(visit.db, offers.purpose(visit.lang, purpose))
    return pages.render(
        visit,
        "centre_wish.html",
        token=notice.token,
        html=Markup(notice.html),  # noqa: S704 - the consent room renders safe HTML
        label=renditions.label(purpose, visit.lang),
    )


def wish(act: Act) -> Response:
    """POST /privacy/wishes/{purpose}."""
    form, purpose = forms.read(act, Wish), _wish(act)
    if not form.agreed or consents.check(act.db, form.token).purposes != (purpose,):
        raise ConsentMissing
    consents.give(act.db, act.someone.subject, form.token, control=Control.UNTICKED_BOX)
    return pages.go("/privacy/consents", done="given")


def sharing(visit: Visit) -> Response:
    """GET /privacy/sharing."""
    subject = visit.someone.subject
    return pages.render(
        visit,
        "centre_sharing.html",
        releases=overview.passed(visit.db, subject, visit.lang),
        standings=overview.standings(visit.db, subject, visit.lang),
    )


def receipt(visit: Visit) -> Response:
    """GET /privacy/receipt/{leaf}: the proof as a file, only for the person whom it is about.

    What is about a company is for who applied for it.
    """
    leaf = visit.path("leaf")
    proof = overview.receipt(visit.db, _about(visit), leaf)
    name = f'attachment; filename="receipt-{leaf}.json"'
    return Response(proof, media_type="application/json", headers={"Content-Disposition": name})


def certificate(visit: Visit) -> Response:
    """GET /privacy/certificate/{key}: the proof that a key of this person is gone, as a file."""
    key = visit.path("key")
    proof = overview.certificate(visit.db, visit.someone.subject, key)
    name = f'attachment; filename="certificate-{key}.json"'
    return Response(proof, media_type="application/json", headers={"Content-Disposition": name})


def proof(visit: Visit) -> Response:
    """GET /privacy/proof/{leaf}: the same in C2SP tlog-proof form, for other people's tools."""
    leaf = visit.path("leaf")
    text = overview.proof(visit.db, _about(visit), leaf)
    name = f'attachment; filename="receipt-{leaf}.tlog-proof"'
    return Response(text, media_type="text/plain", headers={"Content-Disposition": name})


def verify(visit: Visit) -> Response:
    """GET /privacy/verify: for anybody who holds a receipt."""
    return pages.render(visit, "verify.html", proof=None, tried=False)


def check(act: Act) -> Response:
    """POST /privacy/verify: nothing is stored, so the answer is a page."""
    form = forms.read(act, Paper)
    text = form.file.content if form.file else _pasted(form.receipt)
    subject = act.person.subject if isinstance(act.person, Someone) else None
    proof = overview.prove(act.db, text, act.lang, subject)
    return pages.render(act, "verify.html", proof=proof, tried=True)


def _pasted(text: str) -> bytes:
    # A text box has line ends of its own, and a form loses the last one; a tlog-proof has both.
    lines = text.replace("\r\n", "\n")
    return (f"{lines}\n" if "\n" in lines else lines).encode()


def _companies(visit: Visit) -> list[SubjectId]:
    return cases.companies(visit.db, visit.someone.subject)


def _about(visit: Visit) -> list[SubjectId]:
    return [visit.someone.subject, *_companies(visit)]


def _decision(visit: Visit) -> Decision:
    return decisions.decision(visit.db, visit.someone.subject, visit.path("id"), visit.lang)


def _item(visit: Visit) -> Item:
    try:
        return Item(visit.path("item"))
    except ValueError:
        raise PageMissing from None


def _wish(visit: Visit) -> Purpose:
    for purpose in _BY_WISH:
        if purpose.value == visit.path("purpose"):
            return purpose
    raise PageMissing


PAGES = (
    Page("/privacy", home),
    Page("/privacy/data", held),
    Page("/privacy/data/{item}/delete", deletion, delete),
    Page("/privacy/activity", looks),
    Page("/privacy/consents", ledger),
    Page("/privacy/consents/{id}", answer),
    Page("/privacy/consents/{id}/withdraw", act=withdraw, shown=answer),
    Page("/privacy/wishes/{purpose}", show_wish, wish),
    Page("/privacy/sharing", sharing),
    Page("/privacy/receipt/{leaf}", receipt),
    Page("/privacy/certificate/{key}", certificate),
    Page("/privacy/proof/{leaf}", proof),
    Page("/privacy/verify", verify, check, who=anyone, most=2 * _RECEIPT),
)

"""Certification page by page: the notice, four steps, the status.

Each step is saved by itself, so that one may leave and come back; each field says why it is
asked, who sees it and how long it is kept. Clauses 2.1.2.a to 2.1.2.c, 2.5, 5.2.
"""

from enum import StrEnum
from functools import partial
from typing import NamedTuple

import structlog
from markupsafe import Markup
from starlette.responses import Response

from shouyue.doors.centre.certification_forms import (
    AdminForm,
    Begin,
    EnterpriseForm,
    LegalForm,
    PhoneForm,
    RoleForm,
    SubmitForm,
)
from shouyue.doors.web import certification_words as words
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Then, Upload, Visit
from shouyue.ground.kit.types import Lang
from shouyue.platform.confirmations import links
from shouyue.platform.confirmations.types import Link
from shouyue.platform.onboarding import service
from shouyue.platform.onboarding.types import CaseState, Progress, Submission
from shouyue.platform.papers import photos
from shouyue.platform.papers.types import Administrator, Enterprise, LegalPerson, Same, Step
from shouyue.platform.reviews import renewals
from shouyue.privacy.consent.types import Control
from shouyue.privacy.egress.types import SmsOut
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Sensitive

HOME = "/onboarding"
STATUS = "/onboarding/status"
CHECK = "/onboarding/check"
_BODY = 2 * photos.MOST_BYTES + 64 * 1024
_OVER = {CaseState.REJECTED, CaseState.EXPIRED, CaseState.REVOKED}
_WHO = {
    "self": ("您本人", "yourself"),
    "reviewer": ("审核人员（写明理由）", "reviewers, with a reason"),
    "legal": ("法务（按案件）", "legal staff, by case"),
    "support": ("客服（掩码）", "support, masked"),
    "dispute": ("纠纷专员（按案件）", "dispute officers, by case"),
    "staff": ("工作人员", "staff"),
    "public": ("依法公示部分公开", "public where the law says so"),
}

_log = structlog.get_logger()


class Ask(NamedTuple):
    """What a field tells about itself."""

    name: str
    why: str
    keep: str
    who: str
    sensitive: bool


def asks(lang: Lang) -> dict[str, Ask]:
    """Return what each item of a certification tells, from the policy in force."""
    return {
        item.value: Ask(
            rule.name.say(lang),
            rule.why.say(lang),
            rule.keep.text.say(lang),
            ("、" if lang == "zh" else ", ").join(_WHO[who][lang != "zh"] for who in rule.seen_by),
            rule.sensitive is not Sensitive.NO,
        )
        for item, rule in ((item, policy.item(item)) for item in _items())
    }


def home(visit: Visit) -> Response:
    """GET /onboarding: the notice, or on to where one left off."""
    seen = service.progress(visit.db, visit.someone.subject)
    if seen is not None and seen.state not in _OVER:
        return pages.go(_next(seen) if seen.editable else STATUS)
    plain, sensitive = service.notices(visit.db, visit.lang)
    return pages.render(
        visit,
        "onboarding.html",
        token=plain.token,
        notices=[Markup(notice.html) for notice in (plain, sensitive)],  # noqa: S704 - safe HTML
        before=seen,
    )


def begin(act: Act) -> Response:
    """POST /onboarding."""
    form = forms.read(act, Begin)
    service.draft(act.db, act.someone.subject, form.token)
    return pages.go(f"{HOME}/{Step.ENTERPRISE}")


def step(visit: Visit, which: Step) -> Response:
    """GET /onboarding/{enterprise,legal,admin}."""
    seen = _mine(visit)
    if seen is None or not seen.editable:
        return pages.go(HOME)
    return pages.render(
        visit,
        f"onboarding_{which}.html",
        seen=seen,
        asks=asks(visit.lang),
        most=photos.MOST_BYTES,
        at=list(Step).index(which) + 1,
        reasons=_reasons(visit, seen),
    )


def save_enterprise(act: Act) -> Response:
    """POST /onboarding/enterprise."""
    form = forms.read(act, EnterpriseForm)
    filled = Enterprise(
        form.title,
        form.code,
        form.scope,
        form.term,
        form.legal_person,
        form.place,
        _content(form.photo),
    )
    service.save_step(act.db, act.someone.subject, filled)
    return pages.go(f"{HOME}/{Step.LEGAL}", done="saved")


def save_legal(act: Act) -> Response:
    """POST /onboarding/legal."""
    form = forms.read(act, LegalForm)
    filled = LegalPerson(
        form.person,
        form.number,
        form.term,
        _content(form.front),
        _content(form.back),
        Same.APPLICANT if form.mine else Same.NOBODY,
    )
    service.save_step(act.db, act.someone.subject, filled)
    return pages.go(f"{HOME}/{Step.ADMIN}", done="saved")


def save_admin(act: Act) -> Response:
    """POST /onboarding/admin."""
    form = forms.read(act, AdminForm)
    same = Same.NOBODY if form.same == "other" else Same(form.same)
    filled = Administrator(form.mobile, form.mail, form.person, form.number, same)
    service.save_step(act.db, act.someone.subject, filled)
    return pages.go(CHECK, done="saved")


def check(visit: Visit) -> Response:
    """GET /onboarding/check: everything once more, masked; the notices; the boxes."""
    seen = _mine(visit)
    if seen is None or not seen.editable:
        return pages.go(HOME)
    plain, sensitive = service.notices(visit.db, visit.lang)
    return pages.render(
        visit,
        "onboarding_check.html",
        seen=seen,
        asks=asks(visit.lang),
        steps=list(Step),
        missing=[one for one in Step if one not in seen.done],
        plain=plain,
        sensitive=sensitive,
        notices=[Markup(notice.html) for notice in (plain, sensitive)],  # noqa: S704 - safe HTML
        authority=service.authority(visit.lang),
        reasons=_reasons(visit, seen),
    )


def submit(act: Act) -> Response:
    """POST /onboarding/check. The page's own boxes decide nothing: the server looks for each."""
    form = forms.read(act, SubmitForm)
    for name in ("agreed", "agreed_sensitive"):
        if not getattr(form, name):
            raise forms.faulty(name, "请您亲自勾选。", "Please tick this yourself.")
    told = (form.plain, form.sensitive)
    given = Submission(told, Control.UNTICKED_BOX, form.authorised, act.lang)
    service.submit(act.db, act.someone.subject, given)
    return pages.go(STATUS, done="submitted")


def status(visit: Visit) -> Response:
    """GET /onboarding/status."""
    seen = _mine(visit)
    if seen is None:
        return pages.go(HOME)
    return pages.render(
        visit,
        "onboarding_status.html",
        seen=seen,
        say=partial(_say, visit.lang),
        events=_timeline(visit, seen),
        reasons=_reasons(visit, seen),
        over=seen.state in _OVER,
    )


def resend(act: Act) -> Response:
    """POST /onboarding/resend."""
    links.resend(act.db, act.someone.subject, forms.read(act, RoleForm).role)
    return pages.go(STATUS, done="sent")


def own(act: Act) -> Response:
    """POST /onboarding/own: to one's own confirmation page."""
    role = forms.read(act, RoleForm).role
    path = links.own_link(act.db, act.someone.subject, role)
    return pages.go(path)


def send_link(act: Act) -> Then:
    """POST /onboarding/link: one message to the legal representative; the number is forgotten."""
    form = forms.read(act, PhoneForm)
    link = links.legal_person_link(
        act.db, act.someone.subject, form.phone, act.site.origin, act.lang
    )
    return partial(_sent, act, link)


def discard(act: Act) -> Response:
    """POST /onboarding/discard."""
    forms.read(act, forms.Button)
    service.discard(act.db, act.someone.subject)
    return pages.go(HOME, done="discarded")


def renew(act: Act) -> Response:
    """POST /onboarding/renew: nothing has changed."""
    forms.read(act, forms.Button)
    renewals.reverify(act.db, act.someone.subject)
    return pages.go(STATUS, done="renewed")


def reopen(act: Act) -> Response:
    """POST /onboarding/changed: the papers have changed, so they are certified anew."""
    forms.read(act, forms.Button)
    renewals.reopen(act.db, act.someone.subject)
    return pages.go(STATUS, done="reopened")


def _mine(visit: Visit) -> Progress | None:
    return service.progress(visit.db, visit.someone.subject)


def _next(seen: Progress) -> str:
    missing = [one for one in Step if one not in seen.done]
    return f"{HOME}/{missing[0]}" if missing else CHECK


def _content(upload: Upload | None) -> bytes:
    return upload.content if upload else b""


def _items() -> tuple[Item, ...]:
    return tuple(Item(f"DI-{number}") for number in range(10, 22))


def _say(lang: Lang, word: StrEnum) -> str:
    return words.say(word, lang)


def _reasons(visit: Visit, seen: Progress) -> list[tuple[str, str]]:
    if seen.state not in {CaseState.NEED_MORE, CaseState.REJECTED}:
        return []
    return [
        (policy.item(Item(item)).name.say(visit.lang), words.say(reason, visit.lang))
        for item, reason in seen.reasons.items()
    ]


def _timeline(visit: Visit, seen: Progress) -> list[dict[str, object]]:
    kinds = {"APPROVED": "good", "REJECTED": "bad", "NEED_MORE": "warn", "REVOKED": "bad"}
    return [
        {
            "at": event.at,
            "kind": kinds.get(event.after, "info"),
            "title": words.say(CaseState(event.after), visit.lang),
        }
        for event in reversed(seen.events)
    ]


def _sent(act: Act, link: Link) -> Response:
    sent = act.site.egress.sms(SmsOut(link.to, link.text, "subject_confirm"))
    if not sent.ok:
        _log.warning("onboarding.link-not-sent", failure=sent.failure, request_id=act.request_id)
    return pages.go(STATUS, done="sent" if sent.ok else "unsent")


PAGES = (
    Page(HOME, home, begin),
    Page(
        "/onboarding/enterprise", partial(step, which=Step.ENTERPRISE), save_enterprise, most=_BODY
    ),
    Page("/onboarding/legal", partial(step, which=Step.LEGAL), save_legal, most=_BODY),
    Page("/onboarding/admin", partial(step, which=Step.ADMIN), save_admin),
    Page(CHECK, check, submit),
    Page(STATUS, status),
    Page("/onboarding/resend", act=resend, shown=status),
    Page("/onboarding/own", act=own, shown=status),
    Page("/onboarding/link", act=send_link, shown=status),
    Page("/onboarding/discard", act=discard, shown=check),
    Page("/onboarding/renew", act=renew, shown=status),
    Page("/onboarding/changed", act=reopen, shown=status),
)

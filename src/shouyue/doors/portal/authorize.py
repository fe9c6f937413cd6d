"""The page on which a merchant lets an app in, or does not (protocol, section 2).

Nobody is sent to an address that the app has not registered: what is wrong with a request is
said here. Clauses: 2.1.1, 2.3, 4.1.a, 6.2.1; PIPL 14, 23.
"""

from enum import StrEnum
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from shouyue.doors.portal import permits
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Act, Then, Visit
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App
from shouyue.platform.directory import service as directory
from shouyue.platform.directory.types import Parties, Shop
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.errors import (
    DirectorySilent,
    MainFirst,
    NoMerchant,
    NoPlatformAccount,
    OAuthRefusal,
    ShopTaken,
    StaffGone,
    StaffNotLet,
)
from shouyue.platform.grants.types import Ask
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import CallbackMismatch, InvalidRequest
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import Control
from shouyue.privacy.egress.types import HttpOut
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_APP_NAMES = ("app_id", "appId", "client_id")
_WHERE_TO = (*_APP_NAMES, "redirect_uri", "redirectUri")
_PARTIES = "parties"
_OF_STAFF = (StaffGone, StaffNotLet, MainFirst)
_WHY: dict[str, type[OAuthRefusal]] = {
    no.code: no for no in (NoMerchant, NoPlatformAccount, ShopTaken, DirectorySilent, *_OF_STAFF)
}


class Decision(StrEnum):
    """What the merchant pressed."""

    ALLOW = "allow"
    REFUSE = "refuse"


class GrantForm(forms.Form):
    """The answer to the notice that was shown."""

    token: str
    decision: Decision
    agreed: bool = False


def arrive(act: Act) -> Response | Then:
    """GET: check the request, ask whose shop it would be, show the page.

    Whoever leads a merchant here makes us ask the operator's directory and no more: nothing is
    given before the merchant has pressed the button on this page.
    """
    try:
        request = _asked(act)
    except OAuthRefusal as no:
        return _refused(act, no)
    if act.person is None:
        return pages.go(act.door.sign_in, next=_here(act))
    if _parties(act, request) is not None:
        return show(act)
    try:
        out = _question(act)
    except OAuthRefusal as no:
        return _without_shop(no.code, _here(act))
    developer = directory.developer(act.db, apps.get(act.db, request.app_id))
    return lambda: _answered(act, out, request, developer)


def show(visit: Visit) -> Response:
    """Show the grant page, also again after an answer that was not complete."""
    request = _asked(visit)
    parties = _parties(visit, request)
    if parties is None:
        return pages.go(visit.request.url.path, **_query(visit))
    notice = consent.show(visit.db, grants.offer(request, visit.lang))
    return pages.render(
        visit,
        "authorize.html",
        form_to=_origin(request.callback),
        request=request,
        parties=parties,
        permits=[permits.permit(name, visit.lang) for name in request.scopes],
        notice=Markup(notice.html),  # noqa: S704 - the consent room renders safe HTML
        token=notice.token,
        days=request.days,
        back=urlsplit(request.callback).hostname,
    )


@control(
    Clause.C4_1_a,
    says="The merchant's own tick and button, under the exact words, let an app in.",
)
def decide(act: Act) -> Response:
    """POST: back to the app with a code, or with the merchant's no."""
    request, form = _asked(act), forms.read(act, GrantForm)
    subject = act.someone.subject
    if form.decision is Decision.REFUSE:
        consent.refuse(act.db, subject, form.token)
        grants.revoke(act.db, subject, request.app_id)  # a no now takes an earlier yes back
        return _back(request.callback, error="access_denied", state=request.state)
    if not form.agreed:
        raise forms.faulty(
            "agreed",
            "请先阅读并勾选；不勾选就不会授权。",
            "Please read and tick this first; without it nothing is granted.",
        )
    code = oauth.grant(act.db, subject, request, form.token, control=Control.UNTICKED_BOX)
    return _back(request.callback, code=code, state=request.state)


def no_shop(visit: Visit) -> Response:
    """GET /oauth/shop: why nobody could be found to grant anything."""
    why = _WHY.get(visit.query("why"), NoMerchant)
    onward = pages.local(visit.query("next"), "/")
    of_staff = why in _OF_STAFF
    return pages.render(
        visit, "authorize_no_shop.html", refusal=why(), onward=onward, of_staff=of_staff
    )


def _asked(visit: Visit) -> Ask:
    return oauth.ask(visit.db, _query(visit))


def _query(visit: Visit) -> dict[str, str]:
    """Return what was asked; raise where a name came with two values (RFC 6749, 3.1)."""
    found: dict[str, str] = {}
    for name, value in visit.request.query_params.multi_items():
        if name in (_PARTIES, "lang"):
            continue
        if found.setdefault(name, value) != value:
            # Until it is sure whose page this is, nobody is told anything.
            raise CallbackMismatch if name in _WHERE_TO else InvalidRequest(name=name[:40])
    return found


def _here(visit: Visit, **more: str) -> str:
    return pages.link(visit.request.url.path, **_query(visit), **more)


def _parties(visit: Visit, request: Ask) -> Parties | None:
    subject = visit.someone.subject
    return directory.read(visit.db, subject, request.app_id, visit.query(_PARTIES))


def _question(act: Act) -> HttpOut:
    if act.site.directory is None:
        raise DirectorySilent
    return directory.ask(act.db, act.site.directory, act.someone.subject)


def _answered(act: Act, out: HttpOut, request: Ask, developer: str) -> Response:
    # The first unit of work is over: the question is on record, and no lock waits for the answer.
    subject, store = act.someone.subject, act.site.store
    try:
        shop = _shop(act, out)
        numbers = shop.seller_id, shop.staff_id, shop.lets
        store.do(lambda db: shops.link_merchant(db, subject, *numbers))
        with store.read() as db:
            grants.may_give(db, subject, request)
            found = Parties(request.app_id, developer, shop.seller_id, shop.name, shop.staff_id)
            sealed = directory.seal(db, subject, found)
    except OAuthRefusal as no:
        return _without_shop(no.code, _here(act))
    return RedirectResponse(_here(act, **{_PARTIES: sealed}), status_code=303)


def _shop(act: Act, out: HttpOut) -> Shop:
    subject = act.someone.subject
    try:
        return directory.answer(act.site.egress.http(out), act.site.notes.note)
    except NoMerchant:
        # Who was a sub-account is one no more; the operator's word of it may still be on its way.
        if act.site.store.do(lambda db: shops.unknown(db, subject)):
            raise StaffGone from None
        raise


def _without_shop(code: str, onward: str) -> Response:
    return pages.go("/oauth/shop", why=code, next=onward)


def _refused(visit: Visit, refusal: OAuthRefusal) -> Response:
    app = _app(visit)
    known = app is not None and not isinstance(refusal, CallbackMismatch)
    state = visit.query("state") if len(visit.query("state")) <= 1000 else ""  # noqa: PLR2004
    facts = {"error": refusal.error, "error_description": refusal.code, "state": state}
    return pages.render(
        visit,
        "authorize_refused.html",
        status=400,
        refusal=refusal,
        app=app,
        foreign=isinstance(refusal, CallbackMismatch),
        asked=visit.query("redirect_uri") or visit.query("redirectUri"),
        appkey=next((visit.query(name) for name in _APP_NAMES if visit.query(name)), ""),
        back=_with(app.callback, facts) if app is not None and known else "",
    )


def _app(visit: Visit) -> App | None:
    given = next((visit.query(name) for name in _APP_NAMES if visit.query(name)), "")
    try:
        return apps.by_appkey(visit.db, given)
    except NoApp:
        return None


def _back(callback: str, **facts: str) -> Response:
    return RedirectResponse(_with(callback, facts), status_code=303)


def _with(callback: str, facts: dict[str, str]) -> str:
    joint = "&" if "?" in callback else "?"
    return f"{callback}{joint}{urlencode({k: v for k, v in facts.items() if v})}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


PAGES = (
    Page("/oauth/authorize", act=decide, shown=show, land=arrive, who=anyone),
    Page("/oauth2/authorize", act=decide, shown=show, land=arrive, who=anyone),
    Page("/oauth/shop", no_shop, who=anyone),
)

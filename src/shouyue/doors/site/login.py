"""The ways in: a code to a phone, or a platform account; the notice; the way out.

Who is coming travels in the sealed cookie `sy_flow`, never in an address or a row. Merchants come
the same way, with `next` leading to the grant page. Clauses: 0.3, 0.4, 2.1.1, 7.
"""

from dataclasses import replace
from functools import partial
from typing import Annotated

import structlog
from markupsafe import Markup
from pydantic import Field, field_validator
from starlette.responses import Response

from shouyue.doors.web import cookies, forms, pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Act, Then, Visit
from shouyue.ground.kit.errors import Refusal
from shouyue.people.accounts import challenges, entry, platform, sessions
from shouyue.people.accounts.errors import ConsentNeeded, TicketInvalid
from shouyue.people.accounts.types import Asked, ConsentGiven
from shouyue.people.arrivals import provider
from shouyue.people.arrivals import service as arrivals
from shouyue.people.arrivals.types import Flow, Provider
from shouyue.people.notices import service as notices
from shouyue.privacy.consent import offers, renditions
from shouyue.privacy.consent import service as consents
from shouyue.privacy.egress.types import SmsOut
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.sinks.types import Sink

HOME = "/apps"
CALLBACK = "/login/platform/callback"
_FLOW = "sy_flow"
_LONGEST_WAY = 1000  # the flow must fit into one cookie of 4 KB
_CODE_MINUTES = 5
_PROVEN_MINUTES = 10

_log = structlog.get_logger()


class Phone(forms.Form):
    """Where to send a code, and where the log-in leads."""

    phone: Annotated[str, Field(max_length=32)]
    next: str = ""


class Code(forms.Form):
    """The code that came."""

    code: Annotated[str, Field(pattern=r"^\d{6}$")]

    @field_validator("code", mode="before")
    @classmethod
    def _joined(cls, code: str) -> str:
        return "".join(code.split())  # some phones paste it as 123 456


class Answer(forms.Form):
    """What was done with the notice. A box left alone is not sent."""

    token: str
    agreed: bool = False
    of_age: bool = False
    profile: bool = False
    survey: bool = False


def choose(visit: Visit) -> Response:
    """GET /login, and the page shown again when a phone was not taken."""
    onward = _onward(visit.query("next"))
    if visit.person is not None:
        return pages.go(onward)
    by_platform = visit.site.provider is not None
    return pages.render(visit, "login.html", onward=onward, by_platform=by_platform)


def send_code(act: Act) -> Then:
    """POST /login/phone: the same answer whether or not the phone is known."""
    form = forms.read(act, Phone)
    return _send(act, form.phone, Flow(onward=_onward(form.next)))


def prove_again(visit: Visit) -> Response:
    """GET /account/prove: why a fresh code is asked for, and where to send it."""
    onward = pages.local(visit.query("next"), "/account")
    return pages.render(visit, "prove.html", onward=onward, minutes=_PROVEN_MINUTES)


def send_proof(act: Act) -> Then:
    """POST /account/prove: a code to the phone that is typed; whose it is shows afterwards."""
    form = forms.read(act, Phone)
    return _send(act, form.phone, Flow(onward=_onward(form.next), proves=True))


def send_again(act: Act) -> Then:
    """POST /login/resend."""
    flow = _under_way(act)
    return _send(act, flow.phone, flow)


def ask_code(visit: Visit) -> Response:
    """GET /login/code."""
    flow = _flow(visit)
    if flow is None or not flow.challenge:
        return pages.go("/login", done="late")
    masked = arrivals.masked_phone(flow)
    return pages.render(visit, "login_code.html", phone=masked, minutes=_CODE_MINUTES)


def prove_phone(act: Act) -> Response | Then:
    """POST /login/code: a wrong code stays counted, so its refusal follows the commit."""
    form, flow = forms.read(act, Code), _under_way(act)
    tried = challenges.prove_phone(act.db, flow.challenge, flow.phone, form.code)
    if tried.refusal is not None:
        return partial(_refuse, tried.refusal)
    return _arrive(act, replace(flow, challenge="", phone="", ticket=tried.take()))


def leave_for_platform(visit: Visit) -> Response:
    """GET /login/platform: away to the platform; nothing of ours is written."""
    return begin_platform(visit, Flow(onward=_onward(visit.query("next"))))


def begin_platform(visit: Visit, flow: Flow) -> Response:
    """Return the redirect to the platform, with a state that this browser must bring back."""
    redirect = f"{visit.site.origin}{CALLBACK}"
    begun = platform.begin(visit.db, _provider(visit).site, redirect)
    return _carry(pages.go(begun.url), visit, replace(flow, state=begun.sealed))


def come_back(act: Act) -> Then:
    """GET /login/platform/callback: check the state, then ask the platform who this is."""
    flow = _flow(act)
    if flow is None or not flow.state:
        raise TicketInvalid
    platform.check_state(act.db, flow.state, act.query("state"))
    return partial(_named, act, flow, _provider(act))


def _named(act: Act, flow: Flow, asked: Provider) -> Response:
    # No unit of work is open meanwhile: a slow platform must not hold the database's connections.
    who = provider.ask(act.site.egress, asked, act.query("code"), act.site.notes.note)
    response = pages.go("/login/enter")
    with act.site.store.read() as db:
        ticket = platform.prove_platform(db, who)
        sealed = arrivals.seal(db, replace(flow, state="", ticket=ticket))
    cookies.put(response, act.site, _FLOW, sealed)
    return response


def arrive(act: Act) -> Response:
    """GET /login/enter: only the browser that holds the sealed ticket gets further, and once."""
    return _arrive(act, _proven(act))


def show_notice(visit: Visit) -> Response:
    """GET /consent."""
    flow = _flow(visit)
    if flow is None or not flow.ticket:
        return pages.go("/login", done="late")
    by_platform = entry.is_platform(visit.db, flow.ticket)
    notice = consents.show(visit.db, offers.registration(visit.lang, platform=by_platform))
    wishes = {Purpose.P1b: "profile", Purpose.P5: "survey"}
    return pages.render(
        visit,
        "consent.html",
        token=notice.token,
        digest=notice.digest,
        html=Markup(notice.html),  # noqa: S704 - the consent room renders safe HTML
        wishes=[(wishes[one], renditions.label(one, visit.lang)) for one in notice.offer.optional],
    )


@control(Clause.C0_4, says="The page's own box decides nothing: the server looks for the act.")
def answer(act: Act) -> Response:
    """POST /consent: register, or renew a consent that lapsed; then go on."""
    form, flow = forms.read(act, Answer), _proven(act)
    asked = offers.registration(act.lang, platform=entry.is_platform(act.db, flow.ticket))
    # The notice of the other way in names other items; a swapped token is no consent to these.
    if consents.check(act.db, form.token).items != asked.items:
        raise ConsentNeeded
    wishes = {Purpose.P1b: form.profile, Purpose.P5: form.survey}
    chosen = [purpose for purpose, wished in wishes.items() if wished]
    return _enter(act, flow, ConsentGiven(form.token, form.agreed, form.of_age, chosen))


@control(Clause.C0_3, says="Who refuses leaves at once, and nothing about them stays.")
def decline(act: Act) -> Response:
    """POST /consent/refuse: no row is written, the browser forgets who was coming."""
    response = pages.go("/consent/refused")
    cookies.drop(response, act.site, _FLOW)
    return response


def declined(visit: Visit) -> Response:
    """GET /consent/refused."""
    return pages.render(visit, "consent_refused.html")


@control(Clause.C3_3, says="Signing out ends the session and clears its cookie; nothing else goes.")
def sign_out(act: Act) -> Response:
    """POST /logout: the session is dead before the answer goes out."""
    sessions.end(act.db, act.token)
    response = pages.go("/login", done="left")
    cookies.drop(response, act.site, act.door.cookie)
    return response


def _send(act: Act, phone: str, flow: Flow) -> Then:
    asked = challenges.ask_code(act.db, phone, act.client)
    flow = replace(flow, challenge=asked.challenge_id, phone=asked.phone.open(Sink.LOGIN_FLOW))
    sealed = arrivals.seal(act.db, flow)
    return partial(_sent, act, asked, sealed)


def _sent(act: Act, asked: Asked, sealed: str) -> Response:
    code = asked.code.open(Sink.TEXTED_CODE)
    facts: dict[str, str | int] = {"code": code, "minutes": _CODE_MINUTES}
    text = notices.instant_sms_text("sms_code", act.lang, facts)
    sent = act.site.egress.sms(SmsOut(asked.phone.open(Sink.TEXTED_CODE), text, "sms_code"))
    if not sent.ok:
        _log.warning("login.code-not-sent", failure=sent.failure, request_id=act.request_id)
    response = pages.go("/login/code", done="sent" if sent.ok else "unsent")
    cookies.put(response, act.site, _FLOW, sealed)
    return response


def _arrive(act: Act, flow: Flow) -> Response:
    if flow.links:
        platform.link(act.db, act.someone.subject, flow.ticket)
        response = pages.go("/account", done="linked")
        cookies.drop(response, act.site, _FLOW)
        return response
    if flow.proves:
        _ = act.someone
        renewed = sessions.step_up(act.db, act.token, flow.ticket)
        response = pages.go(_onward(flow.onward))
        cookies.put(response, act.site, act.door.cookie, renewed)
        cookies.drop(response, act.site, _FLOW)
        return response
    if entry.needs_consent(act.db, flow.ticket):
        return _carry(pages.go("/consent"), act, flow)
    return _enter(act, flow, None)


def _enter(act: Act, flow: Flow, consent: ConsentGiven | None) -> Response:
    entered = entry.enter(act.db, flow.ticket, act.client, consent, replaces=act.token)
    response = pages.go(_onward(flow.onward))
    cookies.put(response, act.site, act.door.cookie, entered.session_token)
    cookies.drop(response, act.site, _FLOW)
    return response


def _carry(response: Response, visit: Visit, flow: Flow) -> Response:
    cookies.put(response, visit.site, _FLOW, arrivals.seal(visit.db, flow))
    return response


def _flow(visit: Visit) -> Flow | None:
    return arrivals.find(visit.db, visit.request.cookies.get(visit.site.cookie(_FLOW), ""))


def _under_way(act: Act) -> Flow:
    flow = _flow(act)
    if flow is None or not flow.challenge:
        raise TicketInvalid
    return flow


def _proven(act: Act) -> Flow:
    flow = _flow(act)
    if flow is None or not flow.ticket:
        raise TicketInvalid
    return flow


def _onward(path: str) -> str:
    return pages.local(path, HOME) if len(path) <= _LONGEST_WAY else HOME


def _provider(visit: Visit) -> Provider:
    if visit.site.provider is None:
        raise PageMissing
    return visit.site.provider


def _refuse(no: Refusal) -> Response:
    raise no


PAGES = (
    Page("/login", choose, who=anyone),
    Page("/login/phone", choose, send_code, who=anyone),
    Page("/login/code", ask_code, prove_phone, who=anyone),
    Page("/login/resend", act=send_again, who=anyone, shown=ask_code),
    Page("/login/platform", leave_for_platform, who=anyone),
    Page(CALLBACK, land=come_back, who=anyone),
    Page("/login/enter", land=arrive, who=anyone),
    Page("/consent", show_notice, answer, who=anyone),
    Page("/consent/refuse", act=decline, who=anyone),
    Page("/consent/refused", declined, who=anyone),
    Page("/account/prove", prove_again, send_proof),
    Page("/logout", act=sign_out, who=anyone),
)

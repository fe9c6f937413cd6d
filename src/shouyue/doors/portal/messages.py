"""An app's messages: prove an address, choose the types, send a test, read the log, push again.

Clauses: 2.3, 5.7.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.portal.apps import mine
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Site, Then, Visit
from shouyue.ground.kit.types import SubjectId
from shouyue.platform.apps.types import App
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Event, Scope
from shouyue.platform.push import deliveries
from shouyue.platform.push import service as push
from shouyue.platform.push.errors import NoDelivery
from shouyue.platform.push.types import Shown, Wish
from shouyue.privacy.egress.types import HttpOut

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "": ("成功", "well"),
    "timeout": ("3 秒内没有应答", "no answer within 3 seconds"),
    "refused": ("无法连接", "cannot connect"),
    "tls": ("证书不可信", "certificate not trusted"),
    "dns": ("域名无法解析", "name not found"),
    "destination": ("地址不在允许的网络", "outside the admitted networks"),
    "abroad": ("地址在境外，个人信息不出境", "outside the mainland, where personal data stay"),
    "too-large": ("应答过大", "answer too large"),
    "status": ("状态码不是 200", "status is not 200"),
    "answer": ('应答不是 {"result":1}', 'answer is not {"result":1}'),
    "unsubscribed": ("已取消订阅", "unsubscribed"),
    "grant-ended": ("商家已取消授权", "the merchant took the grant back"),
    "app-offline": ("应用已下线", "the app is offline"),
    "no-key": ("消息密钥不可用", "no message key in force"),
    "expired": ("内容已过 7 天保存期", "content deleted after 7 days"),
}
"""Permanent codes of the push room in words."""

_NAME = Annotated[str, Field(max_length=100)]


class AddressForm(forms.Form):
    """Where messages are to go."""

    url: Annotated[str, Field(max_length=2048)]


class TypesForm(forms.Form):
    """The event types from now on, and whether four more fields come with them."""

    events: Annotated[list[_NAME], Field(max_length=200)] = []  # noqa: RUF012 - pydantic copies it
    extra: bool = False


class SwitchForm(forms.Form):
    """On or off."""

    on: bool


class SampleForm(forms.Form):
    """The event type whose example is sent."""

    event: _NAME


class Since(StrEnum):
    """How far back dead messages are pushed again, in hours."""

    HOUR = "1"
    DAY = "24"
    WEEK = "168"


class AgainForm(forms.Form):
    """How far back."""

    hours: Since


def messages(visit: Visit) -> Response:
    """GET /apps/{id}/messages."""
    app = mine(visit)
    return pages.render(
        visit,
        "messages.html",
        app=app,
        subscription=push.subscribed(visit.db, app.id),
        families=_families(app),
        tested=visit.query("tested", "-"),
        outcomes=_words(visit),
    )


def prove(act: Act) -> Then:
    """POST /apps/{id}/messages/address: the probe goes out, and only a good answer saves."""
    app, form = mine(act), forms.read(act, AddressForm)
    before = push.subscribed(act.db, app.id)
    events, extra = (before.events, before.extra) if before else ((), False)
    wish, subject = Wish(app.id, form.url, events, extra), act.someone.subject
    out = push.probe(act.db, subject, wish, loopback_allowed=act.site.development)
    return partial(_proved, act.site, subject, wish, out)


def choose(act: Act) -> Response:
    """POST /apps/{id}/messages/types."""
    app, form, subject = mine(act), forms.read(act, TypesForm), act.someone.subject
    push.choose(act.db, subject, app.id, form.events)
    push.send_extra(act.db, subject, app.id, wanted=form.extra)
    return pages.go(_home(app), done="chosen")


def switch(act: Act) -> Response:
    """POST /apps/{id}/messages/switch."""
    app, form = mine(act), forms.read(act, SwitchForm)
    push.switch(act.db, act.someone.subject, app.id, on=form.on)
    return pages.go(_home(app), done="on" if form.on else "off")


def send_sample(act: Act) -> Then:
    """POST /apps/{id}/messages/test: an example leaves, and the page tells how it was taken."""
    app, form = mine(act), forms.read(act, SampleForm)
    out = push.sample(act.db, act.someone.subject, app.id, form.event)
    return partial(_tested, act.site, app, out)


def log(visit: Visit) -> Response:
    """GET /apps/{id}/messages/log."""
    app = mine(visit)
    page = pages.number(visit)
    found = deliveries.log(visit.db, visit.someone.subject, app.id, page)
    names = {name: visit.say(event.zh, event.en) for name, event in catalogue.events().items()}
    return pages.render(
        visit,
        "messages_log.html",
        app=app,
        found=found,
        page=page,
        names=names,
        outcomes=_words(visit),
    )


def one(visit: Visit) -> Response:
    """GET /apps/{id}/messages/log/{delivery}."""
    app = mine(visit)
    shown = _shown(visit, app)
    event = catalogue.events().get(shown.delivery.event)
    return pages.render(
        visit,
        "messages_delivery.html",
        app=app,
        shown=shown,
        title=visit.say(event.zh, event.en) if event else shown.delivery.event,
        outcomes=_words(visit),
    )


def again(act: Act) -> Response:
    """POST /apps/{id}/messages/log/{delivery}/again."""
    app = mine(act)
    delivery = _shown(act, app).delivery.id
    deliveries.push_again(act.db, act.someone.subject, delivery)
    return pages.go(f"{_home(app)}/log/{delivery}", done="again")


def all_again(act: Act) -> Response:
    """POST /apps/{id}/messages/log/again."""
    app, form = mine(act), forms.read(act, AgainForm)
    since = act.db.clock() - timedelta(hours=int(form.hours))
    deliveries.push_dead_again(act.db, act.someone.subject, app.id, since)
    return pages.go(f"{_home(app)}/log", done="again")


def _proved(site: Site, subject: SubjectId, wish: Wish, out: HttpOut) -> Response:
    back = site.egress.http(out)
    with site.store.begin() as db:
        push.subscribe(db, subject, wish, back)
    return pages.go(f"/apps/{wish.app}/messages", done="proved")


def _tested(site: Site, app: App, out: HttpOut) -> Response:
    return pages.go(_home(app), tested=push.outcome(site.egress.http(out)))


def _shown(visit: Visit, app: App) -> Shown:
    shown = deliveries.delivery(visit.db, visit.someone.subject, visit.path("delivery"))
    if shown.delivery.app != app.id:
        raise NoDelivery
    return shown


def _families(app: App) -> list[tuple[Scope, bool, list[Event]]]:
    found: dict[str, list[Event]] = {}
    for event in catalogue.events().values():
        found.setdefault(event.scope, []).append(event)
    known = catalogue.scopes()
    return [(known[scope], scope in app.scopes, events) for scope, events in found.items()]


def _words(visit: Visit) -> dict[str, str]:
    return {code: visit.say(zh, en) for code, (zh, en) in OUTCOMES.items()}


def _home(app: App) -> str:
    return f"/apps/{app.id}/messages"


_MESSAGES = "/apps/{id}/messages"

PAGES = (
    Page(_MESSAGES, messages),
    Page(f"{_MESSAGES}/address", act=prove, shown=messages),
    Page(f"{_MESSAGES}/types", act=choose, shown=messages),
    Page(f"{_MESSAGES}/switch", act=switch, shown=messages),
    Page(f"{_MESSAGES}/test", act=send_sample, shown=messages),
    Page(f"{_MESSAGES}/log", log),
    Page(f"{_MESSAGES}/log/again", act=all_again, shown=log),
    Page(f"{_MESSAGES}/log/{{delivery}}", one),
    Page(f"{_MESSAGES}/log/{{delivery}}/again", act=again, shown=one),
)

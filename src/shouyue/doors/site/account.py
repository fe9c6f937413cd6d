"""One's own account: what it is, where it is signed in, what it is told and by which way.

Clauses: 2.1.1, 2.2, 2.4, 3.1.
"""

from typing import Annotated

from pydantic import AfterValidator
from starlette.responses import Response

from shouyue.doors.site import login
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.people.accounts import platform, sessions, standing
from shouyue.people.arrivals.types import Flow
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, InboxItem, NoticeClass
from shouyue.people.overview import service as overview
from shouyue.privacy.policy.items import Item

_CHOICES = frozenset(
    f"{kind.value}:{channel.value}"
    for kind in (NoticeClass.SERVICE, NoticeClass.SURVEY)
    for channel in Channel
)


def _known(choice: str) -> str:
    if choice not in _CHOICES:
        raise forms.wrong("没有这一项。", "There is no such choice.")
    return choice


class Wishes(forms.Form):
    """The ticked boxes of the matrix, `SERVICE:sms`; those left out are switched off."""

    wanted: tuple[Annotated[str, AfterValidator(_known)], ...] = ()


def account(visit: Visit) -> Response:
    """GET /account."""
    subject = visit.someone.subject
    shown = (Item.DI_01, Item.DI_03, Item.DI_04, Item.DI_05)
    provider = visit.site.provider
    return pages.render(
        visit,
        "account.html",
        account=standing.account(visit.db, subject),
        held=overview.masked(visit.db, subject, *shown),
        linked=platform.is_linked(visit.db, subject),
        by_platform=provider is not None,
        form_to=provider.origin if provider else "",
    )


def link(act: Act) -> Response:
    """POST /account/link: begins with our own form, so that nobody's page can begin it."""
    forms.read(act, forms.Button)
    return login.begin_platform(act, Flow(onward="/account", links=True))


def unlink(act: Act) -> Response:
    """POST /account/unlink."""
    forms.read(act, forms.Button)
    platform.unlink(act.db, act.someone.subject)
    return pages.go("/account", done="unlinked")


def devices(visit: Visit) -> Response:
    """GET /account/sessions."""
    someone = visit.someone
    signed_in = sessions.devices(visit.db, someone.subject, someone.session_id)
    return pages.render(visit, "sessions.html", devices=signed_in)


def end_one(act: Act) -> Response:
    """POST /account/sessions/{id}/end."""
    forms.read(act, forms.Button)
    if not sessions.end_one(act.db, act.someone.subject, act.path("id")):
        raise PageMissing
    return pages.go("/account/sessions", done="ended")


def end_others(act: Act) -> Response:
    """POST /account/sessions/others."""
    forms.read(act, forms.Button)
    sessions.end_others(act.db, act.someone.subject, act.someone.session_id)
    return pages.go("/account/sessions", done="alone")


def preferences(visit: Visit) -> Response:
    """GET /account/notify."""
    matrix = notices.preferences(visit.db, visit.someone.subject)
    return pages.render(visit, "notify.html", matrix=matrix, channels=list(Channel))


def prefer(act: Act) -> Response:
    """POST /account/notify."""
    form = forms.read(act, Wishes)
    for choice in sorted(_CHOICES):
        kind, _, channel = choice.partition(":")
        wanted = choice in form.wanted
        subject = act.someone.subject
        notices.prefer(act.db, subject, NoticeClass(kind), Channel(channel), wanted=wanted)
    return pages.go("/account/notify", done="saved")


def inbox(visit: Visit) -> Response:
    """GET /inbox."""
    letters = notices.inbox(visit.db, visit.someone.subject, visit.lang)
    return pages.render(visit, "inbox.html", letters=letters)


def letter(act: Act) -> Response:
    """GET /inbox/{id}: opening is reading, so this look is written down."""
    one = _letter(act)
    notices.mark_read(act.db, act.someone.subject, one.id)
    return pages.render(act, "letter.html", letter=one)


def _letter(visit: Visit) -> InboxItem:
    letters = notices.inbox(visit.db, visit.someone.subject, visit.lang)
    found = [one for one in letters if one.id == visit.path("id")]
    if not found:
        raise PageMissing
    return found[0]


PAGES = (
    Page("/account", account),
    Page("/account/link", act=link, shown=account),
    Page("/account/unlink", act=unlink, shown=account),
    Page("/account/sessions", devices),
    Page("/account/sessions/others", act=end_others, shown=devices),
    Page("/account/sessions/{id}/end", act=end_one, shown=devices),
    Page("/account/notify", preferences, prefer),
    Page("/inbox", inbox),
    Page("/inbox/{id}", land=letter),
)

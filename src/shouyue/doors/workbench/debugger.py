"""The signature debugger: paste a request, see the string that we sign, and where yours parts.

What is pasted is read and kept nowhere; no secret is shown, and none is asked for. Whether a
signature fits is told to the app's owner alone. Clauses: 2.3, 5.1.1.
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.gateway import reading
from shouyue.doors.gateway.types import Call
from shouyue.doors.web import forms, pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.doors.workbench import signing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App

_MOST = 50_000
_HEADER = re.compile(r"[A-Za-z][A-Za-z-]*: ")
_LINE = re.compile(r"(?:(?:GET|POST)\s+)?(https?://\S+|/\S*)(?:\s+HTTP/\S+)?")
_FORM = {"content-type": "application/x-www-form-urlencoded"}


class RequestForm(forms.Form):
    """A request as it was sent, and the string that the developer signed."""

    request: Annotated[str, Field(min_length=1, max_length=_MOST)]
    theirs: Annotated[str, Field(max_length=_MOST)] = ""


def blank(visit: Visit) -> Response:
    """GET /tools/signature."""
    return pages.render(visit, "signature.html", found=None)


def compare(act: Act) -> Response:
    """POST /tools/signature: the same page with what was found; nothing is written down."""
    form = forms.read(act, RequestForm)
    params = _params(form.request)
    ours = signing.to_sign(params)
    theirs = signing.without_secret(form.theirs)
    app = _own(act, params.get("appkey", ""))
    fits = signing.fits(params, _secrets(act, app)) if app else None
    found = {
        "params": [
            (name, _shown(name, params[name])) for name in sorted(params) if name != "signSecret"
        ],
        "ours": f"{signing.masked(ours)}&signSecret={signing.SECRET}",
        "sent_secret": "signSecret" in params,
        "theirs": theirs,
        "difference": signing.difference(ours, theirs) if theirs else None,
        "hints": signing.hints(params, theirs) if theirs else [],
        "fits": fits,
        "mistake": _mistake(act, app, params) if app and not fits else None,
    }
    return pages.render(act, "signature.html", found=found)


def _params(text: str) -> Mapping[str, str]:
    """Return what a pasted address, body, or both say; headers are left out."""
    parts = []
    for line in map(str.strip, text.splitlines()):
        if found := _LINE.fullmatch(line):
            parts.append(found[1].partition("?")[2].partition("#")[0])
        elif line and not _HEADER.match(line):
            parts.append(line)
    body = "&".join(filter(None, parts)).encode(errors="replace")
    return reading.read(Call("POST", "/", b"", _FORM, body)).params


def _shown(name: str, value: str) -> str:
    return signing.masked(f"{name}={value}").partition("=")[2]


def _own(act: Act, appkey: str) -> App | None:
    try:
        app = apps.by_appkey(act.db, appkey)
    except NoApp:
        return None
    return app if app.owner == act.someone.subject else None


def _secrets(act: Act, app: App) -> tuple[str, ...]:
    return apps.credentials(act.db, app.appkey).sign_secrets


def _mistake(act: Act, app: App, params: Mapping[str, str]) -> signing.Mistake | None:
    usual = signing.mistake(params, _secrets(act, app))
    return usual or signing.mixed_up(params, apps.unfit_secrets(act.db, app.id))


PAGES = (Page("/tools/signature", blank, compare),)

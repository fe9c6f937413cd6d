"""The explorer: choose an API, fill in its parameters, sign and send, and see all three.

The call goes through the gateway as any other: same checks, same records, same answer. Whose token
it carries is chosen among the test users of the own apps, or pasted; it is written back nowhere.
Clauses: 2.3, 4.1.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.gateway.reading import FILE_PART
from shouyue.doors.gateway.service import LARGEST_UPLOAD
from shouyue.doors.portal import permits
from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Posted, Then, Upload, Visit
from shouyue.doors.workbench import bodies, signing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps import signatures
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.signatures import SignMethod
from shouyue.platform.apps.types import App, Credentials
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Flow
from shouyue.platform.grants.types import Grant
from shouyue.platform.oauth import service as oauth

_FIRST = "open.shop.info.get"
_INDENT = 2
_WRITTEN = 1_795_449_600_000
"""Now, as the catalogue's examples see it, in milliseconds since 1970."""

_MOMENT = re.compile(r"\b179[0-9]{10}\b")


class CallForm(forms.Form):
    """One call to make."""

    api: Annotated[str, Field(max_length=100)]
    app: Annotated[str, Field(max_length=26)]
    method: SignMethod
    param: Annotated[str, Field(max_length=20_000)] = ""
    grant: Annotated[str, Field(max_length=26)] = ""
    token: Annotated[str, Field(max_length=500)] = ""
    imgBytes: Upload | None = None  # noqa: N815 - the protocol's name of the part


def choose(visit: Visit) -> Response:
    """GET /tools/explore: `?api=` chooses one."""
    mine = _mine(visit), oauth.trials(visit.db, visit.someone.subject)
    return _page(visit, _find(visit.query("api", _FIRST)), mine, None)


def send(act: Act) -> Then:
    """POST /tools/explore: signed with the app's own secret and sent once this is over."""
    form = forms.read(act, CallForm)
    api, mine = _find(form.api), _mine(act)
    if act.site.call is None:
        raise PageMissing
    call, client = act.site.call, act.client.address
    held = _credentials(act, form.app, mine)
    if not held.sign_secrets:
        raise forms.faulty("app", "这个应用没有可用的 signSecret。", "This app has no sign secret.")
    token = _token(act, form)
    params = _signed(form, held, token, int(act.db.clock().timestamp() * 1000))
    file = form.imgBytes if api.flow is Flow.UPLOAD else None
    body, kind = bodies.parts(params, file, act.db.new_id()) if file else bodies.form(params)
    grants = oauth.trials(act.db, act.someone.subject)

    def then() -> Response:
        answer = call(Posted(api.path, body, kind, client))
        return _page(act, api, (mine, grants), _made(api, params, answer, file))

    return then


def _token(act: Act, form: CallForm) -> str:
    """Return the token to call with: the pasted one, one made for the chosen grant, or none."""
    if form.token or not form.grant:
        return form.token
    owner = act.someone.subject
    apps_of = {one.id: one.app_id for one in oauth.trials(act.db, owner)}
    if apps_of.get(form.grant, form.app) != form.app:
        raise forms.faulty(
            "grant",
            "这条测试授权是给另一个应用的。",
            "This test user let in another of your apps.",
        )
    return oauth.trial(act.db, owner, form.grant)


def _signed(form: CallForm, held: Credentials, token: str, at_ms: int) -> Mapping[str, str]:
    params = {
        "appkey": held.appkey,
        "method": form.api,
        "version": "1",
        "timestamp": str(at_ms),
        "signMethod": form.method.value,
        **({"param": form.param} if form.param else {}),
        **({"access_token": token} if token else {}),
    }
    return params | {"sign": signatures.sign(form.method, params, held.sign_secrets[0])}


def _made(
    api: Api, params: Mapping[str, str], answer: bytes, file: Upload | None
) -> Mapping[str, str]:
    found = json.loads(answer)
    body = "\n".join(f"{name}={value}" for name, value in params.items())
    if file is not None:
        body += f"\n{FILE_PART}=({len(file.content)} bytes)"
    return {
        "request": f"POST {api.path}\n\n{signing.masked(body)}",
        "base": f"{signing.masked(signing.to_sign(params))}&signSecret={signing.SECRET}",
        "answer": json.dumps(found, ensure_ascii=False, indent=_INDENT),
        "result": str(found["result"]),
        "id": str(found["requestId"]),
        "code": str(found.get("sub_code", "")),
    }


def _page(
    visit: Visit,
    api: Api,
    mine: tuple[Sequence[App], Sequence[Grant]],
    made: Mapping[str, str] | None,
) -> Response:
    own, grants = mine
    return pages.render(
        visit,
        "explore.html",
        api=api,
        packages=_packages(visit),
        permit=permits.permit(api.scope, visit.lang),
        mine=own,
        titles={app.id: app.title for app in own},
        grants=grants,
        file_part=FILE_PART,
        example=_example(api, visit.db.clock()) if api.params else "",
        wanted=catalogue.wanted,
        made=made,
        explained=made is not None and made["code"] in catalogue.sub_codes(),
    )


def _example(api: Api, now: datetime) -> str:
    """Return the API's own example, its moments as far from now as they are from when written."""
    by = int(now.timestamp() * 1000) - _WRITTEN
    text = json.dumps(dict(api.examples[0]), ensure_ascii=False, indent=_INDENT)
    return _MOMENT.sub(lambda found: str(int(found[0]) + by), text)


def _packages(visit: Visit) -> Sequence[permits.Permit]:
    return [one for one in permits.opened(visit.lang) if one.calls]


def _mine(visit: Visit) -> list[App]:
    return apps.mine(visit.db, visit.someone.subject)


def _credentials(act: Act, app_id: str, mine: Sequence[App]) -> Credentials:
    for app in mine:
        if app.id == app_id:
            return apps.credentials(act.db, app.appkey)
    raise NoApp


def _find(name: str) -> Api:
    api = catalogue.apis().get(name)
    if api is None:
        raise PageMissing
    return api


PAGES = (Page("/tools/explore", choose, send, most=LARGEST_UPLOAD),)

"""The explorer: choose an API, fill in its parameters, sign and send, and see all three.

The call goes through the gateway as any other: same checks, same records, same answer. The token
is the developer's own to paste; it is written back nowhere. Clauses: 2.3, 4.1.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field
from starlette.responses import Response

from shouyue.doors.web import forms, pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Then, Visit
from shouyue.doors.workbench import signing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps import signatures
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.signatures import SignMethod
from shouyue.platform.apps.types import App, Credentials
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api

_FIRST = "open.shop.info.get"
_INDENT = 2


class CallForm(forms.Form):
    """One call to make."""

    api: Annotated[str, Field(max_length=100)]
    app: Annotated[str, Field(max_length=26)]
    method: SignMethod
    param: Annotated[str, Field(max_length=20_000)] = ""
    token: Annotated[str, Field(max_length=500)] = ""


def choose(visit: Visit) -> Response:
    """GET /tools/explore: `?api=` chooses one."""
    return _page(visit, _find(visit.query("api", _FIRST)), _mine(visit), None)


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
    params = _signed(form, held, int(act.db.clock().timestamp() * 1000))

    def then() -> Response:
        answer = call(api.path, urlencode(params).encode(), client)
        return _page(act, api, mine, _made(api, params, answer))

    return then


def _signed(form: CallForm, held: Credentials, at_ms: int) -> Mapping[str, str]:
    params = {
        "appkey": held.appkey,
        "method": form.api,
        "version": "1",
        "timestamp": str(at_ms),
        "signMethod": form.method.value,
        **({"param": form.param} if form.param else {}),
        **({"access_token": form.token} if form.token else {}),
    }
    return params | {"sign": signatures.sign(form.method, params, held.sign_secrets[0])}


def _made(api: Api, params: Mapping[str, str], answer: bytes) -> Mapping[str, str]:
    found = json.loads(answer)
    body = "\n".join(f"{name}={value}" for name, value in params.items())
    return {
        "request": f"POST {api.path}\n\n{signing.masked(body)}",
        "base": f"{signing.masked(signing.to_sign(params))}&signSecret={signing.SECRET}",
        "answer": json.dumps(found, ensure_ascii=False, indent=_INDENT),
        "result": str(found["result"]),
        "id": str(found["requestId"]),
        "code": str(found.get("sub_code", "")),
    }


def _page(visit: Visit, api: Api, mine: Sequence[App], made: Mapping[str, str] | None) -> Response:
    example = dict(api.examples[0]) if api.examples else {}
    return pages.render(
        visit,
        "explore.html",
        api=api,
        apis=list(catalogue.apis()),
        mine=mine,
        example=json.dumps(example, ensure_ascii=False, indent=_INDENT) if api.params else "",
        wanted=catalogue.wanted,
        made=made,
        explained=made is not None and made["code"] in catalogue.sub_codes(),
    )


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


PAGES = (Page("/tools/explore", choose, send),)

"""A merchant comes with the parent platform's account and lets the app in; code against token."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from shouyue_sandbox.demo.client import Client
from shouyue_sandbox.demo.newcomer import agree
from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.walk import MERCHANT, Stopped, Tokens, Walk
from shouyue_sandbox.demo.workshop import SCOPES

_WHO = "merchant"


def authorize_url(walk: Walk, scopes: Sequence[str] = SCOPES) -> str:
    """Return the address that an app sends its merchants to."""
    asked = {
        "app_id": walk.keys.appkey,
        "redirect_uri": walk.redirect,
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": "demo",
    }
    return f"{walk.base}/oauth2/authorize?{urlencode(asked)}"


def sign_in(walk: Walk) -> str:
    """Through the parent platform's page and back, to the grant page."""
    come(walk, _WHO, MERCHANT, authorize_url(walk)).form("agreed")
    return MERCHANT


def come(walk: Walk, who: str, account: str, address: str) -> Page:
    """Open the grant page as somebody new, by an account of the parent platform."""
    page = walk.open(who, address)
    away = next((link for link in page.links if link.startswith("/login/platform")), "")
    if not away:
        raise Stopped(page.url, page.status, "no way in by the parent platform")
    page = walk.open(who, away)
    page = walk.send(who, page, "account", {"account": account})
    return agree(walk, who, page)


def authorise(walk: Walk) -> str:
    """Read the grant page, tick, press; the code arrives at the call-back address."""
    walk.code = grant(walk, _WHO, walk.open(_WHO, authorize_url(walk)))
    return "授权码送到回调地址 the code is at the call-back address"


def grant(walk: Walk, who: str, page: Page) -> str:
    """Tick and press on a grant page; return the code that came back."""
    page = walk.send(who, page, "agreed", {"decision": "allow"}, tick=("agreed",))
    came = parse_qs(urlsplit(page.url).query)
    if not page.url.startswith(walk.redirect) or came.get("state") != ["demo"]:
        raise Stopped(page.url, page.status, "not sent back")
    return came["code"][0]


def exchange(walk: Walk) -> str:
    """The app turns the code into tokens."""
    found = tokens(walk, walk.code)
    walk.tokens = Tokens(found["access_token"], found["refresh_token"], found["open_id"])
    return f"{found['expires_in'] // 3600} h · {' '.join(found['scopes'])}"


def tokens(walk: Walk, code: str) -> dict[str, Any]:
    """Return what the token endpoint answers to a code."""
    client = client_of(walk)
    found = client.exchange(code)
    client.close()
    if found.get("result") != 1:
        raise Stopped("/oauth2/access_token", 200, str(found.get("error_msg", found)))
    return found


def client_of(walk: Walk) -> Client:
    """Return the app's client."""
    keys = walk.keys
    return Client(walk.base, keys.appkey, keys.app_secret, keys.sign_secret)

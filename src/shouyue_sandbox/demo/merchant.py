"""A merchant comes with the parent platform's account and lets the app in; code against token."""

from urllib.parse import parse_qs, urlencode, urlsplit

from shouyue_sandbox.demo.client import Client
from shouyue_sandbox.demo.newcomer import agree
from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.walk import MERCHANT, Stopped, Tokens, Walk
from shouyue_sandbox.demo.workshop import SCOPES

_WHO = "merchant"


def authorize_url(walk: Walk) -> str:
    """Return the address that an app sends its merchants to."""
    asked = {
        "app_id": walk.keys.appkey,
        "redirect_uri": walk.redirect,
        "response_type": "code",
        "scope": ",".join(SCOPES),
        "state": "demo",
    }
    return f"{walk.base}/oauth2/authorize?{urlencode(asked)}"


def sign_in(walk: Walk) -> str:
    """Through the parent platform's page and back, to the grant page."""
    page = walk.open(_WHO, authorize_url(walk))
    away = next((link for link in page.links if link.startswith("/login/platform")), "")
    if not away:
        raise Stopped(page.url, page.status, "no way in by the parent platform")
    page = walk.open(_WHO, away)
    page = walk.send(_WHO, page, "account", {"account": MERCHANT})
    page = agree(walk, _WHO, page)
    page.form("agreed")
    return MERCHANT


def authorise(walk: Walk) -> str:
    """Read the grant page, tick, press; the code arrives at the call-back address."""
    walk.code = _grant(walk, walk.open(_WHO, authorize_url(walk)))
    return "授权码送到回调地址 the code is at the call-back address"


def exchange(walk: Walk) -> str:
    """The app turns the code into tokens."""
    client = client_of(walk)
    found = client.exchange(walk.code)
    client.close()
    if found.get("result") != 1:
        raise Stopped("/oauth2/access_token", 200, str(found.get("error_msg", found)))
    walk.tokens = Tokens(found["access_token"], found["refresh_token"], found["open_id"])
    return f"{found['expires_in'] // 3600} h · {' '.join(found['scopes'])}"


def client_of(walk: Walk) -> Client:
    """Return the app's client."""
    keys = walk.keys
    return Client(walk.base, keys.appkey, keys.app_secret, keys.sign_secret)


def _grant(walk: Walk, page: Page) -> str:
    page = walk.send(_WHO, page, "agreed", {"decision": "allow"}, tick=("agreed",))
    came = parse_qs(urlsplit(page.url).query)
    if not page.url.startswith(walk.redirect) or came.get("state") != ["demo"]:
        raise Stopped(page.url, page.status, "not sent back")
    return came["code"][0]

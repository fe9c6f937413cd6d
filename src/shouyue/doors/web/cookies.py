"""The only way a cookie leaves: declared in the policy, first-party, unreadable to scripts.

Clause 3.0: an unregistered name never reaches a browser. Clause 3.1: the session cookie is
Secure, HttpOnly, SameSite=Lax and host-only.
"""

from http.cookies import SimpleCookie

from starlette.responses import Response

from shouyue.doors.web.errors import CookieUnregistered
from shouyue.doors.web.visits import HOST, Site
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control


@control(Clause.C3_2, says="The list has no convenience cookie, so none can be set.")
def put(response: Response, site: Site, cookie: str, value: str) -> None:
    """Set a cookie for as long as the policy declares; raises CookieUnregistered for others."""
    rule = policy.active().cookies.get(cookie)
    if rule is None:
        raise CookieUnregistered(cookie)
    _set(response, site, cookie, value, rule.minutes * 60)


def drop(response: Response, site: Site, cookie: str) -> None:
    """Tell the browser to forget a cookie."""
    _set(response, site, cookie, "", 0)


def _set(response: Response, site: Site, cookie: str, value: str, seconds: int) -> None:
    response.set_cookie(
        site.cookie(cookie),
        value,
        max_age=seconds,
        path="/",
        secure=site.secure,
        httponly=True,
        samesite="lax",
    )


@control(Clause.C3_0, says="A response with a cookie the registry does not declare is refused.")
def check(set_cookie: str) -> None:
    """Return when the header's cookie is declared; raise CookieUnregistered otherwise."""
    known = policy.active().cookies
    for name in SimpleCookie(set_cookie):
        if name.removeprefix(HOST) not in known:
            raise CookieUnregistered(name)

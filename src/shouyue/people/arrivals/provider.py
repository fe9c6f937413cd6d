"""Asking the parent platform who came: three requests, no unit of work open (2.1.1.b).

The code goes in, four fields come out; `accounts.platform` reads them and drops the rest.
"""

from dataclasses import replace
from urllib.parse import urlencode

from shouyue.people.accounts import platform
from shouyue.people.accounts.errors import PlatformRefused
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.people.arrivals.types import Provider
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import HttpOut
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_OK = 200
_FORM = {"content-type": "application/x-www-form-urlencoded"}


@control(Clause.C2_1_1_b, says="The platform is asked for four fields, and its token is not kept.")
def ask(
    egress: Egress, provider: Provider, code: str, note: Note = fields.unheard
) -> PlatformIdentity:
    """Return who the code speaks for. Raises PlatformRefused, whatever went wrong."""
    us = {"app_id": provider.app_id}
    proof = {**us, "app_secret": provider.app_secret, "code": code}
    form = urlencode({**proof, "grant_type": "authorization_code"}).encode()
    token = _send(egress, HttpOut(_at(provider, "/oauth2/access_token"), body=form, headers=_FORM))
    query = urlencode({**us, "access_token": platform.access_token(token)})
    user = _send(egress, HttpOut(f"{_at(provider, '/openapi/user_info')}?{query}", "GET"))
    phone = _send(egress, HttpOut(f"{_at(provider, '/openapi/user_phone')}?{query}", "GET"))
    return platform.read_identity(token, user, phone, note)


def _at(provider: Provider, path: str) -> str:
    return f"{provider.base_url.rstrip('/')}{path}"


def _send(egress: Egress, out: HttpOut) -> bytes:
    # The answers say who somebody is, so the provider must be where personal data may be.
    back = egress.http(replace(out, personal=True, where="provider"))
    if back.status != _OK:
        raise PlatformRefused
    return back.body

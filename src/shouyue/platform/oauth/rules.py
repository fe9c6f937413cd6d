"""Pure decisions of the authorisation server. Lifetimes are the protocol's (section 2.2)."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from shouyue.platform.oauth.errors import InvalidRequest, InvalidScope

CODE_LIFE = timedelta(minutes=2)
ACCESS_LIFE = timedelta(hours=48)
GRANT_DAYS = 180
GRANT_LIFE = timedelta(days=GRANT_DAYS)
TEST_DAYS = 10
TRIAL_LIFE = timedelta(minutes=5)
DISCARD_AFTER = timedelta(minutes=5)
MOST_STATE = 1000
KEPT = timedelta(days=30)
"""How long what is over is still known, so that a developer can ask why a call was refused."""

AT_ONCE = 1000
"""How many rows one unit of work deletes."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def scopes(asked: str, held: tuple[str, ...]) -> tuple[str, ...]:
    """Return the asked scopes, each once; none asked means the default ones that are held.

    Raises InvalidScope for one that the app does not hold.
    """
    wanted = tuple(dict.fromkeys(filter(None, asked.replace(" ", ",").split(","))))
    for scope in wanted:
        if scope not in held:
            raise InvalidScope(scope=scope[:40])
    return wanted


def challenge(params: Mapping[str, str]) -> str:
    """Return the challenge that a request binds its code to, empty where it binds none.

    Only S256 (RFC 7636): `plain`, also by silence, would show the verifier to whoever reads the
    address. Raises InvalidRequest.
    """
    given, method = params.get("code_challenge", ""), params.get("code_challenge_method", "")
    if not given and not method:
        return ""
    if method != "S256":
        raise InvalidRequest(name="code_challenge_method")
    if not _CHALLENGE.fullmatch(given):
        raise InvalidRequest(name="code_challenge")
    return given


def verifier(params: Mapping[str, str]) -> str:
    """Return the verifier that comes with a code, or nothing. Raises InvalidRequest."""
    given = params.get("code_verifier", "")
    if given and not _VERIFIER.fullmatch(given):
        raise InvalidRequest(name="code_verifier")
    return given


def seconds(until: datetime, at: datetime) -> int:
    """Return the whole seconds that are left."""
    return max(0, int((until - at).total_seconds()))


_ALIASES = {
    "appId": "app_id",
    "client_id": "app_id",
    "appSecret": "app_secret",
    "client_secret": "app_secret",
    "redirectUri": "redirect_uri",
    "refreshToken": "refresh_token",
    "grantType": "grant_type",
    "responseType": "response_type",
}


def named(given: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters under the names of the protocol; clients spell them in three ways.

    Raises InvalidRequest where two spellings of one name disagree: no reader may pick another.
    """
    found: dict[str, str] = {}
    for spelled, value in given.items():
        name = _ALIASES.get(spelled, spelled)
        if found.setdefault(name, value) != value:
            raise InvalidRequest(name=name)
    return found

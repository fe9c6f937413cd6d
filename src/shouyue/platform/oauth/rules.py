"""Pure decisions of the authorisation server. Lifetimes are the protocol's (section 2.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shouyue.platform.oauth.errors import InvalidRequest, InvalidScope

CODE_LIFE = timedelta(minutes=2)
ACCESS_LIFE = timedelta(hours=48)
GRANT_DAYS = 180
GRANT_LIFE = timedelta(days=GRANT_DAYS)
DISCARD_AFTER = timedelta(minutes=5)
MOST_STATE = 1000


def scopes(asked: str, held: tuple[str, ...]) -> tuple[str, ...]:
    """Return the asked scopes, each once; none asked means the default ones that are held.

    Raises InvalidScope for one that the app does not hold.
    """
    wanted = tuple(dict.fromkeys(filter(None, asked.replace(" ", ",").split(","))))
    for scope in wanted:
        if scope not in held:
            raise InvalidScope(scope=scope[:40])
    return wanted


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

"""What an app asks a merchant for, at the authorisation page (protocol, section 2.1)."""

from collections.abc import Mapping

from shouyue.ground.store.session import ReadSession
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App, AppState
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.grants.types import Ask
from shouyue.platform.oauth import rules
from shouyue.platform.oauth.errors import (
    CallbackMismatch,
    InvalidRequest,
    UnauthorizedClient,
    UnsupportedResponseType,
)


def ask(db: ReadSession, given: Mapping[str, str]) -> Ask:
    """Check an authorisation request, under any of the names that clients use.

    Raises CallbackMismatch first: then nobody may be sent anywhere. After it, what is raised
    may be told to the callback: UnauthorizedClient, UnsupportedResponseType, InvalidScope.
    """
    app, params = _called_back(db, given)
    if app.state is AppState.OFFLINE:
        raise UnauthorizedClient
    if params.get("response_type", "code") != "code":
        raise UnsupportedResponseType
    state = params.get("state", "")
    if len(state) > rules.MOST_STATE:
        raise InvalidRequest(name="state")
    default = ",".join(scope for scope in catalogue.default_scopes() if scope in app.scopes)
    asked = rules.scopes(params.get("scope", "") or default, app.scopes)
    is_test = app.state is AppState.IN_DEVELOPMENT
    days = rules.TEST_DAYS if is_test else rules.GRANT_DAYS
    bound = rules.challenge(params)
    return Ask(app.id, app.title, app.callback, asked, state, bound, days, is_test)


def _called_back(db: ReadSession, given: Mapping[str, str]) -> tuple[App, dict[str, str]]:
    try:
        params = rules.named(given)
        app = apps.by_appkey(db, params.get("app_id", ""))
    except (InvalidRequest, NoApp):
        raise CallbackMismatch from None
    if not app.callback or params.get("redirect_uri", "") != app.callback:
        raise CallbackMismatch
    return app, params

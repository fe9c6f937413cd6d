"""Who asks at the endpoints of the authorisation server: an app, by id and app secret."""

from collections.abc import Mapping

from shouyue.ground.store.session import Session
from shouyue.platform.apps import credentials as secrets
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import SecretRefused
from shouyue.platform.apps.types import App, AppState
from shouyue.platform.oauth.errors import InvalidRequest, UnauthorizedClient

MOST_TOKEN = 500


def authenticate(db: Session, params: Mapping[str, str]) -> App:
    """Return the app that proved itself; raise InvalidRequest or UnauthorizedClient."""
    try:
        app_id = secrets.authenticate(db, needed(params, "app_id"), needed(params, "app_secret"))
    except SecretRefused:
        raise UnauthorizedClient from None
    app = apps.get(db, app_id)
    if app.state is AppState.OFFLINE:
        raise UnauthorizedClient
    return app


def proven(db: Session, params: Mapping[str, str]) -> App:
    """Do the same for what RFC 7009 and RFC 7662 say; who names no client is not known either."""
    try:
        return authenticate(db, params)
    except InvalidRequest:
        raise UnauthorizedClient from None


def needed(params: Mapping[str, str], name: str) -> str:
    """Return a parameter that must be there; raise InvalidRequest for none or too long a one."""
    value = params.get(name, "")
    if not value or len(value) > MOST_TOKEN:
        raise InvalidRequest(name=name)
    return value

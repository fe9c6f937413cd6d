"""The stand-in's endpoints, as the parent platform names them.

`/oauth2/connect` and `/oauth2/authorize` show the page, `/oauth2/access_token` exchanges the code,
`/openapi/user_info` and `/openapi/user_phone` tell what the scopes allow.
"""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from shouyue_sandbox.pages.render import page
from shouyue_sandbox.provider.accounts import TOKEN_MS, Accounts, NoSuchGrant

_SCOPES = ("user_info", "user_phone")


class Provider:
    """The doors of the stand-in for one client application."""

    def __init__(self, accounts: Accounts, app_id: str, app_secret: str) -> None:
        """Know one client: the platform."""
        self._accounts = accounts
        self._app_id = app_id
        self._app_secret = app_secret

    async def authorize(self, request: Request) -> Response:
        """GET: who are you? POST: choose an account and what it may show."""
        asked = request.query_params
        redirect = asked.get("redirect_uri", "")
        scopes = [scope for scope in asked.get("scope", "").split(",") if scope in _SCOPES]
        genuine = asked.get("app_id") == self._app_id and asked.get("response_type") == "code"
        if not genuine or not redirect.startswith(("http://", "https://")) or not scopes:
            return page("refused.html", status=400)
        if request.method == "GET":
            return page("authorize.html", accounts=self._accounts.known().values(), scopes=scopes)
        form = await request.form()
        account = str(form.get("account", ""))
        if account not in self._accounts.known():
            return page("refused.html", status=400)
        chosen = tuple(scope for scope in scopes if form.get(scope) == "on")
        code = self._accounts.allow(account, self._app_id, redirect, chosen)
        joint = "&" if "?" in redirect else "?"
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return RedirectResponse(f"{redirect}{joint}{query}", 303)

    async def access_token(self, request: Request) -> Response:
        """GET or POST: code against token."""
        form = await request.form()
        asked = {**request.query_params, **{k: str(v) for k, v in form.items()}}
        if (asked.get("app_id"), asked.get("app_secret")) != (self._app_id, self._app_secret):
            return _error(100200101, "unauthorized_client")
        if asked.get("grant_type") not in {"authorization_code", "code"}:
            return _error(100200104, "unsupported_grant_type")
        try:
            token, grant = self._accounts.exchange(asked.get("code", ""), self._app_id)
        except NoSuchGrant:
            return _error(100200105, "invalid_grant")
        return JSONResponse(
            {
                "result": 1,
                "access_token": token,
                "expires_in": TOKEN_MS // 1000,
                "open_id": grant.account,
                "scopes": list(grant.scopes),
            }
        )

    async def user_info(self, request: Request) -> Response:
        """GET: name and picture, with much that nobody asked for, as the real one has."""
        try:
            account = self._accounts.behind(_token(request), "user_info")
        except NoSuchGrant:
            return _error(100200102, "access_denied")
        picture = f"https://img.example/head/{account['open_id']}.jpg"
        told = {"name": account["name"], "sex": account["sex"], "fan": 108, "follow": 12}
        told |= {"head": picture, "bigHead": picture, "city": "成都"}
        return JSONResponse({"result": 1, "user_info": told})

    async def user_phone(self, request: Request) -> Response:
        """GET: the phone."""
        try:
            account = self._accounts.behind(_token(request), "user_phone")
        except NoSuchGrant:
            return _error(100200102, "access_denied")
        return JSONResponse({"result": 1, "phone": account["phone"]})


def _token(request: Request) -> str:
    return request.query_params.get("access_token", "")


def _error(number: int, name: str) -> Response:
    return JSONResponse({"result": number, "error": name, "error_msg": name})

"""Why no token is given. `error` is the protocol's word (section 2.3); doors add the number."""

from shouyue.platform.grants.errors import OAuthRefusal


class InvalidRequest(OAuthRefusal):
    """A parameter is missing or malformed."""

    code = "oauth.invalid-request"
    zh = "缺少参数或参数格式不正确：{name}。"
    en = "A parameter is missing or malformed: {name}."


class UnauthorizedClient(OAuthRefusal):
    """The app is unknown, offline, or its secret is wrong."""

    code = "oauth.unauthorized-client"
    error = "unauthorized_client"
    zh = "应用不存在、未启用，或 app_secret 不正确（注意与 signSecret 区分）。"
    en = "The app is unknown or not active, or app_secret is wrong (it is not signSecret)."


class AccessDenied(OAuthRefusal):
    """The refresh token is unknown, or what it stood for is gone."""

    code = "oauth.access-denied"
    error = "access_denied"
    zh = "refresh_token 无效（{cause}）。"
    en = "The refresh token is not valid ({cause})."


class UnsupportedResponseType(OAuthRefusal):
    """Only codes are given."""

    code = "oauth.response-type"
    error = "unsupported_response_type"
    zh = "response_type 只支持 code。"
    en = "response_type must be code."


class UnsupportedGrantType(OAuthRefusal):
    """The grant type is not one of ours."""

    code = "oauth.grant-type"
    error = "unsupported_grant_type"
    zh = "grant_type 只支持 code、refresh_token、client_credentials。"
    en = "grant_type must be code, refresh_token or client_credentials."


class InvalidGrant(OAuthRefusal):
    """The code gives no token. `cause` is one word of `code.`.

    unknown · expired (two minutes) · used · revokedAuthorization · redirectUri and verifier, which
    are not those that the code was asked for with (RFC 6749, 4.1.3; RFC 7636, 4.6).
    """

    code = "oauth.invalid-grant"
    error = "invalid_grant"
    zh = "授权码不能换取令牌（{cause}），请重新授权。授权码 2 分钟内有效，只能用一次。"
    en = "The code gives no token ({cause}). Authorise again: it is good once, for two minutes."


class InvalidScope(OAuthRefusal):
    """The app does not hold this permission package."""

    code = "oauth.invalid-scope"
    error = "invalid_scope"
    zh = "应用没有权限包 {scope}，请先在控制台申请。"
    en = "The app does not hold the permission package {scope}. Apply for it in the console."


class RefreshExpired(OAuthRefusal):
    """180 days since the merchant authorised."""

    code = "oauth.refresh-expired"
    error = "refresh_token_expired"
    zh = "refresh_token 已过期（自授权起 180 天），请商家重新授权。"
    en = "The refresh token has expired (180 days from the grant). The merchant must grant anew."


class CallbackMismatch(OAuthRefusal):
    """The callback is not, to the letter, the registered one. Nobody is sent there."""

    code = "oauth.callback"
    zh = "Invalid url：回调地址与控制台登记的不一致，或应用不存在。"
    en = "Invalid url: the callback is not the registered one, or the app is unknown."


class NoTrial(OAuthRefusal):
    """The grant is no live one of a test user to an app of this developer."""

    code = "oauth.no-trial"
    error = "access_denied"
    zh = "这条测试授权不存在、已结束，或不属于您的应用。"
    en = "There is no such grant of a test user to an app of yours, or it is over."


class TokenRefused(OAuthRefusal):
    """An access token that is none, or is no longer known."""

    code = "oauth.token"
    error = "access_denied"
    zh = "access_token 不存在，或早已失效。AUTHORIZATION_REVOKED"
    en = "There is no such access_token, or it ended long ago."


class TokenExpired(TokenRefused):
    """An access token past its time, or whose grant is."""

    code = "oauth.token-expired"
    zh = "access_token 已过期。授权未满期限的，请用 refresh_token 换新。"
    en = "The access_token has expired. While the grant holds, refresh_token gives a new one."


class TokenRevoked(TokenRefused):
    """An access token whose grant was ended, or that was taken back."""

    code = "oauth.token-revoked"
    zh = "授权已取消，access_token 不再可用。AUTHORIZATION_REVOKED"
    en = "The grant behind the access_token was ended; the token is of no more use."

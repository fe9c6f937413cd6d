"""Why no token is given. `error` is the protocol's word (section 2.3); doors add the number."""

from typing import ClassVar

from shouyue.ground.kit.errors import Refusal


class OAuthRefusal(Refusal):
    """A no of the authorisation server."""

    error: ClassVar[str] = "invalid_request"


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
    """The code is unknown, past its two minutes, or used before."""

    code = "oauth.invalid-grant"
    error = "invalid_grant"
    zh = "授权码无效、已过期（2 分钟）或已使用，请重新授权。"
    en = "The code is unknown, past its two minutes or used. Authorise again."


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


class NoMerchant(OAuthRefusal):
    """The person owns no shop that is known here."""

    code = "oauth.no-merchant"
    error = "access_denied"
    zh = "当前账号没有关联店铺，不能授权。"
    en = "This account is not linked to a shop and cannot authorise."


class TooManyTesters(OAuthRefusal):
    """The app is in development and has as many test users as it may have."""

    code = "oauth.too-many-testers"
    error = "access_denied"
    zh = "该应用尚在开发中，测试用户已满 {limit} 个。须有一位先取消授权，或等其 10 天到期。"
    en = (
        "The app is in development and has its {limit} test users. One of them must revoke first, "
        "or wait for the 10 days to end."
    )


class StaffGone(OAuthRefusal):
    """The sub-account was removed or switched off by its main account."""

    code = "oauth.staff-gone"
    error = "access_denied"
    zh = "该子账号已被主账号停用或移除，不能授权；它此前的授权也已结束。"
    en = "The main account has removed this sub-account: it cannot authorise; its grants are over."


class StaffNotLet(OAuthRefusal):
    """The main account does not let this sub-account give the package."""

    code = "oauth.staff-not-let"
    error = "access_denied"
    zh = "主账号没有允许该子账号授予这个应用申请的全部权限，请联系主账号。"
    en = "The main account does not let this sub-account give all that the app asks for; ask it."


class MainFirst(OAuthRefusal):
    """A sub-account gives no more than the main account has given to the same app."""

    code = "oauth.main-first"
    error = "access_denied"
    zh = "主账号尚未把这些权限授予该应用。请先由主账号授权，子账号才能授权。"
    en = "The main account has not given this app these packages. It must authorise the app first."


class NoTrial(OAuthRefusal):
    """The grant is no live one of a test user to an app of this developer."""

    code = "oauth.no-trial"
    error = "access_denied"
    zh = "这条测试授权不存在、已结束，或不属于您的应用。"
    en = "There is no such grant of a test user to an app of yours, or it is over."


class NoSuchGrant(OAuthRefusal):
    """No live grant of a sub-account of this shop has that number."""

    code = "oauth.no-such-grant"
    error = "access_denied"
    zh = "没有这条子账号授权，或它已经结束。"
    en = "There is no such grant of a sub-account, or it is over."


class ShopTaken(OAuthRefusal):
    """Another account holds this shop."""

    code = "oauth.shop-taken"
    error = "access_denied"
    zh = "该店铺已由其他账号关联。"
    en = "Another account is linked to this shop."


class NoPlatformAccount(OAuthRefusal):
    """The person entered by phone alone, so the directory cannot be asked for a shop."""

    code = "oauth.no-platform-account"
    error = "access_denied"
    zh = "当前账号没有绑定平台账号，无法查询名下店铺。请用平台账号登录，或先在账号信息中绑定。"
    en = (
        "No platform account is linked, so no shop can be found. Sign in with it, or link it first."
    )


class DirectorySilent(OAuthRefusal):
    """The operator's directory of shops gave no answer that can be read."""

    code = "oauth.directory-silent"
    error = "server_error"
    zh = "店铺目录暂时没有应答，什么都没有授权。请稍后再试。"
    en = "The directory of shops does not answer now. Nothing was granted; try again later."


class TokenRefused(OAuthRefusal):
    """An access token that is not, or no longer, good. `cause` is unknown, expired or revoked."""

    code = "oauth.token"
    error = "access_denied"
    zh = "access_token 不可用（{cause}）：未知、已过期或授权已取消。AUTHORIZATION_REVOKED"
    en = "The access token is not usable ({cause}): unknown, expired or revoked."

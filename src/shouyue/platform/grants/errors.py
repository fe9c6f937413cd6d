"""Why nothing is granted. `error` is the protocol's word (section 2.3); doors add the number."""

from typing import ClassVar

from shouyue.ground.kit.errors import Refusal


class OAuthRefusal(Refusal):
    """A no of the authorisation server."""

    error: ClassVar[str] = "invalid_request"


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

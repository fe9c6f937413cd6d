"""Why the app room says no."""

from shouyue.ground.kit.errors import Refusal


class NoApp(Refusal):
    """There is no such app, or it belongs to somebody else: the same answer."""

    code = "apps.no-app"
    zh = "没有找到该应用。"
    en = "There is no such app."


class TooManyApps(Refusal):
    """A developer has as many apps as allowed."""

    code = "apps.too-many"
    zh = "每个开发者最多创建 {limit} 个应用。"
    en = "A developer may have {limit} apps at most."


class TitleRefused(Refusal):
    """The name is empty, too long, or could be taken for the platform's own."""

    code = "apps.title"
    zh = "应用名称需为 2 至 30 个字符，且不得含有“快手”“官方”。"
    en = "An app's name has 2 to 30 characters and may not contain 快手 or 官方."


class DescriptionTooLong(Refusal):
    """The description is too long."""

    code = "apps.description"
    zh = "应用描述最多 500 个字符。"
    en = "A description has 500 characters at most."


class CallbackRefused(Refusal):
    """The callback is no address that codes may be sent to."""

    code = "apps.callback"
    zh = "回调地址须为完整的 https 地址，不含账号、片段和空白；开发环境可使用本机 http 地址。"
    en = (
        "A callback is a whole https address without user, fragment or blanks; "
        "in development http on the loopback will do."
    )


class ScopeRefused(Refusal):
    """There is no such permission package."""

    code = "apps.scope"
    zh = "没有权限包 {scope}。"
    en = "There is no permission package {scope}."


class NetworkRefused(Refusal):
    """An entry of the address list is not an address or a range."""

    code = "apps.network"
    zh = "第 {line} 行不是有效的 IP 或网段；最多 {limit} 条。"
    en = "Line {line} is not an address or a range; {limit} lines at most."


class FrozenAlready(Refusal):
    """The app's secrets are frozen."""

    code = "apps.frozen-already"
    zh = "应用的密钥已经冻结。"
    en = "The app's secrets are frozen already."


class NotFrozen(Refusal):
    """The app's secrets are not frozen."""

    code = "apps.not-frozen"
    zh = "应用的密钥没有被冻结。"
    en = "The app's secrets are not frozen."


class SignatureRefused(Refusal):
    """The signature does not fit any secret in force. Which part differs is not told."""

    code = "apps.signature"
    zh = "签名验证失败。请用 signSecret（而非 appSecret）对收到的原始参数值计算签名。"
    en = "The signature does not fit. Sign the raw values with signSecret, not with appSecret."


class Replayed(Refusal):
    """The nonce of this call was used before."""

    code = "apps.replayed"
    zh = "nonce 已使用过：同一请求不能重复发送，请换一个 nonce 重新签名。"
    en = "This nonce was used before: one call is taken once. Sign anew with another."


class NonceUnfit(Refusal):
    """The nonce is too short, too long, or has other characters."""

    code = "apps.nonce"
    zh = "nonce 应为 8 至 64 个字母、数字或 . _ ~ -。"
    en = "A nonce has 8 to 64 letters, digits or . _ ~ -."


class NoSecret(Refusal):
    """The app has no such secret, or it has ended."""

    code = "apps.no-secret"
    zh = "没有这把密钥，或它已失效。"
    en = "There is no such secret, or it has ended."


class LastSecret(Refusal):
    """Without this secret there would be none of its kind."""

    code = "apps.last-secret"
    zh = "这是最后一把在用的密钥。请先生成新的，再作废它；只是暂停请用“停用”。"
    en = "This is the last one in force. Make a new one first; to stop it for a while, pause it."


class SecretRefused(Refusal):
    """The app is unknown or the secret is wrong: the same answer."""

    code = "apps.secret"
    zh = "应用不存在或 app_secret 不正确。"
    en = "The app is unknown or app_secret is wrong."

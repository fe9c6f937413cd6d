"""Why the gateway says no. The numbers of the protocol are in `results`."""

from shouyue.ground.kit.errors import Refusal


class Malformed(Refusal):
    """The query or the body cannot be read."""

    code = "gateway.malformed"
    zh = "请求无法解析：请使用 UTF-8 编码的查询串、表单或 multipart。"
    en = "The request cannot be read: use a query, a form or multipart in UTF-8."


class NotAForm(Refusal):
    """A body came whose type is not read here, and nothing else."""

    code = "gateway.media-type"
    zh = "请求正文不是表单，请改用 application/x-www-form-urlencoded 或 multipart/form-data。"
    en = "The body is no form: send application/x-www-form-urlencoded or multipart/form-data."


class TooLarge(Refusal):
    """The request is larger than its API takes."""

    code = "gateway.too-large"
    zh = "请求过大，最多 {limit} 字节。"
    en = "The request is too large: {limit} bytes at most."


class TooSlow(Refusal):
    """The request did not arrive whole in time."""

    code = "gateway.too-slow"
    zh = "请求没有在限定时间内发送完。"
    en = "The request was not sent whole in time."


class TooBusy(Refusal):
    """More lines are open, or more is being read, than this server takes."""

    code = "gateway.too-busy"
    zh = "平台繁忙，请求未处理，请稍后重试。"
    en = "The platform is busy and did nothing with this request. Try again shortly."


class TooManyLines(Refusal):
    """One host holds more lines open than it may."""

    code = "gateway.too-many-lines"
    zh = "来自同一地址的连接过多，请复用已有连接。"
    en = "Too many connections are open from one address. Use those that are open."


class WrongVerb(Refusal):
    """Neither GET nor POST."""

    code = "gateway.verb"
    zh = "仅支持 GET 与 POST。"
    en = "Use GET or POST."


class GivenTwice(Refusal):
    """One parameter came with two values, so nobody can tell which was signed."""

    code = "gateway.given-twice"
    zh = "参数 {name} 出现了两个不同的值。"
    en = "The parameter {name} came with two different values."


class Missing(Refusal):
    """A system parameter is absent."""

    code = "gateway.missing"
    zh = "缺少系统参数 {name}。"
    en = "The system parameter {name} is missing."


class Invalid(Refusal):
    """A system parameter is malformed."""

    code = "gateway.invalid"
    zh = "系统参数 {name} 不正确：应为 {wanted}。"
    en = "The system parameter {name} is wrong: expected {wanted}."


class NoTimestamp(Refusal):
    """The timestamp is no time."""

    code = "gateway.timestamp-form"
    zh = "系统参数 timestamp 不正确：应为 1970 年以来的毫秒数（13 位数字）。"
    en = "The system parameter timestamp is wrong: expected milliseconds since 1970, 13 digits."


class NotAnObject(Refusal):
    """`param` is no JSON object."""

    code = "gateway.param-form"
    zh = "系统参数 param 不正确：应为一个 JSON 对象。"
    en = "The system parameter param is wrong: expected one JSON object."


class UnknownBuyer(Refusal):
    """A buyer's id that no order named to this developer."""

    code = "gateway.unknown-buyer"
    zh = "业务参数 {name} 不正确：应为订单中返回给本开发者的买家标识。"
    en = "The business parameter {name} is wrong: expected a buyer's id as orders name it to you."


class OutOfTime(Refusal):
    """The timestamp is too far from our clock."""

    code = "gateway.timestamp"
    zh = "timestamp 与服务器时间相差超过 {minutes} 分钟，请校准时钟（毫秒）。"
    en = "timestamp is more than {minutes} minutes off. Set your clock (epoch milliseconds)."


class MethodMismatch(Refusal):
    """Path and method name different APIs."""

    code = "gateway.method-mismatch"
    zh = "路径与 method 不一致：路径为 {path}，method 为 {method}。"
    en = "Path and method disagree: the path is {path}, the method is {method}."


class AppFrozen(Refusal):
    """The secrets of the app are frozen."""

    code = "gateway.app-frozen"
    zh = "应用密钥已被冻结，请在控制台查看原因并重置。"
    en = "The app's secrets are frozen. See the console for the reason and roll them."


class AppOffline(Refusal):
    """The app is offline."""

    code = "gateway.app-offline"
    zh = "应用已下线，不能调用接口。"
    en = "The app is offline and may not call."


class AddressRefused(Refusal):
    """The call does not come from the app's address list."""

    code = "gateway.address"
    zh = "来源 IP 不在应用的白名单内。"
    en = "The call does not come from an address on the app's list."


class NoPackage(Refusal):
    """The app does not hold the permission package of this API."""

    code = "gateway.no-package"
    zh = "应用没有权限包 {scope}，请先在控制台申请。"
    en = "The app does not hold the permission package {scope}. Apply for it in the console."


class NoToken(Refusal):
    """The API needs a merchant's token and none came."""

    code = "gateway.no-token"
    zh = "该接口需要商家授权的 access_token。"
    en = "This API needs an access_token given by a merchant."


class NotThisApp(Refusal):
    """The token belongs to another app."""

    code = "gateway.token-of-another-app"
    zh = "access_token 不属于该应用。AUTHORIZATION_REVOKED"
    en = "The access_token belongs to another app."


class AppTokenOnly(Refusal):
    """An app's own token came where a merchant's is needed."""

    code = "gateway.app-token"
    zh = "主账号不存在：该接口需要商家授权的 token，不能使用 client_credentials 的 token。"
    en = "No main account: this API needs a merchant's token, not one of client_credentials."


class NoScope(Refusal):
    """The merchant did not grant this scope with this token."""

    code = "gateway.no-scope"
    zh = "token中无scope权限：{scope}，需商家重新授权。"
    en = "The token lacks the scope {scope}. The merchant must authorise it anew."


class NotRecorded(Refusal):
    """The release could not be written down, so nothing leaves (clause 4.1)."""

    code = "gateway.not-recorded"
    zh = "个人信息提供记录写入失败，数据未发出，请稍后重试。"
    en = "The release could not be recorded, so nothing was sent. Try again later."


class Internal(Refusal):
    """Something of ours failed."""

    code = "gateway.internal"
    zh = "服务内部错误，请凭 requestId 联系我们。"
    en = "Something of ours failed. Tell us the requestId."

"""Why the catalogue says no."""

from shouyue.ground.kit.errors import Refusal


class UnknownApi(Refusal):
    """No opened API has this name or path."""

    code = "catalogue.unknown-api"
    zh = "没有这个接口：{api}。请核对方法名与路径。"
    en = "There is no such API: {api}. Check the method name and the path."


class NotOpened(Refusal):
    """The API is known, and this platform does not open it."""

    code = "catalogue.not-opened"
    zh = "接口 {api} 未在本平台开放。"
    en = "The API {api} is not opened on this platform."


class Replaced(Refusal):
    """The API is retired, and another one has taken its place."""

    code = "catalogue.replaced"
    zh = "接口 {api} 已停用，请改用 {instead}。"
    en = "The API {api} is retired. Use {instead}."


class CatalogueBroken(Refusal):
    """The operator's own API files do not agree with the catalogue."""

    code = "catalogue.broken"
    zh = "接口目录有误（{where}）：{why}。"
    en = "The catalogue is not whole ({where}): {why}."


class UnknownEvent(Refusal):
    """No event has this name."""

    code = "catalogue.unknown-event"
    zh = "没有这个消息类型：{event}。"
    en = "There is no such event: {event}."


class ParamMissing(Refusal):
    """A required business parameter is absent."""

    code = "catalogue.param-missing"
    zh = "缺少业务参数 {name}。"
    en = "The business parameter {name} is missing."


class ParamInvalid(Refusal):
    """A business parameter has the wrong type or is out of bounds."""

    code = "catalogue.param-invalid"
    zh = "业务参数 {name} 不正确：应为 {wanted}。"
    en = "The business parameter {name} is wrong: expected {wanted}."

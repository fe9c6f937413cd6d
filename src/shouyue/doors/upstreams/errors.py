"""Why an upstream gives nothing. The first two codes are older than this room."""

from shouyue.ground.kit.errors import Refusal


class UpstreamFailed(Refusal):
    """The operator's system did not answer, or not in the agreed form."""

    code = "gateway.upstream"
    zh = "上游服务暂不可用，请稍后重试。"
    en = "The upstream service is not available now. Try again later."


class UpstreamRefused(Refusal):
    """The operator's system said no for a reason of the business."""

    code = "gateway.upstream-refused"
    zh = "{said}"
    en = "{said}"


class UpstreamAway(Refusal):
    """The operator's system has not answered for a while, so it is not asked for a moment."""

    code = "upstreams.away"
    zh = "上游服务暂时中断，请求未发出，请在 {seconds} 秒后重试。"
    en = "The upstream service is away and was not asked. Try again in {seconds} seconds."


class NoSuchApi(Refusal):
    """An upstream of the settings answers APIs that the catalogue does not open."""

    code = "upstreams.no-such-api"
    zh = "配置项 upstreams.{name}.apis 中的 {api} 不对应任何已开放的接口。"
    en = "{api} in upstreams.{name}.apis names no API that is opened."

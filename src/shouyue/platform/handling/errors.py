"""Why a line of an app's log is not taken."""

from shouyue.ground.kit.errors import Refusal


class OutOfReach(Refusal):
    """The line is of a moment that is not taken."""

    code = "handling.time"
    zh = "{name} 应为毫秒时间：最近 {days} 天之内，且不在将来。"
    en = "{name} is milliseconds since 1970, of the last {days} days and not to come."


class NoHost(Refusal):
    """An address of the line names no host."""

    code = "handling.address"
    zh = "{name} 应为 http 或 https 地址。"
    en = "{name} is an address that begins with http or https."


class NoClient(Refusal):
    """The address of whoever acted is none."""

    code = "handling.client"
    zh = "{name} 应为 IP 地址。"
    en = "{name} is an IP address."


class StrangeShop(Refusal):
    """The shop never let this app in."""

    code = "handling.shop"
    zh = "{name} 不是授权过本应用的店铺。"
    en = "{name} names no shop that ever let this app in."


class NoLines(Refusal):
    """What should be a list of lines is none."""

    code = "handling.lines"
    zh = "{name} 应为 1 至 {most} 条记录组成的 JSON 数组。"
    en = "{name} is a JSON list of 1 to {most} records."

"""Why a call comes too soon, and why a limit stays as it is. Texts follow the protocol (4.3)."""

from shouyue.ground.kit.errors import Refusal


class TooFast(Refusal):
    """More calls in one second than a limit lets through."""

    code = "quotas.too-fast"
    zh = "调用过快，请降低频率后重试。Exceed qps limit, KEY [{key}], MAX_QPS [{most}.0]"
    en = (
        "Too many calls in one second; slow down. Exceed qps limit, KEY [{key}], MAX_QPS [{most}.0]"
    )


class UsedUp(Refusal):
    """The day's calls are used up."""

    code = "quotas.used-up"
    zh = "今日调用次数已用完（{most} 次），北京时间零点恢复。Exceed quota limit, KEY [{key}]"
    en = "Today's {most} calls are used up until Beijing midnight. Exceed quota limit, KEY [{key}]"


class NoUpgrade(Refusal):
    """The app has not used enough of its limit, or not well enough, or has the highest."""

    code = "quotas.no-upgrade"
    zh = (
        "暂不能升级：近 7 天内须有一天用量超过 80%（每秒峰值超过 90%）且成功率高于 95%，"
        "应用已上线且不在最高档。"
    )
    en = (
        "Not yet: one of the last 7 days must be over 80 % used (90 % of the peak per second) with "
        "over 95 % success, the app online and below the highest step."
    )


class NoReset(Refusal):
    """Today's counter is not far enough, or was reset as often as may be."""

    code = "quotas.no-reset"
    zh = "暂不能重置：今日用量须超过 60%，且每天最多重置 3 次。"
    en = "Not now: over 60 % of today must be used, and a day has 3 resets."

"""Why the traffic room says no."""

from shouyue.ground.kit.errors import Refusal


class NoCall(Refusal):
    """No call of this request id is known: mistyped, another operator's, or past its seven days."""

    code = "traffic.no-call"
    zh = "没有找到这个请求。请核对 request_id；诊断记录只保留 7 天。"
    en = "No such request was found. Check the request_id; diagnosis records are kept for 7 days."

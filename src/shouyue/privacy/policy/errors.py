"""Refusals of the policy room."""

from shouyue.ground.kit.errors import Refusal


class PolicyBroken(Refusal):
    """A policy file cannot be read as what it should be; `where` names it, `why` says what."""

    code = "policy.broken"
    zh = "隐私政策文件有误：{where}（{why}）。"
    en = "The privacy policy cannot be read: {where} ({why})."


class PolicyIncomplete(Refusal):
    """Code cites a clause, or stores an item, that the active policy does not have."""

    code = "policy.incomplete"
    zh = "当前隐私政策缺少程序所引用的条款或信息项：{missing}。"
    en = "The active privacy policy lacks what the code cites: {missing}."

"""Why nothing leaves."""

from shouyue.ground.kit.errors import Refusal


class NoRecipient(Refusal):
    """The register does not know this recipient."""

    code = "sharing.no-recipient"
    zh = "没有登记该接收方。"
    en = "This recipient is not registered."


class RecipientNotActive(Refusal):
    """The recipient is not yet active, is suspended, or has ended."""

    code = "sharing.recipient-not-active"
    zh = "接收方当前不可接收个人信息（{standing}）。"
    en = "The recipient may not receive personal data now ({standing})."


class Incomplete(Refusal):
    """A recipient or a provision lacks something without which it cannot become active."""

    code = "sharing.incomplete"
    zh = "提供记录不完整：缺少 {missing}。"
    en = "The record is incomplete: {missing} is missing."


class NoProvision(Refusal):
    """No active provision covers this release: absent, paused, ended or past its time."""

    code = "sharing.no-provision"
    zh = "没有有效的个人信息提供记录，数据未发出。"
    en = "No active provision record covers this; nothing was sent."


class Undeclared(Refusal):
    """The published list of recipients names no such item or purpose for this kind."""

    code = "sharing.undeclared"
    zh = "第三方共享清单没有列明可向此类接收方（{kind}）提供该项（{what}），数据未发出。"
    en = "The published sharing list does not name {what} for this kind of recipient ({kind})."


class ItemNotCovered(Refusal):
    """The provision does not name this data item."""

    code = "sharing.item-not-covered"
    zh = "提供记录不包含该信息（{item}），数据未发出。"
    en = "The provision record does not cover this item ({item}); nothing was sent."

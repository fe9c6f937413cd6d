"""Why the confirmations room says no."""

from shouyue.ground.kit.errors import Refusal


class NotAsked(Refusal):
    """Nobody in this role is being asked, or not by this applicant: the same answer."""

    code = "confirmations.not-asked"
    zh = "没有找到等待答复的本人确认。"
    en = "There is no confirmation that waits for an answer."


class NotTold(Refusal):
    """A yes answers the notice that was made for this person, with a box of their own (INV-06)."""

    code = "confirmations.not-told"
    zh = "请先阅读写给您本人的告知，再作出选择。"
    en = "Please read the notice that was made for you before you choose."


class LinkOver(Refusal):
    """The link is forged, used, replaced, more than 24 hours old, or its case has ended."""

    code = "confirmations.link-over"
    zh = "链接已失效：链接24小时内有效，只能使用一次。请联系提交申请的企业重新发送。"
    en = (
        "This link is no longer valid: it lasts 24 hours and works once. "
        "Ask the company that applied to send it again."
    )


class Answered(LinkOver):
    """The person named has answered by this link already."""

    code = "confirmations.answered"
    zh = "这个链接已经答复过，以先到的答复为准。如要改变主意，请通过本页下方的“联系我们”提出。"
    en = (
        "This link has been answered already, and the first answer counts. "
        "To change your mind, write to us under Contact below."
    )


class IdentityWrong(Refusal):
    """Name and number do not fit; which one is not told."""

    code = "confirmations.identity-wrong"
    zh = "姓名或证件号码后6位不符，还可以尝试 {left} 次。"
    en = "The name or the last six characters do not fit. {left} tries are left."


class SendTooSoon(Refusal):
    """A link went out a moment ago, or too many have."""

    code = "confirmations.send-too-soon"
    zh = "链接刚刚发出，或者已达到发送次数上限。请稍后再试。"
    en = "A link has just gone out, or too many have. Please try again later."


class NotReachable(Refusal):
    """We hold no contact of this person: the number has to be typed for this one message (D24)."""

    code = "confirmations.not-reachable"
    zh = "平台不保存法定代表人的联系方式，请填写手机号以发送本次链接。"
    en = "We keep no contact of the legal representative; enter a number for this one message."

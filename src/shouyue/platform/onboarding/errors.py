"""Why the onboarding room says no."""

from shouyue.ground.kit.errors import Refusal


class NoCase(Refusal):
    """There is no such case, or it is somebody else's: the same answer."""

    code = "onboarding.no-case"
    zh = "没有找到认证申请。"
    en = "There is no such certification."


class NotTold(Refusal):
    """A certification begins with the notice that was shown (INV-06)."""

    code = "onboarding.not-told"
    zh = "请先阅读入驻认证的告知，再开始填写。"
    en = "Please read the notice on certification before you begin."


class Locked(Refusal):
    """Submitted and certified values are not changed by oneself (INV-43)."""

    code = "onboarding.locked"
    zh = "认证资料已提交或已认证，不能自行修改。如需更正，请在“隐私中心 - 我的请求”提出。"
    en = (
        "What is submitted or certified cannot be changed here. "
        "Ask for a correction under Privacy centre, Requests."
    )


class NoSuchMove(Refusal):
    """The case does not go there from where it stands."""

    code = "onboarding.no-such-move"
    zh = "当前状态不允许这一操作。请刷新页面，查看最新状态。"
    en = "This is not possible in the present state. Reload the page to see where it stands."


class Incomplete(Refusal):
    """A step is missing."""

    code = "onboarding.incomplete"
    zh = "还有步骤没有填完，不能提交。您可以随时回来继续填写。"
    en = "Not every step is complete yet. You can come back and go on at any time."


class AuthorityMissing(Refusal):
    """Who gives others' data says that they agreed (2.1.2.c, 2.5)."""

    code = "onboarding.authority-missing"
    zh = "请确认您已经得到法定代表人和管理员本人的许可。"
    en = "Please confirm that the legal representative and the administrator have agreed."


class NotCertified(Refusal):
    """What needs a certified company is not open to this person yet."""

    code = "onboarding.not-certified"
    zh = "完成入驻认证后才能使用。登录、文档、隐私中心和注销不受影响。"
    en = (
        "This opens after certification. "
        "Log-in, documents, the privacy centre and closing the account stay open."
    )

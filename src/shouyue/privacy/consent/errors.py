"""Why the consent room says no."""

from shouyue.ground.kit.errors import Refusal


class ConsentMissing(Refusal):
    """There is no valid token: absent, forged, older than 30 minutes, or without an act."""

    code = "consent.missing"
    zh = "还没有收到您的同意。请重新打开告知页，阅读后勾选并提交。"
    en = "Your consent has not arrived. Open the notice again, read it, tick the box and submit."


class NoticeChanged(Refusal):
    """The words that were shown are no longer the words in force."""

    code = "consent.notice-changed"
    zh = "在您阅读期间，告知内容有更新。请阅读新的内容后再决定。"
    en = "The notice changed while you were reading. Please read the new one and decide again."


class NoticeUsed(Refusal):
    """The token carries an answer already, whoever gave it and whatever it said."""

    code = "consent.notice-used"
    zh = "这一页已经答复过，以先到的答复为准。如要另作决定，请重新打开告知页。"
    en = (
        "This page has been answered already, and the first answer counts. "
        "To decide otherwise, open the notice again."
    )


class NotGiven(Refusal):
    """The person has not agreed to this purpose, or the yes is no longer in force."""

    code = "consent.not-given"
    zh = "您没有同意该用途（{purpose}），因此不能继续。您可以在“隐私中心 - 同意”中查看和决定。"
    en = (
        "You have not agreed to this purpose ({purpose}), so we stop here. "
        "See and decide under Privacy centre, Consents."
    )


class NotByConsent(Refusal):
    """The purpose carries the account or a legal duty and so cannot be withdrawn alone."""

    code = "consent.not-by-consent"
    zh = "该用途（{purpose}）是账号运行或法定义务所必需，不能单独撤回。如不再使用，您可以注销账号。"
    en = (
        "This purpose ({purpose}) carries the account itself or a legal duty and cannot be "
        "withdrawn alone. You can close the account if you no longer want it."
    )


class CoolingDown(Refusal):
    """The person said no less than 48 hours ago and did not start the function again."""

    code = "consent.cooling-down"
    zh = "您在 48 小时内已经拒绝过，我们暂不再询问。"
    en = "You said no within the last 48 hours, so we do not ask again yet."

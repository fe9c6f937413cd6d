"""Why the reviews room says no."""

from shouyue.ground.kit.errors import Refusal


class NotUnderReview(Refusal):
    """Fields are opened and decisions made only while a case is under review."""

    code = "reviews.not-under-review"
    zh = "该申请当前不在人工审核中。"
    en = "This certification is not under review."


class NotConfirmed(Refusal):
    """No approval without the own word of both people (INV-35)."""

    code = "reviews.not-confirmed"
    zh = "法定代表人和管理员尚未都由本人确认，不能通过。"
    en = "Legal representative and administrator have not both confirmed themselves."


class CheckFailed(Refusal):
    """A failed check is passed over by nobody."""

    code = "reviews.check-failed"
    zh = "机器核验未通过（{check}），不能批准。"
    en = "A machine check has failed ({check}); this cannot be approved."


class SecondNeeded(Refusal):
    """A mismatch is passed over by two people, each on purpose."""

    code = "reviews.second-needed"
    zh = "存在不一致项：须明确勾选“已核实不一致”，并由另一名审核员复核。"
    en = "There is a mismatch: say that you have judged it; another reviewer must agree."


class ReasonMissing(Refusal):
    """A case is not sent back or refused without a reason for a field."""

    code = "reviews.reason-missing"
    zh = "请至少为一个字段选择原因。"
    en = "Please give a reason for at least one field."

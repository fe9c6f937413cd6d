"""Why the clearance room says no. Facts name causes and numbers, never values."""

from shouyue.ground.kit.errors import Refusal


class NoGrant(Refusal):
    """No live grant of this member reaches this person, item, purpose and case."""

    code = "clearance.no-grant"
    zh = "没有有效的查看许可。请先在“查看许可”中申请，由另一名工作人员批准。"
    en = "No live grant reaches this. Ask for one under Access; another member has to approve it."


class NotSigned(Refusal):
    """The member has not signed the confidentiality undertaking that is in force."""

    code = "clearance.not-signed"
    zh = "请先签署现行的保密承诺书。"
    en = "Sign the confidentiality undertaking in force first."


class NotTrained(Refusal):
    """The member's yearly course is missing or over a year old."""

    code = "clearance.not-trained"
    zh = "请先完成本年度个人信息保护培训。"
    en = "Take the yearly course on personal data first."


class Frozen(Refusal):
    """A broken glass of this member was not reviewed in time."""

    code = "clearance.frozen"
    zh = "您有紧急查看逾期未复核，查看许可已冻结。请联系隐私专员复核。"
    en = "An emergency look of yours is overdue for review; your grants are frozen until then."


class OwnGrant(Refusal):
    """Nobody approves or reviews what they asked for or did themselves (INV-54)."""

    code = "clearance.own-grant"
    zh = "不能批准或复核本人的申请，须由另一名工作人员处理。"
    en = "Nobody approves or reviews their own; another member of staff has to."


class NotYourPost(Refusal):
    """The member's posts do not allow this: to read the item, to approve, to review."""

    code = "clearance.not-your-post"
    zh = "您的职责不包括此项操作或所选的个人信息。"
    en = "Your post does not reach this act or what was chosen."


class NoSuchGrant(Refusal):
    """There is no such grant in the stage that the act needs."""

    code = "clearance.no-such-grant"
    zh = "没有这项许可，或者它已经处理。"
    en = "There is no such grant, or it has been dealt with."


class AskUnfit(Refusal):
    """The ask names nobody, nothing, too much, too long, or a purpose that the items lack.

    Or a case that could name somebody. The fact `cause` is one of: `nobody`, `nothing`, `too-much`,
    `hours`, `purpose`, `case`, `minors-one-by-one`, `not-an-emergency`, `minors-need-approval`,
    `restricted` for a need of restricted storage, which is asked for where the value stands.
    """

    code = "clearance.ask-unfit"
    zh = (
        "申请不符合要求：须写明对象、信息项和该项信息已声明的目的，时限 1 至 8 小时；"
        "案件编号中不要写电话等个人号码。"
    )
    en = (
        "The ask does not fit: name a person, items, a purpose declared for them, 1 to 8 hours; "
        "no case has the number of a phone or a document."
    )


class ReasonUnfit(Refusal):
    """The reason for a broken glass is too short, or looks as if it held somebody's data."""

    code = "clearance.reason-unfit"
    zh = "请用至少 {least} 个字说明紧急情况，且不要写入号码、邮箱等个人信息。"
    en = "Say in {least} characters at least why it cannot wait; no numbers or mail addresses."


class CourseFailed(Refusal):
    """Not every answer was right; the course may be taken again at once."""

    code = "clearance.course-failed"
    zh = "有 {wrong} 题未答对，请重新阅读后再答。"
    en = "Wrong answers: {wrong}. Please read again and retry."


class TextChanged(Refusal):
    """What was read is no longer what is in force."""

    code = "clearance.text-changed"
    zh = "文本已更新，请重新阅读。"
    en = "The text has changed meanwhile; please read it again."

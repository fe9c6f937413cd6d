"""Why an edition of the policy is not announced or does not come into force."""

from shouyue.ground.kit.errors import Refusal


class EditionChanged(Refusal):
    """The house already knows an edition of this number, and it said something else."""

    code = "editions.changed"
    zh = "隐私政策 {number} 已经公布过，内容与现在的不同。公布过的文本不能改，请改用新的版本号。"
    en = "Policy {number} was announced before, with other words. Give the new words a new number."


class TooSoon(Refusal):
    """The edition would take effect before the days of notice that its change owes are full."""

    code = "editions.too-soon"
    zh = "隐私政策 {number} 从公布到生效只有 {days} 个整天，这样的修改至少要公布 {due} 天。"
    en = "Policy {number} would have {days} full days of notice; a change like this owes {due}."


class OutOfOrder(Refusal):
    """Another edition takes effect at the same time or later."""

    code = "editions.out-of-order"
    zh = "隐私政策 {number} 的生效时间不晚于已公布的 {other}。"
    en = "Policy {number} would take effect no later than {other}, which was announced before."


class UnderClassed(Refusal):
    """The version calls itself smaller than its difference to the edition before."""

    code = "editions.under-classed"
    zh = "隐私政策 {number} 属于重大修改（{clauses}），不能标为 {change}。"
    en = "Policy {number} is a major change ({clauses}) and cannot be marked {change}."


class ReducesRights(Refusal):
    """The edition takes rights away, which nobody's silence allows."""

    code = "editions.reduces-rights"
    zh = (
        "隐私政策 {number} 减少了用户的权利。没有每个人的明确同意不得减少，本平台不公布这样的版本。"
    )
    en = (
        "Policy {number} takes rights away. That needs each person's express consent; "
        "this platform announces no such version."
    )


class NotAnnounced(Refusal):
    """The house is to run under an edition that was never announced."""

    code = "editions.not-announced"
    zh = "隐私政策 {number} 还没有公布，不能生效。请先用 shouyue policy announce 公布。"
    en = "Policy {number} was never announced. Announce it first: shouyue policy announce."


class NotYet(Refusal):
    """The house is to run under an edition whose time has not come."""

    code = "editions.not-yet"
    zh = "隐私政策 {number} 尚未生效，生效时间是 {effective}。在此之前请继续使用现行版本。"
    en = "Policy {number} takes effect at {effective}. Until then go on under the one in force."


class Superseded(Refusal):
    """The house is to run under an edition that another has replaced."""

    code = "editions.superseded"
    zh = "隐私政策 {number} 已被 {other} 取代，不能再用。"
    en = "Policy {number} was replaced by {other} and is not in force any more."

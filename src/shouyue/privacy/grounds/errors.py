"""Why there is no ground. Facts name causes and items, never values or people."""

from shouyue.ground.kit.errors import Refusal


class NoGround(Refusal):
    """What the basis needs is missing for this item.

    The fact `cause` is one of: `no-party` (the person is in no contract with us), `no-statute`
    (no article in force names the item for the purpose), `no-emergency` (none is live for it).
    """

    code = "grounds.missing"
    zh = "缺少处理该项个人信息的合法依据（{item}：{cause}）。"
    en = "There is no lawful ground for this personal information ({item}: {cause})."


class GroundFixed(Refusal):
    """The item is held on another ground, which was fixed before it was collected (INV-04)."""

    code = "grounds.fixed"
    zh = "该项个人信息（{item}）的处理依据在收集前已经确定，不能更换。"
    en = "The ground of this personal information ({item}) was fixed before it was collected."


class StatuteMissing(Refusal):
    """The policy builds on a legal duty that no article carries; the house does not open."""

    code = "grounds.statute-missing"
    zh = "政策声明了法定义务，但没有法律条文支持：{missing}。"
    en = "The policy claims a legal duty that no article carries: {missing}."


class NoEmergency(Refusal):
    """There is no such emergency, or none that waits or lives."""

    code = "grounds.no-emergency"
    zh = "没有这样的紧急情况，或者它已经结束。"
    en = "There is no such emergency, or it is over."


class SamePerson(Refusal):
    """Who asked for an emergency cannot confirm it."""

    code = "grounds.same-person"
    zh = "提出的人不能自己确认，请由另一位同事确认。"
    en = "Who asked cannot confirm it. Another member of staff has to."


class NothingHeld(Refusal):
    """An emergency names items that we do not hold about the person: it collects nothing."""

    code = "grounds.nothing-held"
    zh = "平台未持有该人的这些信息；紧急情况不能用来收集新的信息。"
    en = "We hold none of this about the person. An emergency collects nothing new."

"""Why the vault said no. Facts name causes and items, never values."""

from shouyue.ground.kit.errors import Refusal


class NotAllowed(Refusal):
    """This reader may not read this item, or this item may not be kept this way.

    The fact `cause` is one of: `reader-incomplete`, `not-self`, `case-or-reason-missing`,
    `role-undeclared`, `purpose-undeclared`, `basis-undeclared`, `beyond-consent`, `purpose-off`,
    `purpose-beyond-sink`.
    """

    code = "vault.not-allowed"
    zh = "没有读取或保存该项个人信息的权限。"
    en = "Reading or keeping this personal information is not allowed."


class GroundShut(NotAllowed):
    """Nothing is kept or opened on this ground, whatever a policy says; `clause` speaks of it."""

    code = "vault.ground-shut"
    zh = "平台不以此依据处理个人信息（{basis}，隐私政策 {clause}），已拒绝。"
    en = "The platform does nothing on this ground ({basis}, clause {clause} of the policy)."


class NotHeld(Refusal):
    """The vault does not hold this item about this person: never did, or erased."""

    code = "vault.not-held"
    zh = "平台未持有该项个人信息。"
    en = "The platform does not hold this personal information."


class NotFindable(Refusal):
    """The item has no blind index: people cannot be looked up by it."""

    code = "vault.not-findable"
    zh = "不支持按该项个人信息查找。"
    en = "People cannot be looked up by this item."

"""Why custody said no. Facts name causes and ids, never values."""

from shouyue.ground.kit.errors import Refusal


class NoWarrant(Refusal):
    """The statute or hold that was named does not keep this value, or its time is over."""

    code = "custody.no-warrant"
    zh = "所称的法律依据或保全编号不适用于该信息，或已经届满，不能读取。"
    en = "The statute or hold named does not keep this value, or its time is over."


class NotInCustody(Refusal):
    """There is no such value in custody: never was, or its time has ended."""

    code = "custody.none"
    zh = "限制存储中没有该信息，可能已到期销毁。"
    en = "There is no such value in custody. Its time may have ended."


class HoldUnfit(Refusal):
    """A hold names somebody of whom something is held, a fit case and an end within 90 days.

    The fact `cause` is one of: `subject`, `case`, `until`, `kind`.
    """

    code = "custody.hold-unfit"
    zh = (
        "保全申请不符合要求（{cause}）：须为已有信息的人员编号、不含个人信息的案号，"
        "期限不超过 90 天。"
    )
    en = (
        "This hold is not fit ({cause}): it needs the id of somebody of whom data is held, a case "
        "reference without personal data, and an end within 90 days."
    )


class NoSuchHold(Refusal):
    """No such hold is at the stage that this needs."""

    code = "custody.no-such-hold"
    zh = "没有处于该状态的保全，可能已被处理。"
    en = "No such hold is at this stage. It may have been dealt with."


class SamePerson(Refusal):
    """Who asked for a hold cannot confirm it."""

    code = "custody.same-person"
    zh = "申请人不能确认自己的保全申请，须由另一位同事确认。"
    en = "Who asked cannot confirm. Another member of staff has to."

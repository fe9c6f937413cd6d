"""Why the staff room says no."""

from shouyue.ground.kit.errors import Refusal


class StaffRefused(Refusal):
    """Staff sign-in failed. One answer for every cause."""

    code = "staff.refused"
    zh = "登录未成功。请核对登录名、密码和验证码；多次失败会锁定 15 分钟。"
    en = "Sign-in failed. Check name, password and code; repeated failures lock for 15 minutes."


class BadStaff(Refusal):
    """The new member's name is taken or unfit, the password too short, or a role missing."""

    code = "staff.unfit"
    zh = (
        "无法建立员工账号：登录名须为 3 至 32 位小写字母、数字或连字符且未被使用，"
        "密码至少 12 位，至少一个角色。"
    )
    en = (
        "Cannot create the member: the name needs 3 to 32 lower-case letters, digits or hyphens "
        "and must be free, the password 12 characters, and there must be a role."
    )


class NoStaff(Refusal):
    """Nobody on the staff has this login name."""

    code = "staff.none"
    zh = "没有使用该登录名的工作人员。"
    en = "Nobody on the staff has this login name."

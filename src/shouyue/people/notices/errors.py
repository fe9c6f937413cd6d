"""Why a notice is not taken."""

from shouyue.ground.kit.errors import Refusal


class UnfitNotice(Refusal):
    """The template is unknown, of another class, or its facts are not those it names."""

    code = "notices.unfit"
    zh = "通知“{template}”不合规（{cause}）。"
    en = "The notice `{template}` is not in order ({cause})."


class PersonalInNotice(Refusal):
    """A fact looks like a full personal item; message bodies carry masks only (INV-31)."""

    code = "notices.personal"
    zh = "通知内容“{fact}”含有未脱敏的个人信息。"
    en = "The notice's `{fact}` holds personal data that is not masked."


class SurveyRefused(Refusal):
    """A survey goes only to who asked for it, by day, and once in thirty days (INV-29)."""

    code = "notices.survey-refused"
    zh = "不可发送调研（{cause}）。"
    en = "The survey may not be sent ({cause})."


class CannotBeSwitchedOff(Refusal):
    """The class belongs to security, rules or rights, and comes as long as the account lives."""

    code = "notices.fixed"
    zh = "该类通知关系到安全与权利，不能关闭。"
    en = "Notices of this class belong to security and rights and cannot be switched off."


class NoSuchNotice(Refusal):
    """The notice does not exist, or is another person's."""

    code = "notices.unknown"
    zh = "通知不存在。"
    en = "There is no such notice."

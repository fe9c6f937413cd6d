"""Where a sealed value may be opened: every place, why, in which module and for which purposes.

An auditor reads this list (`docs/reference/sinks.md`); `tools.sink_lints` holds modules to it, and
the value itself holds the purpose to it when it is opened.
"""

from dataclasses import dataclass
from enum import Enum

from shouyue.privacy.policy.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Opening:
    """One place: a sentence in both languages, modules under `shouyue`, purposes."""

    zh: str
    en: str
    modules: tuple[str, ...]
    purposes: tuple[Purpose, ...]


class Sink(Enum):
    """The places where a sealed value may be opened."""

    TEXTED_CODE = Opening(
        "把一次性验证码发到填写的手机号。",
        "A one-time code goes to the phone number that was typed in.",
        ("doors.site.login",),
        (Purpose.P1,),
    )
    LOGIN_FLOW = Opening(
        "登录未完成时，手机号加密存放在本人的浏览器中。",
        "Until the log-in ends, the phone number waits encrypted in the person's own browser.",
        ("doors.site.login",),
        (Purpose.P1,),
    )
    REVIEW_SCREEN = Opening(
        "审核员逐项查看认证资料。",
        "A reviewer sees one field of a certification.",
        ("doors.console.reviews",),
        (Purpose.P2,),
    )
    DESK_SCREEN = Opening(
        "工作人员在查看许可范围内逐项查看一个人的信息。",
        "A member of staff sees one item about one person under a grant.",
        ("doors.console.desk",),
        (
            Purpose.P1,
            Purpose.P3,
            Purpose.P4,
            Purpose.P7,
            Purpose.P8,
            Purpose.P13,
            Purpose.P14,
            Purpose.P15,
        ),
    )
    SHOP_LOOKUP = Opening(
        "用平台账号标识查询本人的店铺。",
        "The platform account's id finds the person's own shop.",
        ("platform.directory.service",),
        (Purpose.P1,),
    )
    COMPANY_NAME = Opening(
        "向被询问的人说明是哪家企业。",
        "Whoever is asked is told the name of the company.",
        ("platform.directory.service", "platform.confirmations.answers"),
        (Purpose.P2,),
    )
    CERTIFICATION_CHECK = Opening(
        "由程序核对认证资料。",
        "A program checks what was handed in for a certification.",
        ("platform.onboarding.checks",),
        (Purpose.P2,),
    )
    SAME_PERSON = Opening(
        "法定代表人兼任管理员时，沿用其已填写的资料。",
        "A legal representative who is the administrator too need not type everything twice.",
        ("platform.onboarding.forms",),
        (Purpose.P2,),
    )
    OWN_CONSENT = Opening(
        "本人同意后，资料改以本人的同意为依据重新加密保存。",
        "After a person's own yes, what is held is sealed anew on the basis of that yes.",
        ("platform.onboarding.forms",),
        (Purpose.P2,),
    )
    IDENTITY_STEP = Opening(
        "与本人填写的证件号码末位比对。",
        "The last digits that a person typed are compared with the number held.",
        ("platform.confirmations.answers",),
        (Purpose.P2,),
    )
    DELIVERY = Opening(
        "把通知送到本人的手机号或邮箱。",
        "A notice goes to the person's phone or mailbox.",
        ("people.notices.jobs",),
        (Purpose.P3, Purpose.P4, Purpose.P5),
    )
    CUSTODY_SCREEN = Opening(
        "凭法律依据或保全编号读取限制存储中的一项信息。",
        "One value in restricted storage is read under a statute or a hold.",
        ("doors.stewards.holds",),
        (Purpose.P7, Purpose.P12, Purpose.P13),
    )
    OWN_COPY = Opening(
        "本人取得自己信息的副本。",
        "A person gets a copy of what is held about them.",
        ("privacy.vault.holder",),
        (Purpose.P13,),
    )
    EMERGENCY_SCREEN = Opening(
        "紧急情况的两名经办人逐项查看。",
        "One of the two people of an emergency sees one item.",
        ("doors.stewards.emergencies",),
        (Purpose.P1, Purpose.P1b, Purpose.P2),
    )

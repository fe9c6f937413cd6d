"""The overview's words for codes: roles, sources, reasons, states, kinds of evidence."""

from collections.abc import Mapping

from shouyue.ground.kit.types import Lang
from shouyue.people.overview.types import Group
from shouyue.privacy.clearance.types import Grant, Verdict, Way
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.policy.types import Text

_ROLES: Mapping[str, Text] = {
    "self": Text("您本人", "you"),
    "system": Text("系统自动", "the system itself"),
    "emergency": Text("紧急情况经办人", "one of the two people of an emergency"),
    "reviewer": Text("入驻审核员", "certification reviewer"),
    "support": Text("客服人员", "support staff"),
    "privacy": Text("隐私专员", "privacy officer's staff"),
    "security": Text("安全人员", "security staff"),
    "admin": Text("系统管理员", "administrator"),
    "risk": Text("风控人员", "risk staff"),
    "rights": Text("权利请求专员", "rights desk"),
    "legal": Text("法务人员", "legal staff"),
    "dispute": Text("纠纷处理专员", "dispute officer"),
    "officer": Text("个人信息保护负责人", "data protection officer"),
    "auditor": Text("审计人员", "auditor"),
    "research": Text("调研人员", "survey staff"),
    "buyer": Text("相关买家", "the buyer concerned"),
    "staff": Text("工作人员", "staff"),
    "public": Text("公众", "the public"),
    "nobody": Text("任何人都看不到", "nobody at all"),
}
_SOURCES: Mapping[str, Text] = {
    "portal.sign-up": Text("您注册时填写", "you, when signing up"),
    "platform-account": Text("您的平台账号", "your platform account"),
    "portal.onboarding": Text("入驻认证时提交", "the certification form"),
}
_REASONS: Mapping[str, Text] = {
    "security": Text("向您发送安全通知", "to send you a security notice"),
    "verify": Text("向您发送验证信息", "to send you a verification"),
    "service": Text("向您发送服务通知", "to send you a service notice"),
    "rule_change": Text("向您发送规则变动通知", "to tell you of a change of rules"),
    "rights": Text("向您发送权利事项通知", "to tell you about your rights"),
    "incident": Text("向您发送安全事件通知", "to tell you of an incident"),
    "survey": Text("向您发送调研邀请", "to invite you to a survey"),
    "machine-check": Text("核验您的认证材料", "to check the certification papers"),
    "compare-with-photo": Text("与证件照片比对", "to compare with the photo"),
    "compare-with-registry": Text("与登记信息比对", "to compare with the register"),
    "judge-mismatch": Text("判断不一致之处", "to judge a mismatch"),
    "answer-request": Text("答复您的权利请求", "to answer a request of yours"),
    "security-check": Text("身份与安全验证", "to prove identity and keep the account safe"),
    "handle-incident": Text("处置安全事件", "to handle a security incident"),
    "answer-complaint": Text("答复投诉", "to answer a complaint"),
    "name-to-person": Text("向您本人说明是谁提交的", "to tell you who applied"),
    "identity-step": Text("确认是您本人", "to know that it is you"),
    "own-consent": Text("记录您本人的同意", "to record your own consent"),
    "authority": Text("依主管机关的命令", "by order of an authority"),
    "legal-claim": Text("用于诉讼或仲裁", "for a legal claim"),
    "erase": Text("为了删除", "to erase it"),
    "shop-lookup": Text("向平台查询您的店铺", "to ask the platform which shop is yours"),
    "staff-check": Text(
        "向平台核实您是否仍是店铺的子账号",
        "to ask the platform whether you still work for the shop",
    ),
    "recipient-named": Text(
        "在授权页向商家说明接收方是谁", "to tell a merchant who would receive the data"
    ),
    "same-person": Text("避免重复填写", "to spare you typing it twice"),
}
_COMPANY_REASONS: Mapping[str, Text] = {
    "name-to-person": Text(
        "向被填写的人说明是哪家企业提交的", "to tell a person named which company applied"
    ),
}
"""Where a reason would say "you" to whoever it is not about."""
STATES: Mapping[ConsentState, Text] = {
    ConsentState.NONE: Text("未询问", "not asked"),
    ConsentState.ASKED: Text("未选择", "left open"),
    ConsentState.GIVEN: Text("已同意", "agreed"),
    ConsentState.REFUSED: Text("已拒绝", "refused"),
    ConsentState.STALE: Text("待重新确认", "to be confirmed anew"),
    ConsentState.WITHDRAWN: Text("已撤回", "withdrawn"),
    ConsentState.EXPIRED: Text("已到期", "expired"),
    ConsentState.VOID: Text("无效", "void"),
}
_KINDS: Mapping[str, Text] = {
    "consent.given": Text("一次同意", "a consent"),
    "consent.refused": Text("一次拒绝", "a refusal"),
    "consent.withdrawn": Text("一次撤回", "a withdrawal"),
    "consent.asked": Text("一次询问", "a question"),
    "consent.expired": Text("一项同意到期", "a consent that ran out"),
    "vault.revealed": Text("一次查阅", "a look at personal data"),
    "vault.viewed": Text("一次查看证件", "a look at a document"),
    "vault.matched": Text("一次比对", "a comparison"),
    "looks.refused": Text("一次被拒绝的查阅", "a look that was refused"),
    "vault.kept": Text("一次保存", "a piece of data kept"),
    "custody.restricted": Text("一项信息转入限制存储", "a piece of data put into custody"),
    "custody.ended": Text("限制存储中一项信息的删除", "the end of a piece of data in custody"),
    "custody.hold-asked": Text("一次保全申请", "a hold asked for"),
    "custody.hold-opened": Text("一项保全生效", "a hold opened"),
    "custody.hold-dropped": Text("一次保全申请终止", "a hold turned down"),
    "custody.hold-released": Text("一项保全解除", "a hold released"),
    "custody.hold-expired": Text("一项保全届满", "a hold whose time is over"),
    "custody.read": Text("一次读取限制存储", "a read in custody"),
    "vault.forgotten": Text("一次删除", "an erasure"),
    "vault.shredded": Text("一次密钥销毁", "the destruction of a key"),
    "emergency.asked": Text("有人提出紧急情况", "an emergency asked for"),
    "emergency.confirmed": Text("紧急情况经另一人确认", "an emergency confirmed by another"),
    "emergency.dropped": Text("紧急情况未获确认", "an emergency that nobody confirmed"),
    "emergency.over": Text("紧急情况结束", "the end of an emergency"),
    "grounds.party": Text("成为协议一方", "becoming party to the agreement"),
    "grounds.switched": Text("一项用途的开关", "a purpose switched on or off"),
    "oversight.listed": Text("一次用途清单导出", "a list of what a purpose holds"),
    "oversight.reached": Text("一次影响范围查询", "the question whom a credential reached"),
    "keys.destroyed": Text("一把密钥的销毁证明", "the certificate that a key is gone"),
    "account.registered": Text("账号注册", "a registration"),
    "account.entered": Text("一次登录", "a sign-in"),
    "sharing.provision": Text("一项对外提供", "a provision of data"),
    "sharing.ended": Text("一项对外提供终止", "the end of a provision"),
}
_WAYS: Mapping[Way | Verdict, Text] = {
    Way.ASKED: Text(
        "经另一名工作人员（{who}）批准，限时 {time}，许可编号 {id}",
        "approved by another member of staff ({who}) for {time}, grant {id}",
    ),
    Way.GLASS: Text(
        "紧急查看，限时 {time}，须由他人复核，许可编号 {id}",
        "an emergency look for {time}, to be reviewed by another, grant {id}",
    ),
    Verdict.JUSTIFIED: Text(
        "紧急查看，限时 {time}，经他人复核认为正当，许可编号 {id}",
        "an emergency look for {time}, found justified by another, grant {id}",
    ),
    Verdict.UNJUSTIFIED: Text(
        "紧急查看，限时 {time}，经他人复核认为不正当，许可编号 {id}",
        "an emergency look for {time}, found not justified by another, grant {id}",
    ),
}
GROUPS: Mapping[Group, Text] = {
    Group.BASIC: Text("基本信息", "Basic information"),
    Group.ENTERPRISE: Text("企业信息", "Company information"),
    Group.ADMIN: Text("管理员信息", "Administrator"),
    Group.OTHER: Text("其他信息", "Other information"),
}
_STAFF_BLIND = frozenset({"self", "system"})


def role(code: str, lang: Lang) -> str:
    """Return who a role is; the code itself where it has no word yet."""
    return _said(_ROLES, code, lang)


def by_staff(code: str) -> bool:
    """Tell whether a role is a person of the operator."""
    return code not in _STAFF_BLIND


def source(code: str, lang: Lang) -> str:
    """Return where a value came from."""
    return _said(_SOURCES, code, lang)


def reason(code: str, lang: Lang, *, company: bool = False) -> str:
    """Return why somebody looked at a person's data, or at a company's; empty for none."""
    return _said(_COMPANY_REASONS if company and code in _COMPANY_REASONS else _REASONS, code, lang)


def grant(under: Grant | None, lang: Lang) -> str:
    """Return under which grant somebody looked, in words; empty where none was needed."""
    if under is None:
        return ""
    hours, rest = divmod(under.minutes, 60)
    time = Text(f"{rest} 分钟", f"{rest} minutes")
    if hours:
        time = Text(f"{hours} 小时", f"{hours} hour{'' if hours == 1 else 's'}")
    facts = {"who": role(under.answered_post, lang), "time": time.say(lang), "id": under.id}
    return _WAYS[under.verdict or under.way].say(lang).format(**facts)


def kind(code: str, lang: Lang) -> str:
    """Return what a kind of evidence is about."""
    return _said(_KINDS, code, lang)


def listed(texts: list[str], lang: Lang) -> str:
    """Return names in a row."""
    return ("、" if lang == "zh" else ", ").join(texts)


def _said(table: Mapping[str, Text], code: str, lang: Lang) -> str:
    return table[code].say(lang) if code in table else code

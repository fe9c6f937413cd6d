"""The published lists: what is collected, how long it stays, who may get it, which cookies.

Each is read off the taxonomy, so that it cannot say anything else than the code does.
Clauses: 0.2, 2.0, 3.0, 4.1, 5.5.
"""

from collections.abc import Iterable, Sequence

from shouyue.privacy.policy.types import (
    Basis,
    CookieClass,
    CookieRule,
    ItemRule,
    Policy,
    RecipientRule,
    Sensitive,
    Sheet,
    Text,
)

BASES = {
    Basis.CONTRACT_SELF: Text("履行与本人的合同", "contract with the person"),
    Basis.LEGAL_DUTY: Text("履行法定义务", "legal duty"),
    Basis.EMERGENCY: Text("紧急情况", "emergency"),
    Basis.MEDIA: Text("新闻报道与舆论监督", "news and supervision by the media"),
    Basis.PUBLIC: Text("已合法公开的信息", "lawfully public information"),
    Basis.OTHER_LAW: Text("法律、行政法规规定的其他情形", "other cases in law"),
    Basis.CONSENT: Text("同意", "consent"),
    Basis.SEPARATE_CONSENT: Text("单独同意", "separate consent"),
    Basis.GUARDIAN: Text("监护人同意", "the guardian's consent"),
}
_YES = Text("是", "yes")
_NO = Text("否", "no")
_COOKIE_CLASSES = {
    CookieClass.NECESSARY: Text("必要", "necessary"),
    CookieClass.OPTIONAL: Text("可选，默认关闭", "optional, off by default"),
}
_HOUR, _DAY = 60, 24 * 60


def collection(policy: Policy, lang: str) -> Sheet:
    """Return the list of personal information collected (个人信息收集清单)."""
    columns = [
        Text("编号", "No."),
        Text("信息", "Information"),
        Text("涉及的人", "Whose"),
        Text("目的", "Purposes"),
        Text("为什么需要", "Why"),
        Text("必要", "Necessary"),
        Text("敏感", "Sensitive"),
        Text("依据", "Basis"),
        Text("保存期限", "Kept for"),
    ]
    rows = [_collected(policy, item, lang) for item in policy.items.values() if item.collected]
    return _sheet(Text("个人信息收集清单", "Personal information we collect"), columns, rows, lang)


def retention(policy: Policy, lang: str) -> Sheet:
    """Return how long each item is kept (clause 5.5; PIPL 17(1)(2))."""
    columns = [Text("编号", "No."), Text("信息", "Information"), Text("保存期限", "Kept for")]
    rows = [
        (item.id, item.name.say(lang), item.keep.text.say(lang))
        for item in policy.items.values()
        if item.collected
    ]
    return _sheet(Text("保存期限表", "How long we keep it"), columns, rows, lang)


def cookies(policy: Policy, lang: str) -> Sheet:
    """Return every cookie the platform may set (clause 3.0)."""
    columns = [
        Text("名称", "Name"),
        Text("类别", "Class"),
        Text("用途", "What for"),
        Text("有效期", "Lives"),
    ]
    rows = [_cookie(cookie, lang) for cookie in policy.cookies.values()]
    return _sheet(Text("Cookie清单", "Cookies"), columns, rows, lang)


def sharing(policy: Policy, lang: str) -> Sheet:
    """Return the kinds of recipients and what may reach each (clause 4.1; NDR 21)."""
    columns = [
        Text("接收方类别", "Recipients"),
        Text("条款", "Clause"),
        Text("目的", "Purposes"),
        Text("信息", "Information"),
        Text("方式", "How"),
        Text("依据", "Basis"),
    ]
    rows = [_shared(policy, rule, lang) for rule in policy.recipients.values()]
    title = Text("第三方共享清单", "Who may receive personal information")
    return _sheet(title, columns, rows, lang)


def lifetime(minutes: int, lang: str) -> str:
    """Return a period in its largest whole unit: `30日`, `12 hours`."""
    for size, unit in ((_DAY, Text("日", " days")), (_HOUR, Text("小时", " hours"))):
        if minutes >= size and minutes % size == 0:
            return f"{minutes // size}{unit.say(lang)}"
    return f"{minutes}{Text('分钟', ' minutes').say(lang)}"


def _collected(policy: Policy, item: ItemRule, lang: str) -> tuple[str, ...]:
    bases = dict.fromkeys(basis for each in item.bases.values() for basis in each)
    return (
        item.id,
        item.name.say(lang),
        _listed((policy.subjects[kind] for kind in item.subjects), lang),
        _listed((policy.purposes[purpose].name for purpose in item.purposes), lang),
        item.why.say(lang),
        (_YES if item.necessary else _NO).say(lang),
        (_NO if item.sensitive is Sensitive.NO else _YES).say(lang),
        _listed((BASES[basis] for basis in bases), lang),
        item.keep.text.say(lang),
    )


def _cookie(cookie: CookieRule, lang: str) -> tuple[str, ...]:
    return (
        cookie.name,
        _COOKIE_CLASSES[cookie.cookie_class].say(lang),
        cookie.text.say(lang),
        lifetime(cookie.minutes, lang),
    )


def _shared(policy: Policy, rule: RecipientRule, lang: str) -> tuple[str, ...]:
    return (
        rule.name.say(lang),
        rule.clause,
        _listed((policy.purposes[purpose].name for purpose in rule.purposes), lang),
        _listed((policy.items[item].name for item in rule.items), lang),
        rule.method.say(lang),
        _listed((BASES[basis] for basis in rule.bases), lang),
    )


def _listed(texts: Iterable[Text], lang: str) -> str:
    return ("、" if lang == "zh" else "; ").join(text.say(lang) for text in texts)


def _sheet(title: Text, columns: list[Text], rows: Sequence[tuple[str, ...]], lang: str) -> Sheet:
    said = tuple(column.say(lang) for column in columns)
    return Sheet(title.say(lang), said, tuple(rows))

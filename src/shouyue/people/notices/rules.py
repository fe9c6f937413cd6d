"""Pure decisions about notices: which template is what, what may be refused, when, how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from shouyue.people.notices.errors import PersonalInNotice, UnfitNotice
from shouyue.people.notices.types import Channel, Facts, Notice, NoticeClass
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis


@dataclass(frozen=True, slots=True)
class TemplateRule:
    """What a template is for: its class, the facts it needs and those it may have."""

    kind: NoticeClass
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


def _rule(kind: NoticeClass, needs: str = "", may: str = "") -> TemplateRule:
    return TemplateRule(kind, frozenset(needs.split()), frozenset(may.split()))


_LINKED = "link link_purpose link_id"

TEMPLATES: Mapping[str, TemplateRule] = {
    "sms_code": _rule(NoticeClass.VERIFY, "code minutes"),
    "welcome": _rule(NoticeClass.SERVICE, may=_LINKED),
    "subject_confirm": _rule(NoticeClass.VERIFY, "link", "link_purpose link_id case days role"),
    "certification_submitted": _rule(NoticeClass.SERVICE, "case", _LINKED),
    "certification_approved": _rule(NoticeClass.SERVICE, "case", _LINKED),
    "certification_need_more": _rule(NoticeClass.SERVICE, "case", f"reason days {_LINKED}"),
    "certification_rejected": _rule(NoticeClass.SERVICE, "case", f"reason {_LINKED}"),
    "confirmed_by_subject": _rule(NoticeClass.SERVICE, "case", f"role {_LINKED}"),
    "objected_by_subject": _rule(NoticeClass.SERVICE, "case", f"role {_LINKED}"),
    "new_login": _rule(NoticeClass.SECURITY, "when", f"device {_LINKED}"),
    "push_suspended": _rule(NoticeClass.SERVICE, "app", f"reason {_LINKED}"),
    "app_frozen": _rule(NoticeClass.SECURITY, "app why_zh why_en", _LINKED),
    "app_thawed": _rule(NoticeClass.SECURITY, "app", _LINKED),
    "quota_near": _rule(NoticeClass.SERVICE, "app percent most", _LINKED),
    "push_abroad": _rule(NoticeClass.SERVICE, "app", f"reason {_LINKED}"),
    "grant_given": _rule(NoticeClass.RIGHTS, "app until", f"staff {_LINKED}"),
    "grant_revoked": _rule(NoticeClass.RIGHTS, "app why_zh why_en", f"staff also {_LINKED}"),
    "emergency_over": _rule(NoticeClass.RIGHTS, "link"),
    "data_restricted": _rule(NoticeClass.RIGHTS, "what_zh what_en why_zh why_en until", _LINKED),
    "policy_changed": _rule(NoticeClass.RULE_CHANGE, "number day", f"clauses {_LINKED}"),
    "survey": _rule(NoticeClass.SURVEY, "link", "link_purpose link_id"),
}

NEVER_STORED = frozenset({"sms_code"})
"""Templates whose facts are secrets: sent at once, never written down."""

FIXED = frozenset(NoticeClass) - {NoticeClass.SERVICE, NoticeClass.SURVEY}
"""Classes that nobody can switch off on any channel (INV-30)."""

LEGAL = frozenset({NoticeClass.RULE_CHANGE, NoticeClass.RIGHTS, NoticeClass.INCIDENT})
"""Classes whose record proves that a duty was done; kept three years (DI-36)."""

_KEPT_LEGAL = timedelta(days=3 * 366)
_KEPT = timedelta(days=183)

_PURPOSES: Mapping[NoticeClass, tuple[Purpose, ...]] = {
    NoticeClass.VERIFY: (Purpose.P4, Purpose.P3),
    NoticeClass.SECURITY: (Purpose.P4, Purpose.P3),
    NoticeClass.SURVEY: (Purpose.P5,),
}
_BASES: Mapping[NoticeClass, Basis] = {
    NoticeClass.VERIFY: Basis.CONTRACT_SELF,
    NoticeClass.SERVICE: Basis.CONTRACT_SELF,
    NoticeClass.SURVEY: Basis.CONSENT,
}

ADDRESSES: Mapping[Channel, tuple[Item, ...]] = {
    Channel.SMS: (Item.DI_01, Item.DI_20),
    Channel.MAIL: (Item.DI_21,),
}
"""Where a channel finds its address, first held first taken."""

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_QUIET_FROM, _QUIET_TO = time(22), time(8)
SURVEY_GAP = timedelta(days=30)
QUIET_STEP = timedelta(hours=1)

_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
_FINAL = frozenset({"rejected", "destination"})

_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])"  # mobile phone
    r"|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"  # resident identity number
    r"|(?<![0-9A-Za-z])\d{16,19}(?![0-9A-Za-z])"  # bank card
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"  # mail address
    r"|(?<![0-9.])(?:\d{1,3}\.){3}\d{1,3}(?![0-9.])"  # IP address
)
_PATH = re.compile(r"/[A-Za-z0-9/_.?=&-]*")
_WORD = re.compile(r"[A-Za-z0-9-]+")
_LONGEST_FACT = 500


def check(notice: Notice) -> TemplateRule:
    """Return the template's rule; raise UnfitNotice or PersonalInNotice otherwise.

    A template has one class, so that a survey cannot travel inside a service notice.
    """
    rule = TEMPLATES.get(notice.template)
    if rule is None or notice.template in NEVER_STORED:
        raise UnfitNotice(template=notice.template, cause="template")
    if notice.kind is not rule.kind:
        raise UnfitNotice(template=notice.template, cause="class")
    check_facts(notice.template, rule, notice.facts)
    for name, value in notice.facts.items():
        if holds_personal(str(value)):
            raise PersonalInNotice(fact=name)
    return rule


def check_facts(template: str, rule: TemplateRule, facts: Facts) -> None:
    """Raise UnfitNotice unless the facts are those that the template names, in printable form."""
    names = facts.keys()
    if rule.needs - names or names - rule.needs - rule.may:
        raise UnfitNotice(template=template, cause="facts")
    if any(
        not str(value).isprintable() or len(str(value)) > _LONGEST_FACT for value in facts.values()
    ):
        raise UnfitNotice(template=template, cause="form")
    # A link to another site in our own message would be the best phishing there is.
    path = str(facts.get("link", "/"))
    words = [str(facts[name]) for name in ("link_purpose", "link_id") if name in facts]
    if not _PATH.fullmatch(path) or path.startswith("//") or not all(map(_WORD.fullmatch, words)):
        raise UnfitNotice(template=template, cause="link")


def holds_personal(text: str) -> bool:
    """Tell whether a text shows a phone, document, card, mail or network address in full."""
    return _PERSONAL.search(text) is not None


def sayable(text: str) -> bool:
    """Tell whether somebody's free text may stand in a notice: printable, short, nobody's value."""
    return text.isprintable() and len(text) <= _LONGEST_FACT and not holds_personal(text)


def purposes(kind: NoticeClass) -> tuple[Purpose, ...]:
    """Return the purposes a class is sent for, the nearest first."""
    return _PURPOSES.get(kind, (Purpose.P3,))


def basis(kind: NoticeClass) -> Basis:
    """Return the basis a class is sent on."""
    return _BASES.get(kind, Basis.LEGAL_DUTY)


def quiet(at: datetime) -> bool:
    """Tell whether it is between 22:00 and 8:00 in Shanghai."""
    local = at.astimezone(_SHANGHAI).time()
    return local >= _QUIET_FROM or local < _QUIET_TO


def survey_refusal(at: datetime, last: datetime | None, *, opted_in: bool) -> str:
    """Return why a survey may not go out now, or an empty string (INV-29)."""
    if not opted_in:
        return "not-opted-in"
    if quiet(at):
        return "quiet-hours"
    if last is not None and at - last < SURVEY_GAP:
        return "too-soon"
    return ""


def wanted(kind: NoticeClass, chosen: bool | None) -> bool:  # noqa: FBT001 - an answer or none
    """Tell whether a class comes by a channel, given what the person chose there, if anything.

    Silence is a yes; for surveys it counts only beside the consent that `send` asks for.
    """
    return kind in FIXED or chosen is not False


def retry(attempts: int, failure: str) -> timedelta | None:
    """Return the wait before the next attempt, or None when the delivery has failed for good."""
    if failure in _FINAL or attempts > len(_RETRIES):
        return None
    return _RETRIES[attempts - 1]


def kept(kind: NoticeClass) -> timedelta:
    """Return how long the record of a notice is kept (DI-36)."""
    return _KEPT_LEGAL if kind in LEGAL else _KEPT

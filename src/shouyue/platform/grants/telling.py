"""Whoever lets an app in is told so, and told when it ends; so is the shop's main account.

Told in the transaction of the act: what did not happen is told to nobody, what happened is told
once. In the language in which the person agreed to that app. Clauses: 2.2, 4.1.a, 6.2.1.
"""

from collections.abc import Mapping, Sequence

from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Facts, Notice, NoticeClass
from shouyue.platform.apps import service as apps
from shouyue.platform.grants import queries, rules
from shouyue.platform.grants.tables import GrantRow
from shouyue.platform.grants.types import Cause
from shouyue.privacy.consent import service as consent
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose

_PAGE = "/grants"
_WHY: Mapping[Cause, tuple[str, str]] = {
    Cause.OWN: ("授权人自行撤回", "whoever gave it took it back"),
    Cause.APP: ("应用方交还授权", "the app gave it back"),
    Cause.REUSED: ("授权码被重复使用，可能已泄露", "its code was used twice and may have leaked"),
    Cause.MAIN: ("店铺主账号结束了这条授权", "the shop's main account ended it"),
    Cause.CARRIER: (
        "主账号对该应用的授权已结束",
        "the main account's own grant to this app has ended",
    ),
    Cause.LEFT: ("子账号已被移除或停用", "the sub-account was removed or switched off"),
    Cause.NARROWED: (
        "主账号缩小了子账号可以授予的权限",
        "the main account lets the sub-account give less",
    ),
    Cause.LAPSED: ("授权期限已满", "its time ran out"),
    Cause.STALE: (
        "隐私政策更新后没有重新同意",
        "the privacy policy changed and nobody agreed anew",
    ),
    Cause.VOID: ("该项同意被认定无效", "the consent was found void"),
}


@control(
    Clause.C4_1_a,
    Clause.C2_2,
    says="Who lets an app in is told so by inbox and text message; a main account of its staff's.",
)
def given(db: Session, row: GrantRow) -> None:
    """Tell the person, and the main account where a sub-account gave it, of a new grant."""
    until = row.until.astimezone(BEIJING).date().isoformat()
    _tell(db, row.subject, row.app, "grant_given", {"until": until})
    if main := _main(db, row):
        facts = {"until": until, "staff": rules.staff_mask(row.staff_id)}
        _tell(db, main, row.app, "grant_given", facts)


@control(
    Clause.C6_2_1,
    Clause.C2_2,
    says="Whatever ends a grant, who gave it is told why; a main account of its staff's too.",
)
def ended(db: Session, rows: Sequence[tuple[GrantRow, Cause]]) -> None:
    """Tell of the grants that one act ended: each person once for each app.

    A main account whose own grant took those of sub-accounts along hears how many in one message.
    """
    own = {(row.subject, row.app): cause for row, cause in rows}
    of_staff = {
        (main, row.app, row.staff_id): cause for row, cause in rows if (main := _main(db, row))
    }
    for (subject, app), cause in own.items():
        taken = sum((main, of) == (subject, app) for main, of, _ in of_staff)
        _tell(db, subject, app, "grant_revoked", _why(cause) | ({"also": taken} if taken else {}))
    for (main, app, staff_id), cause in of_staff.items():
        if (main, app) not in own:
            facts = _why(cause) | {"staff": rules.staff_mask(staff_id)}
            _tell(db, main, app, "grant_revoked", facts)


def _main(db: ReadSession, row: GrantRow) -> str:
    """Return the main account over the sub-account that gave a grant, or nothing."""
    if not row.staff_id:
        return ""
    main = queries.merchant_by_seller(db, queries.seller_of(db, row.subject))
    return main.subject if main else ""


def _why(cause: Cause) -> dict[str, str | int]:
    zh, en = _WHY[cause]
    return {"why_zh": zh, "why_en": en}


def _tell(db: Session, subject: str, app: str, template: str, facts: Facts) -> None:
    whom, whole = SubjectId(subject), {**facts, "app": _called(db, app), "link": _PAGE}
    told = Notice(NoticeClass.RIGHTS, template, whom, (Channel.SMS,), whole, _lang(db, whom, app))
    notices.send(db, told)


def _called(db: ReadSession, app_id: str) -> str:
    # A title is its developer's free text: one that looks like somebody's number is not repeated.
    app = apps.get(db, app_id)
    return f"{app.title} ({app.appkey})" if notices.sayable(app.title) else app.appkey


def _lang(db: ReadSession, subject: SubjectId, app: str) -> Lang:
    for event in reversed(consent.history(db, subject)):
        if event.purpose is Purpose.P6 and event.recipient == app:
            return event.lang
    return "zh"

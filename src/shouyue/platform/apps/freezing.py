"""All secrets of an app stopped at once by the operator's staff, and let work again.

Its developer may stop single secrets (`credentials.pause`); what staff froze, staff alone thaw.
"""

from collections.abc import Mapping

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, Notice, NoticeClass
from shouyue.platform.apps import credentials, queries
from shouyue.platform.apps.errors import FrozenAlready, NoApp, NotFrozen
from shouyue.platform.apps.tables import AppRow
from shouyue.platform.apps.types import App, FreezeReason, SecretState
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_SHOWN = 100
WHY: Mapping[FreezeReason, tuple[str, str]] = {
    FreezeReason.LEAK: ("密钥疑似泄露", "a secret may have leaked"),
    FreezeReason.ABUSE: ("调用异常，正在核查", "its calls are unusual and looked into"),
    FreezeReason.ORDER: ("主管部门或司法机关要求", "an authority or a court demands it"),
}
"""Why, in the words that its developer reads."""


@control(
    Clause.C5_4,
    Clause.C2_3,
    says="Staff stop all secrets of an app in one write; each gateway hears of it, its owner why.",
)
def freeze(db: Session, app_id: str, reason: FreezeReason, staff_id: str) -> None:
    """Stop every secret of an app, and tell its owner why. Raises NoApp, FrozenAlready."""
    row = _held(db, app_id)
    if row.frozen:
        raise FrozenAlready
    row.frozen = reason.value
    facts = {"reason": reason.value, "staff": staff_id}
    _turn(db, row, (SecretState.LIVE, SecretState.FROZEN), facts)
    zh, en = WHY[reason]
    _tell(db, row, "app_frozen", {"why_zh": zh, "why_en": en})


def thaw(db: Session, app_id: str, staff_id: str) -> None:
    """Let what was frozen work again, and tell the owner. Raises NoApp, NotFrozen.

    Of an app that was rolled meanwhile that is the new secret, and nothing else.
    """
    row = _held(db, app_id)
    if not row.frozen:
        raise NotFrozen
    row.frozen = None
    _turn(db, row, (SecretState.FROZEN, SecretState.LIVE), {"staff": staff_id})
    _tell(db, row, "app_thawed", {})


def frozen(db: ReadSession) -> list[App]:
    """Return the apps that staff froze, a hundred at most, the newest first."""
    rows = queries.frozen(db, _SHOWN)
    return [queries.app(row, queries.secrets(db, row.id)) for row in rows]


def _held(db: Session, app_id: str) -> AppRow:
    queries.hold(db, app_id)
    row = db.get(AppRow, app_id)
    if row is None:
        raise NoApp
    return row


def _turn(
    db: Session, row: AppRow, turn: tuple[SecretState, SecretState], facts: Mapping[str, str]
) -> None:
    before, after = turn
    for secret in queries.secrets(db, row.id):
        if secret.state == before:
            secret.state = after.value
    db.flush()
    credentials.changed(db, row.id)
    ledger.append(db, Fact("apps.secrets", None, {"app": row.id, "state": after.value, **facts}))


def _tell(db: Session, row: AppRow, template: str, facts: Mapping[str, str]) -> None:
    called = f"{row.title} ({row.appkey})" if notices.sayable(row.title) else row.appkey
    whole = {**facts, "app": called, "link": f"/apps/{row.id}/credentials"}
    owner = SubjectId(row.owner)
    notices.send(db, Notice(NoticeClass.SECURITY, template, owner, (Channel.SMS,), whole))

"""What a person agreed to, refused and withdrew, and what a withdrawal would do (6.2.1)."""

from collections.abc import Mapping

from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.people.overview import words
from shouyue.people.overview.errors import NotYours
from shouyue.people.overview.types import Decision, Effect
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentEvent, ConsentState
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault

_CAN_END = frozenset({ConsentState.GIVEN, ConsentState.STALE})


def decisions(db: ReadSession, subject: SubjectId, lang: Lang) -> list[Decision]:
    """Return all answers of the person, newest first."""
    events = consents.history(db, subject)
    newest = {(event.purpose, event.recipient): event.id for event in events}
    return [_decision(db, event, newest, lang) for event in reversed(events)]


def decision(db: ReadSession, subject: SubjectId, event_id: str, lang: Lang) -> Decision:
    """Return one answer of the person. Raises NotYours."""
    for one in decisions(db, subject, lang):
        if one.id == event_id:
            return one
    raise NotYours


@control(Clause.C6_2_1, says="Before a withdrawal a person sees what stops and which items go.")
def effect(db: ReadSession, subject: SubjectId, one: Decision, lang: Lang) -> Effect:
    """Return what the withdrawal of this decision would do."""
    if one.recipient:
        stops = (
            "接收方最迟在 60 秒内不能再取得您的数据；它已经取得的，您可以要求我们通知其删除。"
            if lang == "zh"
            else "Within 60 seconds the recipient gets no more of your data; you can ask us to "
            "have deleted what it has."
        )
        return Effect(stops, ())
    no = policy.purpose(one.purpose).refusal.say(lang)
    stops = (
        f"“{one.name}”最迟在 60 秒内停止。{no}。"
        if lang == "zh"
        else f"“{one.name}” ends within 60 seconds. {no}."
    )
    return Effect(stops, carried(db, subject, one.purpose, lang))


def carried(db: ReadSession, subject: SubjectId, purpose: Purpose, lang: Lang) -> tuple[str, ...]:
    """Return the names of the items that a yes to a purpose carries alone."""
    held = [(value.item, value.purpose, value.basis) for value in vault.held(db, [subject])]
    held += [(paper.item, paper.purpose, paper.basis) for paper in vault.documents(db, subject)]
    alone = [
        policy.item(item).name.say(lang)
        for item, why, basis in held
        if why is purpose and basis.agreed
    ]
    return tuple(dict.fromkeys(alone))


def _decision(
    db: ReadSession, event: ConsentEvent, newest: Mapping[tuple[Purpose, str], str], lang: Lang
) -> Decision:
    latest = newest[event.purpose, event.recipient] == event.id
    now = consents.state(db, event.subject, event.purpose, event.recipient)
    rule = policy.purpose(event.purpose)
    return Decision(
        id=event.id,
        purpose=event.purpose,
        name=rule.name.say(lang),
        recipient=event.recipient,
        state=event.state,
        said=words.STATES[event.state].say(lang),
        now=now,
        at=event.at,
        until=event.until,
        version=event.policy_version,
        notice=event.notice,
        leaf=event.leaf,
        latest=latest,
        ends=latest and now in _CAN_END and consents.may_end(event.purpose, event.recipient),
    )

"""The privacy centre's questions, each about the one person who asks.

Doors hold no vault: they ask here, and get masks and words. Clauses: 5.1.2, 6.1.1, 6.2.1;
PIPL 44, 45.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.people.overview import words
from shouyue.people.overview.errors import NotYours
from shouyue.people.overview.types import (
    Ended,
    Group,
    Held,
    Look,
    Looks,
    Passed,
    Proof,
    Standing,
    Summary,
)
from shouyue.privacy.clearance import grants
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.keys import certificates
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.looks import service as seen_by
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.sheets import BASES
from shouyue.privacy.policy.types import Basis, Sensitive
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import ProvisionState
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SELF, Document, Holding

LOOKS = 50
"""Looks on one page: a company is looked at by the house each time its app asks to be let in."""

_SHREDDED = "vault.shredded"
_BEIJING = timezone(timedelta(hours=8))
_GROUPS = (
    (Group.BASIC, Item.DI_01, Item.DI_08),
    (Group.ENTERPRISE, Item.DI_10, Item.DI_17),
    (Group.ADMIN, Item.DI_18, Item.DI_21),
    (Group.ENTERPRISE, Item.DI_22, Item.DI_25),
)


@control(
    Clause.C6_1_1,
    says="A person sees each item held: masked, where from, what for, how long, who may look.",
)
def held(db: ReadSession, subject: SubjectId, lang: Lang) -> list[Held]:
    """Return everything the vault holds about the person, by item."""
    papers = {paper.item: paper for paper in vault.documents(db, subject)}
    values = vault.holdings(db, subject)
    found = [_held(one, one.masked, lang) for one in values]
    shown = "（照片）" if lang == "zh" else "(photo)"
    found += [_held(paper, shown, lang) for paper in papers.values()]
    return sorted(found, key=lambda one: one.item)


def masked(db: ReadSession, subject: SubjectId, *items: Item) -> dict[Item, str]:
    """Return the person's own masks of those items that are held."""
    return vault.masked(db, subject, items)


@control(
    Clause.C5_1_2,
    Clause.C6_1_1,
    says="A person sees who looked at which item, and why; of a company who applied for it does.",
)
def looks(
    db: ReadSession,
    subject: SubjectId,
    lang: Lang,
    companies: Sequence[SubjectId] = (),
    page: int = 1,
) -> Looks:
    """Return who looked at the person's data and under which grant, newest first, from page 1.

    `companies` are those that the person applied for: looks at their papers are among them. What
    is about the people named in an application stands under their own subjects, and is not.
    """
    whose = (subject, *companies)
    seen = seen_by.page(db, whose, LOOKS + 1, (max(page, 1) - 1) * LOOKS)
    under = grants.some(db, {access.grant for _, access in seen if access.grant})
    shown = [
        Look(
            at=access.at,
            role=words.role(access.role, lang),
            own=access.role == SELF,
            by_staff=words.by_staff(access.role),
            items=_names(access.items, lang),
            purpose=policy.purpose(access.purpose).name.say(lang),
            reason=words.reason(access.reason_code, lang, company=at != subject),
            case=access.case,
            leaf=access.leaf,
            grant=words.grant(under.get(access.grant), lang),
            company=at != subject,
        )
        for at, access in seen[:LOOKS]
    ]
    return Looks(tuple(shown), more=len(seen) > LOOKS)


@control(Clause.C6_3_2, says="A person gets the proof that a key of theirs was destroyed.")
def certificate(db: ReadSession, subject: SubjectId, key: str) -> bytes:
    """Return the certificate of one of the person's destroyed keys. Raises NotYours."""
    if key not in {one.facts["key"] for one in ledger.about(db, subject, _SHREDDED)}:
        raise NotYours
    return certificates.receipt(db, key)


def ended(db: ReadSession, subject: SubjectId, lang: Lang) -> list[Ended]:
    """Return the person's destroyed keys, the newest first."""
    sealed: dict[str, list[Item]] = {}
    for rule in policy.active().items.values():
        sealed.setdefault(rule.retention_class, []).append(rule.id)
    return [
        Ended(
            at=one.at,
            key=str(one.facts["key"]),
            items=_names(tuple(sealed.get(str(one.facts["class"]), ())), lang),
        )
        for one in reversed(ledger.about(db, subject, _SHREDDED))
    ]


def passed(db: ReadSession, subject: SubjectId, lang: Lang) -> list[Passed]:
    """Return each release of the person's data, newest first."""
    return [
        Passed(
            at=one.at,
            recipient=one.recipient,
            who=_recipient(db, one.recipient, lang),
            items=_names(one.items, lang),
            purpose=policy.purpose(one.purpose).name.say(lang),
            clause=one.clause.value,
            basis=_basis(one.basis, lang),
            via=one.via,
        )
        for one in sharing.releases_of(db, subject)
    ]


def standings(db: ReadSession, subject: SubjectId, lang: Lang) -> list[Standing]:
    """Return the lasting permissions that rest on the person's decision, newest first."""
    return [
        Standing(
            recipient=one.recipient,
            who=_recipient(db, one.recipient, lang),
            items=_names(one.items, lang),
            purpose=policy.purpose(one.purpose).name.say(lang),
            clause=one.clause.value,
            since=one.since,
            until=one.until,
            active=one.state is ProvisionState.ACTIVE and one.until > db.clock(),
            leaf=one.leaf,
        )
        for one in sharing.provisions_of(db, subject)
    ]


def summary(db: ReadSession, subject: SubjectId, companies: Sequence[SubjectId] = ()) -> Summary:
    """Return the numbers of the first page, `companies` as in `looks`; the month is Beijing's."""
    since = _month(db.clock())
    own = seen_by.looks_since(db, subject, since)
    at_companies = [seen_by.looks_since(db, company, since) for company in companies]
    received = {one.recipient for one in sharing.releases_of(db, subject)}
    asked = {(one.purpose, one.recipient) for one in consents.history(db, subject)}
    agreed = [key for key in asked if consents.state(db, subject, *key) is ConsentState.GIVEN]
    return Summary(
        items=len(_items(db, subject)),
        looks=sum(own.values()) - own.get(SELF, 0),
        staff_looks=_by_staff(own),
        company_looks=sum(map(_by_staff, at_companies)),
        recipients=len(received),
        agreed=len(agreed),
    )


@control(Clause.C5_1_2, says="A receipt of evidence goes only to the person whom it is about.")
def receipt(db: ReadSession, whose: Sequence[SubjectId], leaf: str) -> bytes:
    """Return the proof of one of the leaves about a person or the companies applied for.

    Raises NotYours, NotYetIntegrated.
    """
    _own(db, whose, leaf)
    return ledger.receipt(db, leaf)


@control(Clause.C5_1_2, says="A proof for other tools goes only to the person whom it is about.")
def proof(db: ReadSession, whose: Sequence[SubjectId], leaf: str) -> bytes:
    """Return the same as tlog-proof text. Raises NotYours, NotYetIntegrated."""
    _own(db, whose, leaf)
    return ledger.proof(db, leaf)


def prove(db: ReadSession, text: bytes, lang: Lang, subject: SubjectId | None) -> Proof | None:
    """Return what a receipt proves under this log's own key, or None if it proves nothing."""
    try:
        verified = ledger.verify(text, ledger.verifier(db))
    except NotAuthentic:
        return None
    opening = verified.opening
    facts = sorted(opening.facts.items()) if opening else []
    return Proof(
        what=words.kind(verified.leaf.kind, lang),
        kind=verified.leaf.kind,
        at=verified.leaf.at,
        index=verified.index,
        size=verified.size,
        origin=verified.origin,
        witnesses=tuple(one for one in verified.witnesses if witnessing.is_known(db, one)),
        facts=tuple((name, str(value)) for name, value in facts),
        ours=subject is not None and opening is not None and opening.subject == subject,
    )


def _own(db: ReadSession, whose: Sequence[SubjectId], leaf: str) -> None:
    if ledger.whose(db, leaf) not in set(whose):
        raise NotYours


def _by_staff(counted: Mapping[str, int]) -> int:
    return sum(count for role, count in counted.items() if words.by_staff(role))


def _items(db: ReadSession, subject: SubjectId) -> set[Item]:
    papers = {paper.item for paper in vault.documents(db, subject)}
    return papers | {value.item for value in vault.held(db, [subject])}


def _held(one: Holding | Document, shown: str, lang: Lang) -> Held:
    rule, purpose = policy.item(one.item), policy.purpose(one.purpose)
    return Held(
        group=_group(one.item),
        item=one.item.value,
        name=rule.name.say(lang),
        masked=shown,
        source=words.source(one.source, lang),
        purpose=purpose.name.say(lang),
        clause=purpose.clause,
        basis=_ground(one, lang),
        keep=rule.keep.text.say(lang),
        who=words.listed([words.role(role, lang) for role in rule.seen_by], lang),
        at=one.at,
        sensitive=rule.sensitive is not Sensitive.NO,
        deletable=one.basis.agreed,
    )


def _group(item: Item) -> Group:
    # Item numbers are two digits and grouped by design, so that their text sorts as they do.
    return next((group for group, a, z in _GROUPS if a <= item <= z), Group.OTHER)


def _names(items: tuple[Item, ...] | frozenset[Item], lang: Lang) -> str:
    return words.listed([policy.item(item).name.say(lang) for item in sorted(items)], lang)


def _basis(basis: Basis, lang: Lang) -> str:
    return BASES[basis].say(lang)


def _ground(one: Holding | Document, lang: Lang) -> str:
    """Name the article beside a legal duty: whoever is told of a duty can look it up."""
    said = _basis(one.basis, lang)
    if one.basis is not Basis.LEGAL_DUTY:
        return said
    law = statutes.carrying(one.item, one.purpose, one.at.astimezone(_BEIJING).date())
    return f"{said} · {law.name.say(lang)}" if law else said


def _recipient(db: ReadSession, recipient: str, lang: Lang) -> str:
    return policy.active().recipients[sharing.recipient(db, recipient).kind].name.say(lang)


def _month(at: datetime) -> datetime:
    local = at.astimezone(_BEIJING)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)

"""Sharing: nothing personal leaves without a recipient, an active provision and a record.

Owns `recipient`, `provision` and `data_release` with the people in it. The gateway and push ask it
before they let an answer go, consent ends what rested on a yes; erasure and the person's own export
read it.
Clauses: 1, 2.3, 4.1, 4.1.a, 6.2.1; PIPL 23, 55.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from shouyue.ground.hazmat import aliases, suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sharing import queries, rules
from shouyue.privacy.sharing.errors import (
    Incomplete,
    ItemNotCovered,
    NoRecipient,
    RecipientNotActive,
)
from shouyue.privacy.sharing.types import (
    NewProvision,
    NewRecipient,
    Provision,
    ProvisionState,
    Recipient,
    Release,
    Released,
    Standing,
)

_BUYER, _BUYERS = "sharing:buyer", "buyers of {}"
_REF = 16


def register_recipient(db: Session, form: NewRecipient) -> str:
    """Enter a recipient that has its contract and return its id. Raises Incomplete."""
    _complete(form)
    identity, since = form.id or db.new_id(), db.clock()
    new = Recipient(identity, form.kind, form.enterprise, form.contract, Standing.ACTIVE, since)
    queries.add_recipient(db, new)
    facts = {"recipient": identity, "kind": form.kind.value}
    ledger.append(db, Fact("sharing.recipient", None, facts))
    return identity


def recipient(db: ReadSession, recipient_id: str) -> Recipient:
    """Return a recipient, or raise NoRecipient."""
    found = queries.recipient(db, recipient_id)
    if found is None:
        raise NoRecipient
    return found


def recipients(db: ReadSession) -> list[Recipient]:
    """Return the whole register, oldest first: the source of the published list."""
    return queries.recipients(db)


@control(Clause.C4_1, says="A suspended or ended recipient receives nothing from that moment.")
def set_standing(db: Session, recipient_id: str, standing: Standing) -> None:
    """Suspend, end or restore a recipient; every release asks for it, so it works at once."""
    if not queries.set_standing(db, recipient_id, standing):
        raise NoRecipient
    facts = {"recipient": recipient_id, "standing": standing.value}
    ledger.append(db, Fact("sharing.standing", None, facts))


@control(Clause.C4_1, Clause.C1, says="A provision names who, what, why and until when.")
def provide(db: Session, form: NewProvision) -> str:
    """Record a provision and make it active.

    Raises Incomplete, NoRecipient, RecipientNotActive, and Undeclared where the published list
    of recipients has no such item or purpose for a recipient of this kind.
    """
    _complete(form)
    to = recipient(db, form.recipient)
    if to.standing is not Standing.ACTIVE:
        raise RecipientNotActive(standing=to.standing.value)
    rules.check_declared(policy.recipient(to.kind), form.items, form.purpose)
    if form.until <= db.clock():
        raise Incomplete(missing="until")
    identity = db.new_id()
    facts = {
        "provision": identity,
        "recipient": form.recipient,
        "items": _joined(form.items),
        "purpose": form.purpose.value,
        "basis": form.basis.value,
        "clause": form.clause.value,
    }
    new = Provision(
        id=identity,
        recipient=form.recipient,
        subject=form.subject,
        items=frozenset(form.items),
        purpose=form.purpose,
        basis=form.basis,
        clause=form.clause,
        case=form.case,
        state=ProvisionState.ACTIVE,
        since=db.clock(),
        until=form.until,
        leaf=ledger.append(db, Fact("sharing.provision", form.subject, facts)),
    )
    queries.add_provision(db, new, form.notice)
    return identity


def end_case(db: Session, case: str) -> int:
    """End every provision of a case (a grant, a dispute); return how many. Idempotent."""
    return _end(db, queries.live_rows(db, case))


@control(
    Clause.C4_1_a,
    Clause.C6_2_1,
    says="What rests on a person's yes ends in the same write as the yes.",
)
def end_consented(
    db: Session, people: Sequence[SubjectId], purpose: Purpose, recipient: str | None = None
) -> int:
    """End what people's yes to a purpose carried, to one recipient or to all; return how many.

    What the law or a contract carries goes on: a withdrawal does not reach it. Idempotent.
    """
    rows = queries.live_rows_of(db, people, purpose, recipient)
    return _end(db, [row for row in rows if Basis(row.basis).agreed])


def record(db: Session, release: Release) -> str:
    """Record one release and return its ledger leaf; raises what `record_all` returns."""
    outcome = record_all(db, [release])[0]
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


@control(
    Clause.C4_1,
    Clause.C2_3,
    says="Each release is checked against an active provision at send time, and written first.",
)
@control(
    Clause.C4_1,
    Clause.C1,
    says="What the published list does not name for a kind of recipient never leaves.",
)
def record_all(db: Session, releases: Sequence[Release]) -> list[str | Refusal]:
    """Record a batch under one ledger leaf; for each release return the leaf or its refusal.

    The caller lets data go only after the commit. Refusals: NoProvision, RecipientNotActive,
    ItemNotCovered, Undeclared.
    """
    noes = _refusals(db, [(release.provision, release.items) for release in releases])
    allowed = [one for one, no in zip(releases, noes, strict=True) if no is None]
    leaf = _write(db, allowed) if allowed else ""
    return [no or leaf for no in noes]


def check(db: ReadSession, provision: str, items: frozenset[Item]) -> None:
    """Return if a provision carries these items now; write nothing.

    For what is done with people's data at a recipient's word and shows it none of them. Raises what
    `record` raises; a grant without a provision covers no item.
    """
    if not provision:
        raise ItemNotCovered(item=min(items))
    if no := _refusals(db, [(provision, items)])[0]:
        raise no


def releases_of(db: ReadSession, subject: SubjectId) -> list[Released]:
    """Return every release of a person's own data, newest first."""
    return queries.releases(db, subject=subject, ref=None)


def releases_of_ref(db: ReadSession, ref: bytes) -> list[Released]:
    """Return every release about a keyed reference (`buyer_ref`), newest first."""
    return queries.releases(db, subject=None, ref=ref)


def provisions_of(db: ReadSession, subject: SubjectId) -> list[Provision]:
    """Return the provisions that rest on a person's decision, newest first."""
    return queries.provisions_of(db, subject)


def buyer_ref(keys: KeyRing, open_id: str) -> bytes:
    """Return the 16 bytes by which a buyer is known here and nowhere else."""
    return buyer_refs(keys, [open_id])[0]


def buyer_refs(keys: KeyRing, open_ids: Iterable[str]) -> list[bytes]:
    """Return the `buyer_ref` of each."""
    mac = keys.keyed(keys.founded, _BUYER).mac
    return [mac(one.encode())[:_REF] for one in open_ids]


def buyer_alias(keys: KeyRing, enterprise: str, open_id: str) -> str:
    """Return the id by which one developer knows a buyer; two developers cannot compare theirs."""
    return buyer_aliases(keys, enterprise, [open_id])[0]


def buyer_aliases(keys: KeyRing, enterprise: str, open_ids: Iterable[str]) -> list[str]:
    """Return the `buyer_alias` of each."""
    return aliases.of_all(keys, _BUYERS.format(enterprise), open_ids)


def buyer_of(keys: KeyRing, enterprise: str, alias: str) -> str:
    """Return the buyer's id behind this developer's alias, or nothing for any other text."""
    try:
        return aliases.known(keys, _BUYERS.format(enterprise), alias)
    except NotAuthentic:
        return ""


def _refusals(
    db: ReadSession, wanted: Sequence[tuple[str, frozenset[Item]]]
) -> list[Refusal | None]:
    known = queries.standing_provisions(db, (provision for provision, _ in wanted))
    noes = []
    for provision, items in wanted:
        under = known.get(provision)
        listed = policy.recipient(under.kind).items if under else ()
        noes.append(rules.refusal(items, under, listed, db.clock()))
    return noes


def _write(db: Session, releases: Sequence[Release]) -> str:
    at = db.clock()
    lines = []
    subjects: list[tuple[SubjectId, str]] = []
    refs: list[tuple[bytes, str]] = []
    spelled = []
    for one in releases:
        identity, before = db.new_id(), len(subjects) + len(refs)
        subjects += [(person, identity) for person in set(one.subjects)]
        refs += [(ref, identity) for ref in set(one.refs)]
        line = (identity, one.provision, _joined(one.items), one.via)
        # A row of a person that is taken away later is missed: the digest has their number.
        spelled.append([*line, str(len(subjects) + len(refs) - before)])
        lines.append((*line, one.request, at))
    facts: dict[str, str | int] = {
        "count": len(subjects) + len(refs),
        "digest": _digest(spelled),
        "batch": db.new_id(),
    }
    leaf = ledger.append(db, Fact("sharing.released", None, facts))
    queries.insert_releases(db, [(*line, leaf) for line in lines], subjects, refs)
    return leaf


def _end(db: Session, rows: Sequence[Any]) -> int:
    if not rows:
        return 0
    queries.end(db, [row.id for row in rows], db.clock())
    facts = [
        Fact(
            "sharing.ended", SubjectId(row.subject) if row.subject else None, {"provision": row.id}
        )
        for row in rows
    ]
    ledger.append_all(db, facts)
    return len(rows)


def _digest(spelled: list[list[str]]) -> str:
    return suites.digest(Suite.AES, canonical(spelled)).hex()


def _joined(items: Iterable[Item]) -> str:
    return ",".join(sorted(item.value for item in items))


def _complete(form: NewRecipient | NewProvision) -> None:
    missing = rules.lacks(form)
    if missing:
        raise Incomplete(missing=missing)

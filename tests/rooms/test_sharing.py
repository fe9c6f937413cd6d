import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat import fields
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, RecipientKind
from shouyue.privacy.sharing import errors, veils
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.holder import SharingHolder
from shouyue.privacy.sharing.tables import DataRelease
from shouyue.privacy.sharing.types import NewProvision, NewRecipient, Release, Standing
from shouyue.privacy.vault import service as vault
from tests.house import House

BOTH = frozenset({Item.DI_05, Item.DI_66})
REF = b"\x0f" * 16


def provide(db: Session, subject: SubjectId | None, recipient: str = "", **other: Any) -> str:
    known = recipient or sharing.register_recipient(
        db, NewRecipient(RecipientKind.DEVELOPER, "E1", "A1")
    )
    given: dict[str, Any] = {
        "recipient": known,
        "subject": subject,
        "items": BOTH,
        "purpose": Purpose.P6,
        "basis": Basis.SEPARATE_CONSENT,
        "clause": Clause.C2_3,
        "notice": "n" * 64,
        "case": "CASE1",
        "until": db.clock() + timedelta(days=1),
    }
    return sharing.provide(db, NewProvision(**(given | other)))


def release(provision: str, subject: SubjectId | None = None, *refs: bytes) -> Release:
    people = (subject,) if subject else ()
    return Release(provision, frozenset({Item.DI_66}), "open.order.detail", "R1", people, refs)


def test_a_release_is_shown_to_the_person_with_purpose_basis_and_clause(db: Session) -> None:
    subject = vault.new_subject(db)
    provision = provide(db, subject)
    sharing.record(db, release(provision, subject))
    [seen] = sharing.releases_of(db, subject)
    assert (seen.purpose, seen.basis, seen.clause) == (
        Purpose.P6,
        Basis.SEPARATE_CONSENT,
        Clause.C2_3,
    )
    assert (seen.via, seen.request, seen.items) == (
        "open.order.detail",
        "R1",
        frozenset({Item.DI_66}),
    )


def test_a_buyer_is_known_by_a_keyed_reference_only(db: Session) -> None:
    ref = sharing.buyer_ref(db.keys, "buyer-open-id")
    sharing.record(db, release(provide(db, None), None, ref))
    assert b"buyer" not in ref
    assert len(sharing.releases_of_ref(db, ref)) == 1


def test_each_of_twenty_people_in_one_answer_finds_the_own_release(db: Session) -> None:
    merchant, provision = vault.new_subject(db), provide(db, None)
    refs = [sharing.buyer_ref(db.keys, f"buyer-{number}") for number in range(20)]
    others = sharing.buyer_ref(db.keys, "buyer-20")
    sharing.record_all(
        db, [release(provision, merchant, *refs, refs[0]), release(provision, None, refs[0])]
    )
    counts = [len(sharing.releases_of_ref(db, ref)) for ref in (*refs, others)]
    assert counts == [2, *[1] * 19, 0]
    assert len(sharing.releases_of(db, merchant)) == 1


def test_the_evidence_of_a_batch_counts_the_people_of_each_release(db: Session) -> None:
    provision = provide(db, None)
    refs = [sharing.buyer_ref(db.keys, f"buyer-{number}") for number in range(3)]
    leaf = sharing.record_all(db, [release(provision, None, *refs), release(provision, None, REF)])
    db.flush()
    rows = db.execute(sa.select(DataRelease).order_by(DataRelease.id)).scalars().all()
    spelled = [
        [row.id, provision, "DI-66", row.via, str(people)]
        for row, people in zip(rows, (3, 1), strict=True)
    ]
    ledger.integrate(db)
    facts = ledger.verify(ledger.receipt(db, str(leaf[0]))).opening
    assert facts is not None
    assert facts.facts["count"] == 4
    assert facts.facts["digest"] == hashlib.sha256(canonical(spelled)).hexdigest()


def test_nothing_leaves_without_a_provision(db: Session) -> None:
    with pytest.raises(errors.NoProvision):
        sharing.record(db, release("0" * 26, vault.new_subject(db)))


def test_nothing_leaves_after_the_case_has_ended(db: Session) -> None:
    provision = provide(db, vault.new_subject(db))
    assert sharing.end_case(db, "CASE1") == 1
    assert sharing.end_case(db, "CASE1") == 0
    with pytest.raises(errors.NoProvision):
        sharing.record(db, release(provision))


def test_nothing_leaves_when_the_time_of_the_provision_is_over(house: House, db: Session) -> None:
    provision = provide(db, None)
    house.clock.forward(days=1)
    with pytest.raises(errors.NoProvision):
        sharing.record(db, release(provision, None, REF))


def test_nothing_leaves_that_the_provision_does_not_name(db: Session) -> None:
    provision = provide(db, None, items=frozenset({Item.DI_05}))
    with pytest.raises(errors.ItemNotCovered):
        sharing.record(db, release(provision, None, REF))


@pytest.mark.parametrize("standing", [Standing.DRAFT, Standing.SUSPENDED, Standing.ENDED])
def test_a_recipient_that_is_not_active_receives_nothing(db: Session, standing: Standing) -> None:
    recipient = sharing.register_recipient(db, NewRecipient(RecipientKind.DEVELOPER, "E1", "A1"))
    provision = provide(db, None, recipient)
    sharing.set_standing(db, recipient, standing)
    with pytest.raises(errors.RecipientNotActive):
        sharing.record(db, release(provision, None, REF))
    with pytest.raises(errors.RecipientNotActive):
        provide(db, None, recipient)


@pytest.mark.parametrize(
    "other",
    [{"items": frozenset({Item.DI_05, Item.DI_14})}, {"purpose": Purpose.P18}],
    ids=["item", "purpose"],
)
def test_what_the_published_list_does_not_name_gets_no_provision(
    db: Session, other: dict[str, Any]
) -> None:
    with pytest.raises(errors.Undeclared):
        provide(db, None, **other)


def test_a_list_that_became_shorter_stops_the_next_release(db: Session) -> None:
    provision, was = provide(db, None), policy.active()
    sharing.record(db, release(provision, None, REF))
    known = was.recipients[RecipientKind.DEVELOPER]
    shorter = replace(known, items=tuple(item for item in known.items if item != Item.DI_66))
    policy.use(replace(was, released={}, recipients={**was.recipients, known.id: shorter}))
    try:
        with pytest.raises(errors.Undeclared):
            sharing.record(db, release(provision, None, REF))
    finally:
        policy.use(was)


def test_what_a_yes_carried_ends_with_it_and_what_the_law_carries_goes_on(db: Session) -> None:
    subject, other = vault.new_subject(db), vault.new_subject(db)
    by_yes, by_law = provide(db, subject), provide(db, subject, basis=Basis.LEGAL_DUTY)
    theirs = provide(db, other)
    assert sharing.end_consented(db, [subject], Purpose.P18) == 0
    assert sharing.end_consented(db, [subject], Purpose.P6, "0" * 26) == 0
    assert sharing.end_consented(db, [subject], Purpose.P6) == 1
    assert sharing.end_consented(db, [subject], Purpose.P6) == 0
    with pytest.raises(errors.NoProvision):
        sharing.record(db, release(by_yes, subject))
    assert sharing.record(db, release(by_law, subject))
    assert sharing.record(db, release(theirs, other))


def test_one_refused_release_does_not_stop_the_others_of_its_batch(db: Session) -> None:
    subject = vault.new_subject(db)
    good, bad = release(provide(db, subject), subject), release("0" * 26, subject)
    first, second, third = sharing.record_all(db, [good, bad, good])
    assert isinstance(second, errors.NoProvision)
    assert first == third
    assert len(sharing.releases_of(db, subject)) == 2


def test_a_batch_is_one_leaf_of_the_evidence_log(db: Session) -> None:
    subject = vault.new_subject(db)
    one = release(provide(db, subject), subject)
    leaves = set(sharing.record_all(db, [one, one, one]))
    ledger.integrate(db)
    [leaf] = leaves
    assert isinstance(leaf, str)
    assert ledger.verify(ledger.receipt(db, leaf)).leaf.kind == "sharing.released"


def test_a_provision_is_a_leaf_about_the_person(db: Session) -> None:
    subject = vault.new_subject(db)
    provide(db, subject)
    assert [entry.kind for entry in ledger.about(db, subject)] == ["sharing.provision"]


@pytest.mark.parametrize("missing", ["items", "notice", "case"])
def test_an_incomplete_provision_is_refused(db: Session, missing: str) -> None:
    with pytest.raises(errors.Incomplete):
        provide(db, None, "", **{missing: frozenset() if missing == "items" else ""})


def test_a_provision_that_is_already_over_is_refused(db: Session) -> None:
    with pytest.raises(errors.Incomplete):
        provide(db, None, until=db.clock())


def test_a_recipient_without_a_contract_is_refused(db: Session) -> None:
    with pytest.raises(errors.Incomplete):
        sharing.register_recipient(db, NewRecipient(RecipientKind.PARTNER, "E1", ""))


def test_an_unknown_recipient_is_refused(db: Session) -> None:
    with pytest.raises(errors.NoRecipient):
        provide(db, None, "0" * 26)


@pytest.mark.parametrize(
    ("kind", "plain", "mask"),
    [
        ("name", "张三丰", "张**"),
        ("phone", "13800001234", "138****1234"),
        ("address", "文一西路969号", "***"),
    ],
)
def test_a_veiled_value_differs_by_order_and_says_of_which_it_is(
    house: House, kind: str, plain: str, mask: str
) -> None:
    values = [(plain, "1"), (plain, "2")]
    (one, shown), (two, _) = veils.veil_all(house.store, kind, values, scope="s")
    assert (shown, plain in one, one == two) == (mask, False, False)
    assert one.split(one[0])[1] == two.split(two[0])[1]
    assert fields.unprotect(house.keys, one, scope="s") == ("1", plain)


def test_who_received_what_is_shown_and_kept(db: Session) -> None:
    subject = vault.new_subject(db)
    sharing.record(db, release(provide(db, subject), subject))
    told = SharingHolder().export(db, subject)
    assert SharingHolder().erase(db, subject) == 0
    assert told == SharingHolder().export(db, subject)
    assert [len(list(rows)) for rows in (told["provisions"], told["releases"])] == [1, 1]  # type: ignore[arg-type] # both are lists


def test_ids_of_many_buyers_are_those_of_each(house: House) -> None:
    keys, buyers = house.store.keys, ["buyer-1", "buyer-2", "买家"]
    refs, ids = sharing.buyer_refs(keys, buyers), sharing.buyer_aliases(keys, "E-1", buyers)
    assert refs == [sharing.buyer_ref(keys, one) for one in buyers]
    assert ids == [sharing.buyer_alias(keys, "E-1", one) for one in buyers]
    assert [sharing.buyer_of(keys, "E-1", one) for one in ids] == buyers

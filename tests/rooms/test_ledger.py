import json
import threading
from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouyue.ground.hazmat import merkle, notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import jobs
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NoSuchLeaf, NotOpaque, NotYetIntegrated
from shouyue.privacy.ledger.holder import LedgerHolder
from shouyue.privacy.ledger.tables import LedgerLeaf, LedgerLine, LedgerNode
from shouyue.privacy.ledger.types import Entry, Fact
from tests.house import House
from tests.intruder import unguarded

WANG = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
LI = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAW")
GIVEN: Mapping[str, str | int] = {"purpose": "P1", "version": 3}


def append(db: Session, count: int = 1, subject: SubjectId | None = WANG) -> list[str]:
    return [ledger.append(db, Fact("consent.given", subject, GIVEN)) for _ in range(count)]


def change(text: bytes, turn: Callable[[dict[str, object]], object]) -> bytes:
    bundle = json.loads(text)
    turn(bundle)
    return canonical(bundle)


def test_evidence_shares_the_fate_of_the_act_it_tells_of(house: House) -> None:
    with pytest.raises(ZeroDivisionError), house.store.begin() as db:
        append(db)
        raise ZeroDivisionError
    with house.store.read() as db:
        assert ledger.about(db, WANG) == []


def test_a_receipt_shows_the_fact_and_verifies_without_the_house(db: Session) -> None:
    (leaf_id,) = append(db)
    ledger.integrate(db)
    proved = ledger.verify(ledger.receipt(db, leaf_id), ledger.verifier(db))
    assert proved.opening is not None
    assert (proved.leaf.id, proved.leaf.at, proved.leaf.kind) == (
        leaf_id,
        db.clock(),
        "consent.given",
    )
    assert (proved.opening.subject, proved.opening.facts) == (WANG, GIVEN)
    assert (proved.index, proved.size, proved.origin) == (0, 1, ledger.origin(db))


def test_every_leaf_has_a_receipt_however_the_tree_grew(db: Session) -> None:
    ids: list[str] = []
    for count in (1, 2, 3, 5, 8):
        ids += append(db, count)
        assert ledger.integrate(db) == count
        places = [ledger.verify(ledger.receipt(db, leaf_id)).index for leaf_id in ids]
        assert places == list(range(len(ids)))


def test_a_reading_session_is_enough_to_prove(house: House) -> None:
    with house.store.begin() as db:
        (leaf_id,) = append(db)
        ledger.integrate(db)
    with house.store.read() as reader:
        ledger.verify(ledger.receipt(reader, leaf_id))
        assert ledger.checkpoint(reader).startswith(ledger.origin(reader))
        assert len(ledger.about(reader, WANG)) == 1
        assert json.loads(ledger.growth(reader, 1))["proof"] == []


def test_a_leaf_without_a_place_has_no_receipt_yet(db: Session) -> None:
    (leaf_id,) = append(db)
    with pytest.raises(NotYetIntegrated):
        ledger.receipt(db, leaf_id)


def test_an_unknown_leaf_has_no_receipt(db: Session) -> None:
    with pytest.raises(NoSuchLeaf):
        ledger.receipt(db, db.new_id())


def test_an_empty_log_has_no_checkpoint(db: Session) -> None:
    assert ledger.integrate(db) == 0
    with pytest.raises(NotYetIntegrated):
        ledger.checkpoint(db)


def test_a_fact_that_tells_of_a_person_is_refused_and_not_written(db: Session) -> None:
    with pytest.raises(NotOpaque):
        ledger.append(db, Fact("consent.given", WANG, {"phone": "13800000000"}))
    assert ledger.about(db, WANG) == []


def test_a_person_sees_their_entries_of_the_kinds_asked_for(house: House, db: Session) -> None:
    (first,) = append(db)
    ledger.integrate(db)
    append(db, subject=LI)
    house.clock.forward(seconds=1)
    second = ledger.append(db, Fact("vault.revealed", WANG, {}))
    start = house.clock.at
    entries = ledger.about(db, WANG)
    assert [entry.id for entry in entries] == [first, second]
    assert ledger.about(db, WANG, "vault.revealed") == [
        Entry(second, start, "vault.revealed", {}, None)
    ]


def test_blinding_forgets_the_person_and_keeps_the_proof(db: Session) -> None:
    (leaf_id,) = append(db)
    before = ledger.integrate(db), ledger.checkpoint(db)
    assert ledger.blind(db, WANG) == 1
    proved = ledger.verify(ledger.receipt(db, leaf_id))
    assert proved.opening is None
    assert ledger.about(db, WANG) == []
    assert (1, ledger.checkpoint(db)) == before
    row = db.execute(sa.select(LedgerLine.salt, LedgerLine.subject, LedgerLine.facts)).one()
    assert tuple(row) == (None, None, None)


def test_blinding_one_person_leaves_others_readable(db: Session) -> None:
    append(db)
    append(db, subject=LI)
    ledger.blind(db, WANG)
    assert [entry.facts for entry in ledger.about(db, LI)] == [GIVEN]


def test_a_leaf_blinded_before_it_has_a_place_still_gets_one(db: Session) -> None:
    (leaf_id,) = append(db)
    ledger.blind(db, WANG)
    ledger.integrate(db)
    assert ledger.verify(ledger.receipt(db, leaf_id)).opening is None


def test_equal_facts_have_different_commitments(db: Session) -> None:
    append(db, 2)
    assert len(set(db.execute(sa.select(LedgerLeaf.commitment)).scalars())) == 2


def test_every_checkpoint_is_proved_to_grow_into_the_newest(db: Session) -> None:
    sizes = []
    for count in (1, 2, 4, 3):
        append(db, count)
        ledger.integrate(db)
        sizes.append(notes.verify_checkpoint(ledger.checkpoint(db), ledger.verifier(db)).size)
    for size in sizes:
        bundle = json.loads(ledger.growth(db, size))
        old, new = (
            notes.verify_checkpoint(bundle[age], bundle["verifier"]) for age in ("old", "new")
        )
        proof = [bytes.fromhex(part) for part in bundle["proof"]]
        merkle.verify_consistency(old.size, new.size, old.root, new.root, proof)
        assert (old.size, new.size) == (size, sizes[-1])


def test_growth_from_a_size_never_signed_is_not_proved(db: Session) -> None:
    append(db, 2)
    ledger.integrate(db)
    with pytest.raises(NoSuchLeaf):
        ledger.growth(db, 1)


def test_no_byte_of_a_receipt_can_change(db: Session) -> None:
    ids = append(db, 5)
    ledger.integrate(db)
    whole = ledger.receipt(db, ids[2])
    for at in range(len(whole)):
        with pytest.raises(NotAuthentic):
            ledger.verify(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_receipt_can_be_cut_stretched_or_altered(db: Session, data: st.DataObject) -> None:
    whole = _a_receipt(db)
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    cases = [
        whole[:at],
        whole[:at] + bytes([byte]) + whole[at + 1 :],
        whole[:at] + bytes([byte]) + whole[at:],
        whole + bytes([byte]),
    ]
    for wrong in cases:
        if wrong != whole:
            with pytest.raises(NotAuthentic):
                ledger.verify(wrong)


def _a_receipt(db: Session) -> bytes:
    found = db.execute(sa.select(LedgerLine.id).limit(1)).scalar_one_or_none()
    if found is None:
        found = append(db, 3)[1]
        ledger.integrate(db)
    return ledger.receipt(db, found)


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"[" * 5_000, b"1" * 5_000, b" " * 70_000])
def test_what_is_no_receipt_proves_nothing(text: bytes) -> None:
    with pytest.raises(NotAuthentic):
        ledger.verify(text)


def test_a_receipt_of_another_log_does_not_pass_for_ours(db: Session) -> None:
    whole = _a_receipt(db)
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    with pytest.raises(NotAuthentic):
        ledger.verify(whole, other)


def test_an_opening_cannot_be_swapped_for_another_story(db: Session) -> None:
    whole = _a_receipt(db)
    lie = change(whole, lambda bundle: bundle["opening"]["facts"].update(purpose="P2"))  # type: ignore[index] # any JSON
    with pytest.raises(NotAuthentic):
        ledger.verify(lie)


def test_a_second_signature_is_not_a_part_of_a_receipt(db: Session) -> None:
    more = change(
        _a_receipt(db), lambda bundle: bundle.update(checkpoint=f"{bundle['checkpoint']}— x AAAA\n")
    )
    with pytest.raises(NotAuthentic):
        ledger.verify(more)


@pytest.mark.parametrize(
    "change",
    [
        sa.update(LedgerNode).values(hash=bytes(32)),
        sa.update(LedgerLine).where(LedgerLine.place == 16).values(kind="consent.refused"),
    ],
    ids=["hash", "leaf"],
)
def test_a_log_altered_behind_our_back_is_not_built_upon(db: Session, change: sa.Update) -> None:
    append(db, 17)
    ledger.integrate(db)
    unguarded(db)
    db.execute(change)
    append(db)
    with pytest.raises(NotAuthentic):
        ledger.integrate(db)


@pytest.mark.parametrize(
    "change",
    [sa.delete(LedgerNode), sa.delete(LedgerLine).where(LedgerLine.place == 16)],
    ids=["hash", "leaf"],
)
def test_a_log_with_missing_parts_is_not_built_upon(db: Session, change: sa.Delete) -> None:
    append(db, 17)
    ledger.integrate(db)
    unguarded(db)
    db.execute(change)
    append(db)
    with pytest.raises(NotAuthentic):
        ledger.integrate(db)


def test_a_leaf_altered_behind_our_back_has_no_receipt_that_holds(db: Session) -> None:
    (leaf_id,) = append(db)
    ledger.integrate(db)
    unguarded(db)
    db.execute(sa.update(LedgerLine).values(kind="consent.refused"))
    with pytest.raises(NotAuthentic):
        ledger.verify(ledger.receipt(db, leaf_id))


def test_integration_takes_a_bounded_number_at_a_time(db: Session) -> None:
    append(db, 5)
    assert [ledger.integrate(db, 3) for _ in range(3)] == [3, 2, 0]


def test_two_integrators_at_once_make_one_line(house: House) -> None:
    with house.store.begin() as db:
        ids = append(db, 40)
    start = threading.Barrier(4)
    counts: list[int] = []

    def integrate() -> None:
        start.wait()
        for _ in range(5):
            with house.store.begin() as db:
                counts.append(ledger.integrate(db, 3))

    threads = [threading.Thread(target=integrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.store.read() as reader:
        places = [ledger.verify(ledger.receipt(reader, leaf_id)).index for leaf_id in ids]
    assert (sum(counts), len(counts)) == (40, 20)
    assert sorted(places) == list(range(40))


def test_the_job_integrates(db: Session) -> None:
    (leaf_id,) = append(db)
    jobs.integrate(db, Job("0" * 26, "ledger.integrate", "", {}, 1, db.clock()))
    assert ledger.verify(ledger.receipt(db, leaf_id)).size == 1


def test_a_person_is_shown_their_evidence_and_can_be_forgotten(db: Session) -> None:
    (leaf_id,) = append(db)
    shown = LedgerHolder().export(db, WANG)
    assert shown == {
        "entries": [
            {
                "receipt": leaf_id,
                "at": db.clock().isoformat(),
                "kind": "consent.given",
                "facts": GIVEN,
                "index": None,
            }
        ]
    }
    assert [LedgerHolder().erase(db, WANG) for _ in range(2)] == [1, 0]
    assert LedgerHolder().export(db, WANG) == {"entries": []}

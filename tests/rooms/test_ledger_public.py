"""What strangers copy and check: tiles, bundles, tlog-proofs; and the walk over the whole log."""

import base64

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat import merkle, notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import proofs, tiles, walk
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NoSuchLeaf
from shouyue.privacy.ledger.tables import LedgerCheckpoint, LedgerLine, LedgerNode
from shouyue.privacy.ledger.types import Fact
from tests.intruder import unguarded

WANG = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")


def grow(db: Session, count: int) -> list[str]:
    ids = [ledger.append(db, Fact("consent.given", WANG, {"purpose": "P1"})) for _ in range(count)]
    ledger.integrate(db)
    return ids


def unpack(bundle: bytes) -> list[bytes]:
    found = []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        found.append(bundle[2:end])
        bundle = bundle[end:]
    return found


def test_a_stranger_rebuilds_the_signed_root_from_tiles_and_bundles(db: Session) -> None:
    grow(db, 300)
    signed = notes.verify_checkpoint(ledger.checkpoint(db), ledger.verifier(db))
    leaves = unpack(tiles.entries(db, 0)) + unpack(tiles.entries(db, 1, 44))
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert merkle.root(hashes) == signed.root
    assert tiles.tile(db, 0, 0) + tiles.tile(db, 0, 1, 44) == b"".join(hashes)
    assert tiles.tile(db, 1, 0, 1) == merkle.root(hashes[:256])


def test_no_bundle_names_a_person_or_opens_a_commitment(db: Session) -> None:
    grow(db, 5)
    bundle = tiles.entries(db, 0, 5)
    assert WANG.encode() not in bundle
    assert b"salt" not in bundle
    assert b"purpose" not in bundle


@pytest.mark.parametrize(
    "where", [(0, 0, 256), (0, 0, 4), (0, 1, 1), (1, 0, 1), (64, 0, 1), (0, 1 << 60, 1), (0, 0, 0)]
)
def test_a_tile_that_the_tree_does_not_fill_is_not_served(
    db: Session, where: tuple[int, int, int]
) -> None:
    grow(db, 3)
    with pytest.raises(NoSuchLeaf):
        tiles.tile(db, *where)


def test_leaves_without_a_place_are_in_no_bundle(db: Session) -> None:
    grow(db, 2)
    ledger.append(db, Fact("consent.given", WANG, {}))
    with pytest.raises(NoSuchLeaf):
        tiles.entries(db, 0, 3)


def test_a_tlog_proof_has_the_published_form_and_proves_what_the_receipt_does(db: Session) -> None:
    leaf = grow(db, 5)[2]
    text = ledger.proof(db, leaf)
    head, extra, index, *path = text.decode().partition("\n\n")[0].split("\n")
    assert head == "c2sp.org/tlog-proof@v1"
    assert extra.startswith("extra ")
    assert index == "index 2"
    assert [len(base64.b64decode(part, validate=True)) for part in path] == [32, 32, 32]
    assert text.decode().endswith(ledger.checkpoint(db))
    key = ledger.verifier(db)
    assert ledger.verify(text, key) == ledger.verify(ledger.receipt(db, leaf), key)


def test_no_byte_of_a_tlog_proof_can_change(db: Session) -> None:
    whole = ledger.proof(db, grow(db, 5)[2])
    for at in range(len(whole)):
        for bit in (1, 32, 128):
            with pytest.raises(NotAuthentic):
                ledger.verify(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])


def test_no_tlog_proof_can_be_cut_or_stretched(db: Session) -> None:
    whole = ledger.proof(db, grow(db, 5)[2])
    for at in range(len(whole)):
        for wrong in (whole[:at], whole[:at] + b"A" + whole[at:], whole[:at] + b"\n" + whole[at:]):
            with pytest.raises(NotAuthentic):
                ledger.verify(wrong)


@pytest.mark.parametrize(
    "rest", ["", "extra \nindex 0\n\n", f"extra {'W1' * 9000}\nindex 0\n\nx", "x" * 70_000]
)
def test_what_only_begins_like_a_tlog_proof_proves_nothing(rest: str) -> None:
    with pytest.raises(NotAuthentic):
        ledger.verify(f"{proofs.HEAD}{rest}".encode())


def test_a_proof_in_a_large_tree_stays_small(db: Session) -> None:
    assert len(ledger.proof(db, grow(db, 2_000)[1_234])) <= 3_000


def test_a_sound_log_has_no_faults_blinded_or_not(db: Session) -> None:
    for count in (1, 6, 40):
        grow(db, count)
    ledger.blind(db, WANG)
    grow(db, 3)
    assert list(walk.check(db)) == []


def test_an_empty_log_has_no_faults(db: Session) -> None:
    assert list(walk.check(db)) == []


def test_the_walk_says_which_leaf_was_told_another_story(db: Session) -> None:
    grow(db, 4)
    here = LedgerLine.place == 2
    unguarded(db)
    db.execute(sa.update(LedgerLine).where(here).values(facts={"purpose": "P2"}))
    faults = list(walk.check(db))
    assert [fault.where for fault in faults] == ["leaf 2"]


def test_the_walk_says_which_leaf_is_gone(db: Session) -> None:
    grow(db, 4)
    unguarded(db)
    db.execute(sa.delete(LedgerLine).where(LedgerLine.place == 1))
    assert "leaf 1" in [fault.where for fault in walk.check(db)]


def test_the_walk_finds_a_changed_hash_and_a_changed_leaf(db: Session) -> None:
    grow(db, 32)
    unguarded(db)
    db.execute(sa.update(LedgerNode).where(LedgerNode.place == 1).values(hash=bytes(32)))
    assert [fault.where for fault in walk.check(db)] == ["level 4, 0 to 1"]
    db.execute(sa.update(LedgerLine).where(LedgerLine.place == 3).values(kind="consent.refused"))
    assert "checkpoint 32" in [fault.where for fault in walk.check(db)]


def test_the_walk_finds_a_cut_end_and_a_lost_checkpoint(db: Session) -> None:
    grow(db, 4)
    grow(db, 2)
    unguarded(db)
    db.execute(sa.delete(LedgerCheckpoint).where(LedgerCheckpoint.size == 6))
    assert [fault.where for fault in walk.check(db)] == ["leaf 4"]
    db.execute(sa.delete(LedgerLine).where(LedgerLine.place >= 3))
    assert "checkpoint 4" in [fault.where for fault in walk.check(db)]


def test_the_walk_finds_a_checkpoint_that_the_log_did_not_sign(db: Session) -> None:
    grow(db, 1)
    unguarded(db)
    db.execute(sa.update(LedgerCheckpoint).values(note="x\n1\nAAAA\n\n— x AAAA\n"))
    assert next(walk.check(db)).what == "the signature is wrong"

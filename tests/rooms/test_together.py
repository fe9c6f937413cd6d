"""What is done for many at once costs no more statements, and keeps every promise of one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.errors import ObjectAbsent
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import KeyDestroyed
from shouyue.privacy.keys.types import Cause
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import SealedDocument, VaultHolding
from shouyue.privacy.vault.types import SELF, Keep, KeepDocument, Reader
from tests.house import House, plain

ANN = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
OWN = Reader(ANN, SELF, Purpose.P13, Basis.LEGAL_DUTY)
SIGNED = Basis.SEPARATE_CONSENT
KEPT = {
    Item.DI_01: Keep(ANN, Item.DI_01, "13800001234", Purpose.P1, Basis.CONTRACT_SELF, "here"),
    Item.DI_05: Keep(ANN, Item.DI_05, "清风徐来", Purpose.P1b, Basis.CONSENT, "here"),
    Item.DI_13: Keep(ANN, Item.DI_13, "张三丰", Purpose.P2, SIGNED, "here"),
    Item.DI_14: Keep(ANN, Item.DI_14, "11010519491231002X", Purpose.P2, SIGNED, "here"),
    Item.DI_18: Keep(ANN, Item.DI_18, "李四光", Purpose.P2, SIGNED, "here"),
}


@contextmanager
def said(house: House, beginning: str = "") -> Iterator[list[str]]:
    """The statements that begin so, as the database hears them."""
    heard: list[str] = []

    def hear(*told: object) -> None:
        if str(told[2]).startswith(beginning):
            heard.append(str(told[2]))

    sa.event.listen(house.store.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(house.store.engine, "before_cursor_execute", hear)


def keep(house: House, papers: int = 0) -> None:
    with house.store.begin() as db:
        grounds.become_party(db, ANN)
        for new in KEPT.values():
            vault.keep(db, new)
        for number in range(papers):
            content = b"page %d" % number
            paper = KeepDocument(ANN, Item.DI_16, content, "image/png", Purpose.P2, SIGNED, "here")
            vault.keep_document(db, paper)


def test_keys_of_many_values_are_fetched_together(house: House) -> None:
    keep(house)
    with house.store.begin() as db, said(house, "SELECT data_key") as heard:
        found = vault.reveal(db, ANN, list(KEPT), OWN)
        assert {item: plain(value) for item, value in found.items()} == {
            item: new.value for item, new in KEPT.items()
        }
    assert len(heard) == 1


def test_a_key_that_this_unit_destroyed_is_not_at_hand_any_more(house: House) -> None:
    keep(house)
    with house.store.begin() as db:
        (mine,) = keys.live(db, ANN, "profile")
        vault.reveal(db, ANN, list(KEPT), OWN)
        vault.shred(db, ANN, "profile")
        with pytest.raises(KeyDestroyed):
            keys.destroy(db, mine, Cause.ERASED)
        assert keys.by_ids(db, [mine.id]) == []
        assert vault.masked(db, ANN, [Item.DI_05]) == {}


def test_the_end_of_a_person_costs_the_same_however_much_is_held(house: House) -> None:
    counts = []
    for papers in (1, 30):
        keep(house, papers)
        with house.store.begin() as db, said(house) as heard:
            vault.shred(db, ANN)
        counts.append(len(heard))
    assert counts[0] == counts[1]
    with house.store.read() as db:
        for table in (VaultHolding, SealedDocument):
            assert db.scalars(sa.select(table)).all() == []
        kinds = [entry.kind for entry in ledger.about(db, ANN, "vault.shredded")]
    assert len(kinds) == 2 * len({"account", "profile", "certification", "administrator", "photo"})


def test_what_is_left_of_very_many_documents_goes_by_a_job_and_opens_for_nobody(
    house: House,
) -> None:
    keep(house, papers=40)
    with house.store.begin() as db:
        names = list(db.scalars(sa.select(SealedDocument.object_name)))
        vault.shred(db, ANN)
        assert db.scalars(sa.select(SealedDocument)).all() == []
    left = [name for name in names if is_there(house, name)]
    assert 0 < len(left) < len(names)
    worker = Worker(house.store, documents.ANSWERS)
    while worker.run_once():
        pass
    assert not any(is_there(house, name) for name in names)


def is_there(house: House, name: str) -> bool:
    try:
        return bool(house.objects.get(name))
    except ObjectAbsent:
        return False


def test_what_a_purpose_holds_is_listed_in_one_statement_and_opens_nothing(house: House) -> None:
    keep(house, papers=2)
    with house.store.begin() as db:
        vault.keep(db, replace(KEPT[Item.DI_13], subject=SubjectId("0" * 26), source="there"))
    with house.store.read() as db, said(house) as heard:
        found = list(vault.held_for(db, Purpose.P2))
    told = sorted((one.subject, one.item, one.source) for one in found)
    mine = (Item.DI_13, Item.DI_14, Item.DI_16, Item.DI_16, Item.DI_18)
    assert told == [("0" * 26, Item.DI_13, "there"), *((ANN, item, "here") for item in mine)]
    assert {(one.purpose, one.basis) for one in found} == {(Purpose.P2, SIGNED)}
    selects = [one for one in heard if "SELECT" in one]
    assert len(selects) == 1
    assert "sealed FROM" not in selects[0]
    assert "sealed," not in selects[0]


def test_objects_of_many_documents_go_with_the_commit(house: House) -> None:
    keep(house, papers=5)
    with house.store.begin() as db:
        names = list(db.scalars(sa.select(SealedDocument.object_name)))
        house.objects.delete(names[2])  # one is gone already
        vault.shred(db, ANN)
        assert house.objects.get(names[0])
    for name in names:
        with pytest.raises(ObjectAbsent):
            house.objects.get(name)


def test_a_mask_that_shows_nothing_opens_nothing(house: House) -> None:
    hidden = Keep(ANN, Item.DI_37, "十分满意", Purpose.P5, Basis.CONSENT, "here")
    with house.store.begin() as db:
        vault.keep(db, hidden)
    with house.store.read() as db, said(house, "SELECT data_key") as heard:
        assert vault.masked(db, ANN, [Item.DI_37]) == {Item.DI_37: "***"}
    assert heard == []


def test_many_facts_are_one_statement_and_each_has_its_receipt(house: House) -> None:
    facts = [Fact("consent.given", ANN, {"purpose": f"P{number}"}) for number in range(9)]
    with house.store.begin() as db, said(house, "INSERT INTO ledger_leaf") as heard:
        leaves = ledger.append_all(db, facts)
        assert len(heard) == 1
        ledger.integrate(db)
        for leaf, fact in zip(leaves, facts, strict=True):
            proved = ledger.verify(ledger.receipt(db, leaf), ledger.verifier(db))
            assert proved.opening is not None
            assert (proved.leaf.id, proved.opening.facts) == (leaf, fact.facts)


def test_of_facts_of_which_one_could_tell_of_a_person_none_is_written(house: House) -> None:
    with house.store.begin() as db:
        told = [Fact("consent.given", ANN, {}), Fact("consent.given", ANN, {"to": "13800000000"})]
        with pytest.raises(NotOpaque):
            ledger.append_all(db, told)
        assert ledger.about(db, ANN) == []
        assert ledger.append_all(db, []) == []


def test_places_are_given_in_one_statement(house: House) -> None:
    with house.store.begin() as db:
        ledger.append_all(db, [Fact("consent.given", ANN, {})] * 30)
        with said(house, "INSERT INTO ledger_line") as heard:
            assert ledger.integrate(db) == 30
        places = [entry.index for entry in ledger.about(db, ANN)]
    assert (len(heard), places) == (1, list(range(30)))


def test_of_keys_of_which_one_is_gone_none_is_destroyed(house: House) -> None:
    keep(house)
    with house.store.begin() as db:
        profile, account = keys.live(db, ANN, "profile"), keys.live(db, ANN, "account")
        vault.shred(db, ANN, "profile")
    with pytest.raises(KeyDestroyed), house.store.begin() as db:
        db.execute(sa.text("DELETE FROM blind_index"))
        db.execute(sa.text("DELETE FROM holding"))
        keys.destroy_all(db, [*account, *profile], Cause.ERASED)
    with house.store.read() as db:
        assert keys.by_ids(db, [key.id for key in account]) == account


def test_a_connection_that_only_read_writes_again(house: House) -> None:
    for _ in range(3):
        with house.store.read() as db, pytest.raises(sa.exc.DBAPIError):
            db.execute(sa.text("DELETE FROM holding"))
        keep(house)

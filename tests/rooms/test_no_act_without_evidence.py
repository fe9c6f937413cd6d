"""INV-02: where the ledger cannot write, nothing is kept, opened or destroyed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep, Reader
from tests.house import House

ANN = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
NICK = Keep(ANN, Item.DI_05, "清风徐来", Purpose.P1b, Basis.CONSENT, "portal.sign-up")
HOUSE = Reader("worker", "system", Purpose.P1b, Basis.CONSENT)


class SinkBrokenError(Exception):
    """The ledger's table takes no row."""


@contextmanager
def broken_sink(house: House) -> Iterator[None]:
    """Let every insert into the ledger fail, on whichever database."""

    def fail(*told: object) -> None:
        if str(told[2]).startswith("INSERT INTO ledger_leaf"):
            raise SinkBrokenError

    sa.event.listen(house.store.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        sa.event.remove(house.store.engine, "before_cursor_execute", fail)


def told(db: ReadSession) -> list[str]:
    return [entry.kind for entry in ledger.about(db, ANN)]


def test_nothing_is_kept_without_evidence(house: House) -> None:
    with broken_sink(house), pytest.raises(SinkBrokenError), house.store.begin() as db:
        vault.keep(db, NICK)
    with house.store.read() as db:
        assert vault.holdings(db, ANN) == []
        assert told(db) == []


def test_a_look_without_evidence_opens_nothing_and_leaves_no_trace(house: House) -> None:
    with house.store.begin() as db:
        vault.keep(db, NICK)
    opened: list[object] = []
    with broken_sink(house), pytest.raises(SinkBrokenError), house.store.begin() as db:
        opened.append(vault.reveal(db, ANN, [Item.DI_05], HOUSE))
    assert opened == []
    with house.store.read() as db:
        assert vault.accesses(db, ANN) == []
        assert told(db) == ["vault.kept"]


def test_a_key_is_not_destroyed_without_evidence(house: House) -> None:
    with house.store.begin() as db:
        vault.keep(db, NICK)
    with broken_sink(house), pytest.raises(SinkBrokenError), house.store.begin() as db:
        vault.shred(db, ANN, "profile")
    with house.store.begin() as db:
        assert vault.reveal(db, ANN, [Item.DI_05], HOUSE)

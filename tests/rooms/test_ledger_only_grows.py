"""INV-53: not even who writes the rows can change or delete what the log holds."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.ledger.types import Fact

WANG = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
OTHER = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAW")


@pytest.fixture
def log(db: Session) -> Session:
    """A log with leaves in line and one that waits, a checkpoint, a node, a signature, a fork."""
    for subject in (*[WANG] * 15, OTHER, OTHER):
        ledger.append(db, Fact("consent.given", subject, {"purpose": "P1"}))
    ledger.integrate(db, 16)
    witnessing.forked(db, "w", 9, 1)
    db.execute(
        sa.text("INSERT INTO ledger_cosignature VALUES (1, 'w', '2026-11-23 02:00:00', 'k', 'l')")
    )
    return db


def refused(db: Session, deed: str) -> bool:
    with pytest.raises(DBAPIError, match="the evidence log only grows"), db.begin_nested():
        db.execute(sa.text(deed))
    return True


@pytest.mark.parametrize(
    "table",
    [
        "ledger_leaf",
        "ledger_line",
        "ledger_node",
        "ledger_checkpoint",
        "ledger_cosignature",
        "ledger_fork",
    ],
)
def test_no_row_of_the_log_can_be_deleted(log: Session, table: str) -> None:
    assert refused(log, f"DELETE FROM {table}")  # noqa: S608 - names of ours
    if log.connection().dialect.name == "postgresql":
        assert refused(log, f"TRUNCATE {table}")


@pytest.mark.parametrize(
    "change",
    [
        *(
            f"{table} SET {change}"
            for table in ("ledger_leaf", "ledger_line")
            for change in (
                "kind = 'consent.refused'",
                "commitment = ''",
                "at = '2020-01-01 00:00:00'",
                "id = 'x'",
                "facts = '{}'",
                f"subject = '{WANG}' WHERE subject <> '{WANG}'",
            )
        ),
        "ledger_line SET place = 7",
        f"ledger_line SET subject = '{OTHER}'",
        "ledger_node SET place = 7",
        "ledger_checkpoint SET note = ''",
        "ledger_cosignature SET line = ''",
        "ledger_fork SET theirs = 1",
    ],
)
def test_no_row_of_the_log_can_be_told_otherwise(log: Session, change: str) -> None:
    assert refused(log, f"UPDATE {change}")


def test_what_was_blinded_stays_blind(log: Session) -> None:
    ledger.blind(log, WANG)
    assert refused(log, f"UPDATE ledger_line SET subject = '{WANG}' WHERE place = 0")  # noqa: S608


def test_a_fork_is_acknowledged_once(log: Session) -> None:
    witnessing.acknowledge(log)
    assert refused(log, "UPDATE ledger_fork SET acknowledged_at = NULL")


def test_a_place_and_blindness_are_still_given(log: Session) -> None:
    witnessing.acknowledge(log)
    ledger.blind(log, OTHER)
    assert ledger.integrate(log) == 3
    assert ledger.about(log, OTHER) == []
    assert len(ledger.about(log, WANG)) == 15


def test_a_leaf_leaves_the_waiting_only_for_its_place_in_line(log: Session) -> None:
    (waits,) = log.scalars(sa.text("SELECT id FROM ledger_leaf WHERE kind = 'consent.given'"))
    other = (
        "INSERT INTO ledger_line (place, at, id, kind, commitment)"
        " SELECT 99, at, id, 'consent.refused', commitment FROM ledger_leaf"
    )
    log.execute(sa.text(f"{other} WHERE id = '{waits}'"))
    assert refused(log, f"DELETE FROM ledger_leaf WHERE id = '{waits}'")  # noqa: S608

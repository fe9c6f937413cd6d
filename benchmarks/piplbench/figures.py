"""What has no peer: how long an end takes, what evidence costs, how large a proof is."""

import time
from dataclasses import dataclass

from benchmarks.piplbench.house import House
from benchmarks.piplbench.measure import median, percentile
from benchmarks.piplbench.records import subject
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep, KeepDocument

ROWS = (10, 100, 1000)
EACH = 50
"""Leaves in one transaction where the ledger is measured."""

_FIRST = 7_000_000
_VALUES = (Item.DI_13, Item.DI_14, Item.DI_15, Item.DI_18, Item.DI_19)
_DOCUMENT = b"\xff\xd8" + b"x" * 2000
_FACT = Fact("consent.given", subject(_FIRST), {"purpose": "P2"})
_PROOFS = 100


@dataclass(frozen=True, slots=True)
class Erasure:
    """The end of one person with so many rows, in milliseconds."""

    rows: int
    times: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """The evidence log: leaves a second, and what a stranger needs to check one."""

    leaves: int
    append_per_s: float
    end_to_end_per_s: float
    proof_bytes: int
    verify_ms: float


def erasures(house: House, times: int, most: int) -> list[Erasure]:
    """Erase people with ever more rows: five values, the rest documents in the object store."""
    found = []
    for size, rows in enumerate(rows for rows in ROWS if rows <= most):
        took = []
        for number in range(times):
            of = subject(_FIRST + size * times + number)
            _fill(house, of, rows)
            start = time.perf_counter()
            with house.store.begin() as db:
                vault.shred(db, of)
            took.append(time.perf_counter() - start)
        found.append(Erasure(rows, times, percentile(took, 0.5), percentile(took, 0.95)))
    house.settle()
    return found


def evidence(house: House, leaves: int) -> Ledger:
    """Append leaves, fifty in each transaction, put them in order, prove and verify some."""
    ids: list[str] = []
    start = time.perf_counter()
    for _ in range(leaves // EACH):
        with house.store.begin() as db:
            ids += ledger.append_all(db, [_FACT] * EACH)
    appended = time.perf_counter() - start
    house.settle()
    both = time.perf_counter() - start
    took, longest = [], 0
    with house.store.read() as db:
        known = ledger.verifier(db)
        proofs = [ledger.proof(db, one) for one in ids[:: max(1, len(ids) // _PROOFS)]]
    for proof in proofs:
        start = time.perf_counter()
        ledger.verify(proof, known)
        took.append(time.perf_counter() - start)
        longest = max(longest, len(proof))
    return Ledger(len(ids), len(ids) / appended, len(ids) / both, longest, median(took))


def _fill(house: House, of: SubjectId, rows: int) -> None:
    with house.store.begin() as db:
        for item in _VALUES:
            vault.keep(db, Keep(of, item, "x" * 100, Purpose.P2, Basis.LEGAL_DUTY, "benchmark"))
        for _ in range(rows - len(_VALUES)):
            paper = KeepDocument(
                of, Item.DI_16, _DOCUMENT, "image/jpeg", Purpose.P2, Basis.LEGAL_DUTY, "benchmark"
            )
            vault.keep_document(db, paper)

"""Leaves a second, end to end, beside a bare table on the same database in the same run.

    python -m benchmarks.ledger.append sqlite:////tmp/ledger.db 20000 50
    python -m benchmarks.ledger.append postgresql+psycopg://user@host/database 20000 50

Arguments: an EMPTY database, which is filled and not cleaned; leaves in all; leaves for each
transaction. Prints one JSON object; times are seconds of wall clock.
"""

import json
import os
import statistics
import sys
import time
from datetime import UTC, datetime

import sqlalchemy as sa

from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.kit.types import Means, SubjectId
from shouyue.ground.store import migrate
from shouyue.ground.store.objects import memory
from shouyue.ground.store.service import Store
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from tests.house import FakeRoot, SeededDice

_BARE = "benchmark_bare"
_PROOFS = 200
_FACT = Fact("consent.given", SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV"), {"purpose": "P1"})


def main(url: str, count: int, each: int) -> dict[str, object]:
    """Return the figures."""
    migrate.upgrade(url)
    now = lambda: datetime.now(UTC)  # noqa: E731 - a measurement takes the real clock
    means = Means(now, lambda: os.urandom(13).hex().upper(), os.urandom)
    store = Store(url, means, KeyRing(FakeRoot(SeededDice()), os.urandom), memory())
    bare = _bare(store, count, each)
    start = time.perf_counter()
    leaves: list[str] = []
    for _ in range(count // each):
        with store.begin() as db:
            leaves += ledger.append_all(db, [_FACT] * each)
    appended = time.perf_counter() - start
    more = 1
    while more:
        with store.begin() as db:
            more = ledger.integrate(db)
    both = time.perf_counter() - start
    with store.read() as db:
        known = ledger.verifier(db)
        proofs = [ledger.proof(db, leaf) for leaf in leaves[:: max(1, count // _PROOFS)]]
    store.close()
    return {
        "database": store.engine.dialect.name,
        "leaves": count,
        "each": each,
        "bare_per_s": round(count / bare),
        "append_per_s": round(count / appended),
        "end_to_end_per_s": round(count / both),
        "ratio": round(bare / both, 3),
        "proof_bytes_most": max(map(len, proofs)),
        "verify_ms_median": round(statistics.median(_verify(one, known) for one in proofs), 3),
    }


def _bare(store: Store, count: int, each: int) -> float:
    """Return the seconds that rows of a leaf's size take without any evidence."""
    table = sa.Table(
        _BARE,
        sa.MetaData(),
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("told", sa.Text),
    )
    table.create(store.engine)
    start = time.perf_counter()
    for _ in range(count // each):
        with store.begin() as db:
            for _ in range(each):
                row = {"id": db.new_id(), "told": "x" * 200}
                db.connection().execute(table.insert(), row)
    return time.perf_counter() - start


def _verify(proof: bytes, known: str) -> float:
    start = time.perf_counter()
    ledger.verify(proof, known)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))) + "\n")

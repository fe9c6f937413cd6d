"""How long a value outlives its time: from the moment its last ground ends until its row is gone.

Values under holds, the one ground whose end can be a minute away; statutes end years later by the
same job. The worker is the house's own, with its schedule and its pause.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from benchmarks.piplbench.house import House, now
from benchmarks.piplbench.measure import percentile
from benchmarks.piplbench.records import BYTES, subject
from shouyue.assembly.answers import SCHEDULE
from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.custody import holds
from shouyue.privacy.custody import jobs as custody_jobs
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import GroundKind, NewHold
from shouyue.privacy.ledger import jobs as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.clearance import prepared

A_SECOND = 10
"""Values whose times end in one second, where they end one after the other."""

SCHEDULED = SCHEDULE[custody_jobs.SWEEP].total_seconds()
"""What the schedule alone would let a value outlive its time."""

_FIRST = 8_000_000
_ITEM = Item.DI_14
_LI, _WANG = "0" * 25 + "A", "0" * 25 + "B"
_TRIED = 5
_SLACK = 4.0
"""How many times as long as the first few people the others may take to prepare."""

_LEFT = sa.text("SELECT subject FROM custody_value")
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Lag:
    """So many values, whose times end within so many seconds; how late they were gone, in ms."""

    values: int
    spread: float
    p50: float
    p99: float
    left: int


def lags(house: House, values: int) -> list[Lag]:
    """Let values outlive their time under the worker, once spread and once all together."""
    with house.store.begin() as db:
        prepared(db, _LI)
        prepared(db, _WANG)
    start = time.perf_counter()
    for number in range(_TRIED):
        _restrict(house, subject(_FIRST - 1 - number), now() + timedelta(days=1))
    each = (time.perf_counter() - start) / _TRIED
    begin = timedelta(seconds=1 + _SLACK * each * values)
    spreads = values / A_SECOND, 0.0
    return [
        _lag(house, _ends(now() + begin, _FIRST + at * values, values, spread), spread)
        for at, spread in enumerate(spreads)
    ]


def _ends(begin: datetime, first: int, values: int, spread: float) -> dict[SubjectId, datetime]:
    step = timedelta(seconds=spread / values)
    return {subject(first + number): begin + step * number for number in range(values)}


def _lag(house: House, ends: dict[SubjectId, datetime], spread: float) -> Lag:
    for of, end in ends.items():
        _restrict(house, of, end)
    with house.store.begin() as db:
        jobs.enqueue(db, custody_jobs.SWEEP)  # the beat that comes round within the hour
    answers = {**custody_jobs.ANSWERS, "ledger.integrate": ledger.integrate}
    schedule = {name: period for name, period in SCHEDULE.items() if name in answers}
    stop = threading.Event()
    worker = threading.Thread(target=Worker(house.store, answers, schedule).run, args=(stop,))
    worker.start()
    try:
        gone = _watch(house, ends)
    finally:
        stop.set()
        house.store.bell.set()
        worker.join()
    late = [(gone[of] - end).total_seconds() for of, end in ends.items() if of in gone]
    left = len(ends) - len(gone)
    return Lag(len(ends), spread, percentile(late, 0.5), percentile(late, 0.99), left)


def _restrict(house: House, of: SubjectId, end: datetime) -> None:
    """Keep a value, hold it until then, and erase it: it is in custody under the hold."""
    with house.store.begin() as db:
        vault.keep(
            db, Keep(of, _ITEM, "x" * BYTES, Purpose.P2, Basis.SEPARATE_CONSENT, "benchmark")
        )
        asked = NewHold(of, GroundKind.HOLD, "2026-HU01-MC-123", (_ITEM,), end)
        holds.confirm(db, holds.ask(db, asked, _LI), _WANG)
        custody.erase(db, of)


def _watch(house: House, ends: dict[SubjectId, datetime]) -> dict[SubjectId, datetime]:
    gone: dict[SubjectId, datetime] = {}
    patient = max(ends.values()) + timedelta(seconds=_PATIENCE)
    with house.store.engine.connect() as link:
        link.execution_options(isolation_level="AUTOCOMMIT")
        while len(gone) < len(ends) and now() < patient:
            left = set(link.execute(_LEFT).scalars())
            at = now()
            gone |= dict.fromkeys(ends.keys() - gone.keys() - left, at)
            time.sleep(0.02)
    return gone

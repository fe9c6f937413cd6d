"""Run PIPLbench and write its results.

    python -m benchmarks.piplbench.run [--records N] [--ops M] [--folder PATH]

By default 100,000 records of 10,000 people and 2,000 operations a workload; 10,000 and 1,000,000
records are the other sizes of the documents.

`SHOUYUE_TEST_PG` names a PostgreSQL server on this machine where it may create databases
(`postgresql+psycopg://user@host/database`). Fails where any answer was wrong.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.piplbench import clients, expiry, figures, measure, report
from benchmarks.piplbench.house import House
from benchmarks.piplbench.plain import Plain
from benchmarks.piplbench.records import ITEMS, population
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import RecipientKind

HERE = Path(__file__).parent
_SEED = 20261123


def results(server: str, records: int, operations: int, command: str = "") -> report.Results:
    """Run everything on this server and return what was found; its databases are removed."""
    model = measure.new_model(_SEED, population(random.Random(_SEED), records))  # noqa: S311
    with ExitStack() as stack:
        stack.enter_context(listed())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [stack.enter_context(database(server, name)) for name in "abcd"]
        sides: list[measure.Side] = [
            Plain(_plain(urls[0]), model.shared, indexed=False),
            Plain(_plain(urls[1]), model.shared, indexed=True),
            House(_full(urls[2]), folder / "bare", model.shared, protected=False),
        ]
        ours = House(_full(urls[3]), folder / "ours", model.shared, protected=True)
        sides.append(ours)
        for side in sides:
            stack.callback(side.close)
        sizes = measure.load(model, sides)
        _say("loaded")
        outcomes = measure.run(model, sides, operations)
        _say("workloads done")
        crowded: list[measure.Side] = [sides[1], ours]
        differing = measure.compare(model, [one for one in sides if one not in crowded])
        crowds = clients.run(model, crowded, operations)
        _say("clients done")
        differing |= measure.compare(model, crowded)
        times = max(3, min(30, operations // 50))
        return report.Results(
            command,
            records,
            _version(urls[0]),
            sizes,
            outcomes,
            differing,
            figures.erasures(ours, times, most=operations * 20),
            figures.evidence(ours, max(figures.EACH, min(20_000, operations * 10))),
            crowds,
            expiry.lags(ours, max(2, min(300, operations // 5))),
        )


@contextmanager
def listed() -> Iterator[None]:
    """Let the published list of recipients name what the workloads share, for as long as they run.

    GDPRbench shares every item for every purpose; the policy in force shares far less.
    """
    before = policy.active()
    rule = before.recipients[RecipientKind.DEVELOPER]
    wider = replace(rule, items=tuple(ITEMS), purposes=tuple(Purpose))
    kinds = {**before.recipients, RecipientKind.DEVELOPER: wider}
    policy.use(replace(before, released={}, recipients=kinds))
    try:
        yield
    finally:
        policy.use(before)


@contextmanager
def database(server: str, name: str) -> Iterator[sa.URL]:
    """Make an empty database and remove it afterwards."""
    own = f"piplbench_{os.getpid()}_{name}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as link:
            link.exec_driver_sql(f'CREATE DATABASE "{own}"')
        yield sa.make_url(server).set(database=own)
    finally:
        with engine.connect() as link:
            link.exec_driver_sql(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        engine.dispose()


def main() -> None:
    """Run, write the page and the picture, and fail where any answer was wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--ops", type=int, default=2_000)
    asked.add_argument("--folder", type=Path, default=HERE)
    given = asked.parse_args()
    command = f"python -m benchmarks.piplbench.run --records {given.records} --ops {given.ops}"
    found = results(os.environ["SHOUYUE_TEST_PG"], given.records, given.ops, command)
    before = (HERE / "before.md").read_text("utf-8")
    (given.folder / "RESULTS.md").write_text(f"{report.page(found)}\n{before}", "utf-8")
    (given.folder / "ratio.svg").write_text(report.picture(found), "utf-8")
    print(report.page(found))
    sys.exit(min(1, found.violations))


def _say(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", file=sys.stderr, flush=True)


def _full(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def _plain(url: sa.URL) -> str:
    return _full(url.set(drivername="postgresql"))


def _version(url: sa.URL) -> str:
    engine = sa.create_engine(url)
    with engine.connect() as link:
        told = str(link.exec_driver_sql("SHOW server_version").scalar_one())
    engine.dispose()
    return told.split(maxsplit=1)[0]


if __name__ == "__main__":
    main()

"""PIPLbench asks the house and PostgreSQL the same questions, and nobody answers wrongly."""

import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from benchmarks.piplbench import measure, report, run
from benchmarks.piplbench.mixes import MIXES
from benchmarks.piplbench.oracle import Op
from benchmarks.piplbench.records import population, purposes

from tests.conftest import missing

if TYPE_CHECKING:
    from benchmarks.piplbench.report import Results


@pytest.fixture(scope="module")
def found() -> "Results":
    """A run of the least size."""
    server = os.environ.get("SHOUYUE_TEST_PG")
    if not server:
        missing("postgres", "SHOUYUE_TEST_PG is not set")
    return run.results(server or "", records=60, operations=12)


def test_no_side_answers_wrongly(found: "Results") -> None:
    assert found.violations == 0
    assert {side for one in found.outcomes for side in one.took} == set(found.differing)
    assert [one.mix for one in found.outcomes] == list(MIXES)


def test_every_workload_was_run_by_whoever_can(found: "Results") -> None:
    for one in found.outcomes:
        for took in one.took.values():
            assert bool(took.each) is took.able


def test_the_page_says_what_was_found(found: "Results") -> None:
    page = report.page(found)
    assert "**Wrong answers: 0.**" in page
    wrong = replace(found, differing={"Shouyue": 3})
    assert "**Wrong answers: 3.**" in report.page(wrong)
    assert report.picture(found).count("<rect") == 1 + len(MIXES)


def test_a_wrong_answer_is_noticed() -> None:
    class Liar:
        """A side that has nothing."""

        name = "Liar"

        def do(self, op: Op) -> None:
            """Say nothing."""

        def settle(self) -> None:
            """Wait for nothing."""

        def servers(self) -> list[int]:
            """Be served by nobody."""
            return []

        def load(self, records: object) -> None:
            """Take nothing in."""

        def content(self) -> dict[tuple[str, str], str]:
            """Hold nothing."""
            return {}

        def size(self) -> int:
            """Take no place."""
            return 0

        def close(self) -> None:
            """End."""

    model = measure.new_model(1, population(random.Random(1), 50))  # noqa: S311
    outcomes = measure.run(model, [Liar()], 20)
    assert sum(one.took["Liar"].violations for one in outcomes)
    assert measure.compare(model, [Liar()])["Liar"] == len(model.records)


def test_people_have_several_purposes() -> None:
    records = population(random.Random(1), 200)  # noqa: S311
    of: dict[str, set[str]] = {}
    for record in records:
        of.setdefault(record.subject, set()).add(record.purpose)
    assert sum(len(one) > 1 for one in of.values()) > len(of) / 2
    assert {record.purpose for record in records} <= set(purposes())

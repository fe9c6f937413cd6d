"""PIPLbench asks the house and PostgreSQL the same questions, and nobody answers wrongly."""

import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from benchmarks.piplbench import clients, measure, report, run
from benchmarks.piplbench.mixes import MIXES
from benchmarks.piplbench.oracle import WHOLE, Op, expect
from benchmarks.piplbench.records import population, purposes
from benchmarks.piplbench.space import Part

from tests.conftest import missing

if TYPE_CHECKING:
    from benchmarks.piplbench.report import Results


@pytest.fixture(scope="module")
def found() -> "Results":
    """A run of the least size."""
    server = os.environ.get("SHOUYUE_TEST_PG")
    if not server:
        missing("postgres", "SHOUYUE_TEST_PG is not set")
    return run.results(server or "", records=160, operations=16)


def test_no_side_answers_wrongly(found: "Results") -> None:
    assert found.violations == 0
    assert {side for one in found.outcomes for side in one.took} == set(found.differing)
    assert [one.mix for one in found.outcomes] == list(MIXES)
    assert {one.clients for one in found.crowds} == set(clients.COUNTS)
    assert all(one.operations for one in found.crowds if one.clients == 1)


def test_values_go_when_their_time_is_over(found: "Results") -> None:
    assert [one.left for one in found.lags] == [0, 0]
    assert all(one.p99 > 0 for one in found.lags)


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

        def parts(self) -> list[Part]:
            """Take no place."""
            return []

        def client(self) -> "Liar":
            """Lie to another one too."""
            return self

        def close(self) -> None:
            """End."""

    model = measure.new_model(1, population(random.Random(1), 200))  # noqa: S311
    outcomes = measure.run(model, [Liar()], 40)
    assert sum(one.took["Liar"].violations for one in outcomes)
    assert sum(one.violations for one in clients.run(model, [Liar()], 40))
    assert measure.compare(model, [Liar()])["Liar"] == len(model.records)


def test_clients_have_people_of_their_own_and_what_they_do_is_done_in_one_world() -> None:
    model = measure.new_model(1, population(random.Random(1), 300))  # noqa: S311
    parts = [model.part(number, 4) for number in range(4)]
    people = [of for part in parts for of in part.people]
    assert sorted(people) == sorted(model.people)
    assert sorted(one for part in parts for one in part.purposes) == sorted(purposes())
    mine = parts[1].people[0]
    gone = expect(parts[1], Op("delete-usr", mine))
    assert gone
    assert model.held(mine) == []
    whole = Op(WHOLE, purpose=purposes()[0])
    told = [key for part in parts for key in dict(expect(part, whole))]  # type: ignore[call-overload]
    assert sorted(told) == sorted(dict(expect(model, whole)))  # type: ignore[call-overload]


def test_people_have_several_purposes() -> None:
    records = population(random.Random(1), 200)  # noqa: S311
    of: dict[str, set[str]] = {}
    for record in records:
        of.setdefault(record.subject, set()).add(record.purpose)
    assert sum(len(one) > 1 for one in of.values()) > len(of) / 2
    assert {record.purpose for record in records} <= set(purposes())

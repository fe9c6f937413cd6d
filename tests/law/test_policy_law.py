"""Laws of the policy: its names are current, its text is whole, its lists cover what is used."""

import ast
from dataclasses import replace

import pytest

from shouyue.privacy.policy import service
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import Control
from tools import clauses_page, policy_enums

WITHOUT_FILE: dict[str, str] = {}
"""Clauses with a control whose tests may stand elsewhere, each with its reason."""


def test_the_names_of_clauses_items_and_purposes_are_current() -> None:
    assert policy_enums.main(["--check"]) == 0


def test_the_policy_has_its_eighty_two_units() -> None:
    assert len(Clause) == 82
    assert set(service.active().clauses) == set(Clause)


def test_the_policy_has_no_faults() -> None:
    assert service.check(service.load()) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_stars_and_no_variables_survive_in_what_people_read(lang: str) -> None:
    page = service.render(lang) + service.short_layer(lang)

    assert "**" not in page
    assert "{{" not in page


def test_the_present_version_is_locked() -> None:
    policy = service.load()

    assert set(policy.released[policy.version.number]) == {"zh", "en"}


def test_every_collected_item_serves_a_purpose_that_a_clause_states() -> None:
    policy = service.active()

    for item in policy.items.values():
        for purpose in item.purposes:
            assert policy.purposes[purpose].clause in policy.clauses


def test_the_table_of_clauses_is_current() -> None:
    assert clauses_page.main(["--check"]) == 0


def test_every_mark_of_a_test_names_a_clause() -> None:
    marks = clauses_page.tests(clauses_page.ROOT / "tests")

    assert marks.keys() - set(Clause) == set()


def test_every_clause_that_has_a_control_has_a_test_file_of_its_own() -> None:
    folder = clauses_page.ROOT / "tests/clauses"
    there = {path.name for path in folder.glob("test_*.py")}
    kept = clauses_page.controls()
    proved = clauses_page.tests(clauses_page.ROOT / "tests")

    lacking = {clause for clause in kept if clauses_page.file_of(clause) not in there}
    assert lacking == set(WITHOUT_FILE)
    for clause in kept.keys() - lacking:
        own = f"tests/clauses/{clauses_page.file_of(clause)}::"
        assert any(test.startswith(own) for test in proved[clause]), clause


def test_what_a_control_lacks_keeps_its_clause_from_being_called_kept() -> None:
    whole = Control((Clause.H,), "does it", "shouyue.x", "do")
    part = replace(whole, lacks="half of it")

    assert clauses_page.status([whole], ["a test"]) == clauses_page.KEPT
    assert clauses_page.status([whole, part], ["a test"]) == clauses_page.PARTLY
    assert clauses_page.status([part], []) == clauses_page.PARTLY
    assert clauses_page.status([], []) == clauses_page.GAP


def test_the_table_says_what_lacks() -> None:
    part = Control((Clause.H,), "Does it.", "shouyue.x", "do", "Half of it.")
    page = clauses_page.page({"H": [part]}, {"H": ["tests/clauses/test_h.py::test_it"]})

    assert "`x.do` Does it. *Lacks:* Half of it." in page
    assert "82 clauses: 0 kept, 0 shut, 1 partly, 81 gaps." in page


def test_marks_are_read_from_tests_classes_and_modules() -> None:
    module = ast.parse(
        'pytestmark = pytest.mark.clause("H")\n'
        '@pytest.mark.clause(Clause.C5_6, "5.7")\n'
        "def test_one(): ...\n"
        '@pytest.mark.clause("7")\n'
        "class TestTwo:\n"
        "    def test_two(self): ...\n"
    )

    assert list(clauses_page.marked(module)) == [
        ("H", "test_one"),
        ("5.6", "test_one"),
        ("5.7", "test_one"),
        ("H", "test_two"),
        ("7", "test_two"),
    ]

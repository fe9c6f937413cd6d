"""Laws of the policy: its names are current, its text is whole, its lists cover what is used."""

import ast

import pytest

from shouyue.privacy.policy import service
from shouyue.privacy.policy.clauses import Clause
from tools import clauses_page, policy_enums


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

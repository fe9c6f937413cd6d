"""Every refusal of the house has a row in the doors' table, and every row a refusal."""

import importlib
import pkgutil
import string

import shouyue
from shouyue.doors.web import refusals
from shouyue.ground.kit.errors import Refusal


def every_refusal() -> dict[str, list[type[Refusal]]]:
    """All subclasses in the package, by code."""
    for module in pkgutil.walk_packages(shouyue.__path__, "shouyue."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    found: dict[str, list[type[Refusal]]] = {}
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("shouyue.") and "code" in vars(kind):
            found.setdefault(kind.code, []).append(kind)
    return found


def test_every_refusal_has_a_status() -> None:
    assert sorted(every_refusal().keys() - refusals.STATUS.keys()) == []


def test_every_status_belongs_to_a_refusal() -> None:
    assert sorted(refusals.STATUS.keys() - every_refusal().keys()) == []


def test_no_two_refusals_share_a_code() -> None:
    assert {code: kinds for code, kinds in every_refusal().items() if len(kinds) > 1} == {}


def test_every_status_is_an_error_of_http() -> None:
    assert all(400 <= status < 600 for status in refusals.STATUS.values())


def test_both_sentences_of_a_refusal_name_the_same_facts() -> None:
    def facts(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for kinds in every_refusal().values():
        assert facts(kinds[0].zh) == facts(kinds[0].en), kinds[0]

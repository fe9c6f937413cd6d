"""No alarm without a name: every kind that the house raises is called something on the console."""

import ast
from pathlib import Path

from shouyue.doors.console.alarm_words import KINDS, REASONS, STATES
from shouyue.people.alarms import rules
from shouyue.people.alarms.types import AlarmState, CloseReason

SRC = Path(__file__).parents[2] / "src/shouyue"


def raised() -> set[str]:
    """Kinds that stand as a constant beside the key `kind` in a call that raises an alarm."""
    found = set()
    for path in SRC.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or "alarm" not in ast.unparse(call):
                continue
            for given in (node for node in ast.walk(call) if isinstance(node, ast.Dict)):
                found |= {
                    str(value.value)
                    for key, value in zip(given.keys, given.values, strict=True)
                    if isinstance(key, ast.Constant)
                    and key.value == "kind"
                    and isinstance(value, ast.Constant)
                }
    return found


def test_every_alarm_that_the_house_raises_has_a_name_on_the_console() -> None:
    # A new kind is one line in shouyue/doors/console/alarm_words.py.
    assert sorted(raised() - KINDS.keys()) == []


def test_every_name_is_of_a_fit_kind_in_both_languages() -> None:
    for kind, (zh, en) in KINDS.items():
        assert rules.kind(kind) == kind
        assert zh
        assert en.isascii()


def test_every_state_and_reason_has_a_word() -> None:
    assert STATES.keys() == set(AlarmState)
    assert REASONS.keys() == set(CloseReason)

"""What differs between two editions, and what the difference makes of the change. Pure.

Both sides are the values of `policy.plain`, as the digest is taken of them. A human cannot call
a change smaller than it is (8.2).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose

Values = Mapping[str, Any]

_CONTROL = ("operator", "credit_code")
_CONTACTS = ("operator_address", "privacy_email", "support_email", "phone", "officer")
_OF_ITEM = ("kind", "purposes", "bases", "collected")
_OF_PURPOSE = ("bases", "refusable")
_OF_RECIPIENT = ("bases", "purposes", "items", "method")


@control(
    Clause.C8_2_a,
    says="Purposes, items and methods that differ from the edition before make a change major.",
    lacks="A new form of service (client, mini-program) or service model is not read off a list.",
)
@control(
    Clause.C8_2_b,
    says="Another operator in the text makes a change major.",
    lacks="A change of ownership behind the same operator is seen by nobody but the operator.",
)
@control(
    Clause.C8_2_c,
    says="A kind of recipient, or an item for one, that was not there makes a change major.",
    lacks="A new recipient of a kind that is listed already is no edition of its own.",
)
@control(
    Clause.C8_2_d,
    says="Rights that differ in any clause make a change major; fewer are refused altogether.",
)
@control(
    Clause.C8_2_e,
    says="Another officer, address, mailbox or phone makes a change major.",
    lacks="Whether the old channels are forwarded for 90 days is for the operator to show.",
)
def major(before: Values, after: Values) -> tuple[Clause, ...]:
    """Return the clauses of 8.2 by which the change is a major one; none for a smaller one."""
    found = (
        (Clause.C8_2_a, bool(changed_purposes(before, after)) or _kinds_differ(before, after)),
        (Clause.C8_2_b, _operator_differs(before, after, _CONTROL)),
        (Clause.C8_2_c, _recipients_grew(before, after)),
        (Clause.C8_2_d, _rights(before) != _rights(after)),
        (Clause.C8_2_e, _operator_differs(before, after, _CONTACTS)),
    )
    return tuple(clause for clause, so in found if so)


def fewer_rights(before: Values, after: Values) -> bool:
    """Tell whether a clause names a right no longer, or a clause that names one is gone."""
    now = _rights(after)
    return any(rights - now.get(clause, frozenset()) for clause, rights in _rights(before).items())


def changed_purposes(before: Values, after: Values) -> frozenset[Purpose]:
    """Return the purposes to which an earlier yes does not reach any more (8.1, PIPL 14).

    A purpose changes with its grounds, with the items that serve it, and with the kinds of
    recipient that get data for it, or how they get it.
    """
    old, new = _of_purposes(before), _of_purposes(after)
    return frozenset(purpose for purpose in Purpose if old.get(purpose) != new.get(purpose))


def changed_clauses(before: Values, after: Values) -> tuple[str, ...]:
    """Return the clauses whose title or words differ, in the order of the later edition."""
    old = {one["id"]: (one["title"], one["text"]) for one in before["clauses"]}
    new = {one["id"]: (one["title"], one["text"]) for one in after["clauses"]}
    gone = [clause for clause in old if clause not in new]
    return tuple([clause for clause in new if old.get(clause) != new[clause]] + gone)


def _of_purposes(values: Values) -> dict[str, object]:
    return {
        one["id"]: (
            _picked(one, _OF_PURPOSE),
            sorted(item["id"] for item in values["items"] if one["id"] in item["purposes"]),
            [
                (to["id"], _picked(to, _OF_RECIPIENT))
                for to in values["recipients"]
                if one["id"] in to["purposes"]
            ],
        )
        for one in values["purposes"]
    }


def _kinds_differ(before: Values, after: Values) -> bool:
    old = {one["id"]: _picked(one, _OF_ITEM) for one in before["items"]}
    return old != {one["id"]: _picked(one, _OF_ITEM) for one in after["items"]}


def _operator_differs(before: Values, after: Values, names: Iterable[str]) -> bool:
    old, new = before["operator"], after["operator"]
    return any(old.get(name) != new.get(name) for name in names)


def _recipients_grew(before: Values, after: Values) -> bool:
    old = {one["id"]: set(one["items"]) for one in before["recipients"]}
    return any(not set(one["items"]) <= old.get(one["id"], set()) for one in after["recipients"])


def _rights(values: Values) -> dict[str, frozenset[str]]:
    return {one["id"]: frozenset(one["rights"]) for one in values["clauses"] if one["rights"]}


def _picked(values: Values, names: Iterable[str]) -> list[object]:
    return [values[name] for name in names]

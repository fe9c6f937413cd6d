"""The workloads: which operations in what proportion, and how each is drawn.

`paper` is the mix that the paper prints, `shipped` the one in GDPRbench's own files at its head
(the regulator's from an earlier fork; the head has none). An update and a read of metadata by
purpose concern the whole purpose, whoever it is about. Three repairs are ours. A deletion by
purpose, time or person concerns one person: drawn over everybody, a few hundred of them empty the
table and the rest measures nothing. What the paper reads by purpose is read without its data: no
verb of the house opens a purpose for anybody. A customer's change of metadata is an objection.

`queue` is what a house does all day: one person's metadata, a queue of twenty people. Nothing is
judged by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.piplbench.oracle import Model, Op
from benchmarks.piplbench.records import (
    ITEMS,
    RECIPIENTS,
    SOURCES,
    Record,
    minor,
    purposes,
    subject,
)
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

QUEUE = 20
"""People whose records a processor asks for one after the other."""

CONSENTING = 200
"""People who are asked in the workload of a changed policy."""

MINORS = 40
"""Children under fourteen in the workload of guardians, whom staff look at by approval alone."""

MEMBERS = 8
"""Members of staff who look at them: a day's budget of one is 45 people and 400 looks."""

_FIRST_CONSENTING, _FIRST_MINOR = 9_000_000, 9_900_000
_MANY = 10**9


@dataclass(frozen=True, slots=True)
class Mix:
    """A workload: its name, whether it was printed or shipped, and shares by operation."""

    name: str
    source: str
    zipf: bool
    shares: Mapping[str, float]

    def draw(self, model: Model, count: int) -> list[str]:
        """Return the verbs of a run."""
        return model.dice.choices(list(self.shares), weights=list(self.shares.values()), k=count)


_THIRD = 1 / 3
_CONTROLLER_PAPER = {
    "create": 0.25,
    **{f"delete-{by}": 0.25 * _THIRD for by in ("pur", "ttl", "usr")},
    **{f"update-meta-{by}": 0.5 * _THIRD for by in ("pur", "usr", "shr")},
}
_CONTROLLER_SHIPPED = dict.fromkeys(("create", "delete-key", "update-meta-pur"), 0.25)
_CUSTOMER_PAPER = ("read-usr", "read-meta-key", "update-key", "update-meta-usr", "delete-key")
_CUSTOMER_SHIPPED = {
    "read-usr": 0.2,
    "read-meta-pur": 0.1,
    "read-meta-usr": 0.1,
    "update-key": 0.2,
    "update-meta-pur": 0.1,
    "update-meta-usr": 0.1,
    "delete-key": 0.2,
}
_CUSTOMER_QUEUE = {
    "read-usr": 0.2,
    "read-meta-key": 0.1,
    "read-meta-usr": 0.1,
    "update-key": 0.2,
    "update-meta-usr": 0.2,
    "delete-key": 0.2,
}
_PROCESSOR_SHIPPED = {"read-key": 0.2, "read-meta-pur": 0.4, "read-meta-usr": 0.4}
_PROCESSOR_QUEUE = {"read-key": 0.4, "read-queue": 0.2, "read-meta-queue": 0.2}
_REGULATOR_PAPER = {"read-meta-usr": 0.46, "get-logs": 0.31, "verify-deletion": 0.23}

MIXES = (
    Mix("controller", "paper", zipf=False, shares=_CONTROLLER_PAPER),
    Mix(
        "controller", "shipped", zipf=False, shares={**_CONTROLLER_SHIPPED, "update-meta-usr": 0.25}
    ),
    Mix("customer", "paper", zipf=True, shares=dict.fromkeys(_CUSTOMER_PAPER, 0.2)),
    Mix("customer", "shipped", zipf=True, shares=_CUSTOMER_SHIPPED),
    Mix("processor", "paper", zipf=True, shares={"read-key": 0.8, "read-meta-pur": 0.2}),
    Mix("processor", "shipped", zipf=False, shares=_PROCESSOR_SHIPPED),
    Mix("regulator", "paper", zipf=True, shares=_REGULATOR_PAPER),
    Mix("regulator", "shipped", zipf=True, shares={"read-meta-usr": 0.5, "get-logs": 0.5}),
    Mix("customer", "queue", zipf=True, shares=_CUSTOMER_QUEUE),
    Mix("processor", "queue", zipf=True, shares={**_PROCESSOR_QUEUE, "read-meta-usr": 0.2}),
    Mix("recipient", "ours", zipf=True, shares={"grant": 0.3, "release": 0.5, "revoke": 0.2}),
    Mix(
        "guardian",
        "ours",
        zipf=False,
        shares={"enrol": 0.1, "approve": 0.25, "look": 0.5, "give-back": 0.15},
    ),
    Mix(
        "incident",
        "ours",
        zipf=True,
        shares={"grant": 0.1, "release": 0.6, "lose": 0.02, "reached": 0.28},
    ),
    Mix(
        "policy-change",
        "ours",
        zipf=False,
        shares={"gate": 0.5, "agree": 0.38, "withdraw": 0.1, "publish": 0.02},
    ),
)


def make(model: Model, mix: Mix, verb: str) -> Op | None:
    """Return an operation of this verb that makes sense now, or None where nobody is left."""
    return _MAKERS[verb](model, mix, verb)


def _create(model: Model, mix: Mix, verb: str) -> Op | None:
    of = model.somebody(zipf=mix.zipf)
    record = model.fresh(of)
    return None if record is None else _written(model, verb, record)


def _of_record(model: Model, mix: Mix, verb: str) -> Op | None:
    of = model.somebody(zipf=mix.zipf)
    held = model.held(of)
    if not held:
        return None
    chosen = model.dice.choice(held)
    if verb == "update-key":
        return _written(model, verb, model.rewritten(chosen))
    return Op(verb, of, chosen.item, chosen.purpose, chosen.basis, word=chosen.keeping)


def _written(model: Model, verb: str, record: Record) -> Op:
    # A table that carries its metadata must be told them with each row.
    number = model.shared[record.purpose]
    stopped = number in model.stopped
    told = record.subject, record.item, record.purpose, record.basis, record
    return Op(verb, *told, number=number, on=stopped)


def _of_key(model: Model, mix: Mix, verb: str) -> Op | None:
    # One key in ten is not there: an answer that says so counts too.
    of, item = model.somebody(zipf=mix.zipf), model.dice.choice(ITEMS)
    if (of, item) not in model.records and model.dice.random() < 0.1:  # noqa: PLR2004 - see above
        return Op(verb, of, item)
    return _of_record(model, mix, verb)


def _objection(model: Model, mix: Mix, verb: str) -> Op | None:
    of = model.somebody(zipf=mix.zipf)
    # Nobody objects to being answered about what is held.
    chosen = model.dice.choice([one for one in purposes() if one is not Purpose.P13])
    return Op(verb, of, purpose=chosen, on=(of, chosen) in model.objections)


def _shared(model: Model, _mix: Mix, verb: str) -> Op | None:
    active = sorted(set(range(RECIPIENTS)) - model.stopped)
    if not active:
        return None
    return Op(verb, purpose=model.dice.choice(model.purposes), number=model.dice.choice(active))


def _standing(model: Model, _mix: Mix, verb: str) -> Op | None:
    number = model.dice.randrange(RECIPIENTS)
    return Op(verb, number=number, on=number in model.stopped)


def _whole(model: Model, _mix: Mix, verb: str) -> Op | None:
    return Op(verb, purpose=model.dice.choice(purposes()))


def _queue(model: Model, mix: Mix, verb: str) -> Op | None:
    people = sorted({model.somebody(zipf=mix.zipf) for _ in range(QUEUE)})
    return Op(verb, people=tuple(people), purpose=model.dice.choice(purposes()))


def _deletion(model: Model, mix: Mix, verb: str) -> Op | None:
    if model.gone and model.dice.random() < 0.5:  # noqa: PLR2004 - a yes and a no alike
        of, item = model.dice.choice(model.gone)
        return Op(verb, of, item)
    return _of_record(model, mix, verb)


def _grant(model: Model, mix: Mix, verb: str) -> Op | None:
    return Op(verb, model.somebody(zipf=mix.zipf), number=_grantee(model))


def _release(model: Model, mix: Mix, verb: str) -> Op | None:
    of = model.somebody(zipf=mix.zipf)
    if model.grants and model.dice.random() < 0.8:  # noqa: PLR2004 - most calls are in order
        of = model.dice.choice(sorted(model.grants))
        return Op(verb, of, number=model.grants[of], word=_word(model))
    return Op(verb, of, number=_grantee(model), word=_word(model))


def _minor(model: Model, _mix: Mix, verb: str) -> Op | None:
    of, number = (
        subject(_FIRST_MINOR + model.dice.randrange(MINORS)),
        model.dice.randrange(MEMBERS),
    )
    # Whoever is not known yet is told of first: there is nothing to approve or to look at.
    if verb == "enrol" or (of, Item.DI_62) not in model.records:
        record = minor(model.dice, of)
        return Op("enrol", of, record.item, record.purpose, record.basis, record)
    is_allowed = (of, number) in model.allowed
    if verb in {"approve", "give-back"} and is_allowed is (verb == "approve"):
        return None
    # Most looks are in order, and of the others each is refused.
    if verb == "look" and model.allowed and model.dice.random() < 0.8:  # noqa: PLR2004 - see above
        of, number = model.dice.choice(sorted(model.allowed))
    return Op(verb, of, Item.DI_62, Purpose.P14, Basis.GUARDIAN, number=number)


def _lost(model: Model, _mix: Mix, verb: str) -> Op | None:
    return Op(verb, number=_grantee(model))


def _consent(model: Model, _mix: Mix, verb: str) -> Op | None:
    of = subject(_FIRST_CONSENTING + model.dice.randrange(CONSENTING))
    if verb == "agree" and model.said.get(of) == "GIVEN":
        return None
    return Op(verb, of, purpose=Purpose.P5, number=model.dice.randrange(_MANY))


def _grantee(model: Model) -> int:
    # People let in others than those who are provided for by purpose, and suspended at times.
    return RECIPIENTS + model.dice.randrange(RECIPIENTS)


def _word(model: Model) -> str:
    return f"call-{model.dice.choice(SOURCES)}"


_MAKERS: dict[str, Callable[[Model, Mix, str], Op | None]] = {
    "create": _create,
    "update-key": _of_record,
    **dict.fromkeys(("delete-key", "delete-pur", "delete-ttl", "delete-usr"), _of_record),
    "update-meta-usr": _objection,
    "update-meta-pur": _shared,
    "update-meta-shr": _standing,
    **dict.fromkeys(("read-key", "read-meta-key"), _of_key),
    **dict.fromkeys(("read-usr", "read-meta-usr", "get-logs"), _of_record),
    "read-meta-pur": _whole,
    **dict.fromkeys(("read-queue", "read-meta-queue"), _queue),
    "verify-deletion": _deletion,
    "grant": _grant,
    "revoke": _grant,
    "release": _release,
    **dict.fromkeys(("enrol", "approve", "give-back", "look"), _minor),
    **dict.fromkeys(("lose", "reached"), _lost),
    **dict.fromkeys(("agree", "withdraw", "gate", "publish"), _consent),
}

"""The oracle: what every answer must be, from a model in memory that no database has touched."""

import bisect
import copy
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import accumulate

from benchmarks.piplbench.records import ITEMS, RECIPIENTS, Key, Record, draw, purposes, value
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

Answer = object
"""Plain values that compare: dicts, tuples, numbers, words."""

OFF = "off"
"""The answer to a read that a person's objection stops."""

WHOLE = "read-meta-pur"
"""The operation whose answer tells of everybody."""

NOBODY = SubjectId("")
_ZIPF = 0.99


@dataclass(frozen=True, slots=True)
class Op:
    """One operation: a verb and what it is about. `record` is what is created or rewritten."""

    verb: str
    subject: SubjectId = NOBODY
    item: Item = Item.DI_01
    purpose: Purpose = Purpose.P1
    basis: Basis = Basis.LEGAL_DUTY
    record: Record | None = None
    number: int = 0
    on: bool = False
    word: str = ""
    people: tuple[SubjectId, ...] = ()


@dataclass(slots=True)
class Model:
    """The world as it must be. `shared` is the recipient of each purpose, by number.

    `purposes` are those that this model's operations may share anew, `people` whom they concern.
    """

    dice: random.Random
    records: dict[Key, Record]
    by_subject: dict[SubjectId, dict[Item, Record]] = field(default_factory=dict)
    by_purpose: dict[Purpose, set[Key]] = field(default_factory=dict)
    shared: dict[Purpose, int] = field(default_factory=dict)
    stopped: set[int] = field(default_factory=set)
    objections: set[tuple[SubjectId, Purpose]] = field(default_factory=set)
    gone: list[Key] = field(default_factory=list)
    logged: Counter[tuple[SubjectId, str]] = field(default_factory=Counter)
    erased: set[SubjectId] = field(default_factory=set)
    grants: dict[SubjectId, int] = field(default_factory=dict)
    reached: dict[int, set[SubjectId]] = field(default_factory=dict)
    allowed: set[tuple[SubjectId, int]] = field(default_factory=set)
    said: dict[SubjectId, str] = field(default_factory=dict)
    people: list[SubjectId] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    own: frozenset[SubjectId] = frozenset()
    _weights: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Take the loaded records in."""
        for record in self.records.values():
            self._index(record)
            self.logged[record.subject, "kept"] += 1
        people = sorted(self.by_subject)
        self.dice.shuffle(people)
        self.populate(people)
        self.purposes = purposes()
        self.shared = {purpose: self.dice.randrange(RECIPIENTS) for purpose in purposes()}

    def part(self, number: int, of: int) -> "Model":
        """Return the same world with a share of its people and purposes, which no other part has.

        What its operations do is done in the whole world.
        """
        mine = copy.copy(self)
        mine.populate(self.people[number::of])
        mine.purposes = self.purposes[number::of]
        mine.own = frozenset(mine.people)
        return mine

    def populate(self, people: list[SubjectId]) -> None:
        """Let operations concern these people, the first ones most often where told so."""
        self.people = people
        self._weights = list(accumulate(1 / (at + 1) ** _ZIPF for at in range(len(people))))

    def _index(self, record: Record) -> None:
        self.by_subject.setdefault(record.subject, {})[record.item] = record
        self.by_purpose.setdefault(record.purpose, set()).add((record.subject, record.item))

    def somebody(self, *, zipf: bool) -> SubjectId:
        """Draw a person, some far more often than others if told."""
        if not zipf:
            return self.dice.choice(self.people)
        at = bisect.bisect(self._weights, self.dice.random() * self._weights[-1])
        return self.people[min(at, len(self.people) - 1)]

    def held(self, of: SubjectId) -> list[Record]:
        """Return the person's records by item."""
        return [record for _, record in sorted(self.by_subject.get(of, {}).items())]

    def put(self, record: Record) -> None:
        """Hold a record in place of the earlier one of its key."""
        self.records[record.subject, record.item] = record
        self._index(record)
        self.logged[record.subject, "kept"] += 1

    def drop(self, chosen: Iterable[Record], how: str) -> int:
        """Let records go and return how many."""
        gone = list(chosen)
        for record in gone:
            del self.records[record.subject, record.item]
            del self.by_subject[record.subject][record.item]
            self.by_purpose[record.purpose].discard((record.subject, record.item))
            self.gone.append((record.subject, record.item))
            self.erased.add(record.subject)
            if how == "forgotten":
                self.logged[record.subject, "forgotten"] += 1
        return len(gone)

    def fresh(self, of: SubjectId) -> Record | None:
        """Return a record for an item that the person has not, or nothing."""
        free = [item for item in ITEMS if item not in self.by_subject.get(of, {})]
        return self.as_objected(draw(self.dice, of, self.dice.choice(free))) if free else None

    def as_objected(self, record: Record) -> Record:
        """Return the record as the person's objections make it."""
        return replace(record, objected=(record.subject, record.purpose) in self.objections)

    def rewritten(self, record: Record) -> Record:
        """Return the record with other data."""
        return replace(record, data=value(self.dice))


def expect(model: Model, op: Op) -> Answer:
    """Do the operation in the model and return the only right answer."""
    return _VERBS[op.verb](model, op)


def _create(model: Model, op: Op) -> Answer:
    if op.record is None:
        raise ValueError(op.verb)
    model.put(op.record)
    return None


def _delete(model: Model, op: Op) -> Answer:
    held = model.held(op.subject)
    match op.verb:
        case "delete-key":
            return model.drop([one for one in held if one.item == op.item], "forgotten")
        case "delete-pur":
            return model.drop([one for one in held if one.purpose == op.purpose], "forgotten")
        case "delete-ttl":
            return model.drop([one for one in held if one.keeping == op.word], "shredded")
        case _:
            for one in [one for one in model.objections if one[0] == op.subject]:
                model.objections.discard(one)
            return model.drop(held, "shredded")


def _object(model: Model, op: Op) -> Answer:
    switch = model.objections.discard if op.on else model.objections.add
    switch((op.subject, op.purpose))
    for record in model.held(op.subject):
        changed = model.as_objected(record)
        model.records[op.subject, record.item] = changed
        model.by_subject[op.subject][record.item] = changed
    return None


def _share(model: Model, op: Op) -> Answer:
    model.shared[op.purpose] = op.number
    return None


def _standing(model: Model, op: Op) -> Answer:
    switch = model.stopped.discard if op.on else model.stopped.add
    switch(op.number)
    return None


def _read_key(model: Model, op: Op) -> Answer:
    record = model.records.get((op.subject, op.item))
    if record is None:
        return None
    return record.data if record.readable else OFF


def _read_usr(model: Model, op: Op) -> Answer:
    return {record.item.value: record.data for record in model.held(op.subject)}


def _read_queue(model: Model, op: Op) -> Answer:
    return {
        (of, record.item.value): record.data
        for of in op.people
        for record in model.held(of)
        if record.purpose == op.purpose and record.readable
    }


def concerns(own: Collection[SubjectId], key: tuple[str, str]) -> bool:
    """Tell whether an answer about everybody is about these people there; of nobody, about all."""
    return not own or key[0] in own


def metadata(records: Collection[Record]) -> Answer:
    """Return what is told of records without their data."""
    return {
        (one.subject, one.item.value): (one.purpose.value, one.basis.value, one.source)
        for one in records
    }


def _meta(model: Model, op: Op) -> Answer:
    if op.verb == WHOLE:
        keys = model.by_purpose.get(op.purpose, set())
        return metadata([model.records[key] for key in keys if concerns(model.own, key)])
    people = op.people or (op.subject,)
    held = [record for of in people for record in model.held(of)]
    if op.verb == "read-meta-key":
        held = [record for record in held if record.item == op.item]
    if op.verb == "read-meta-queue":
        held = [record for record in held if record.purpose == op.purpose]
    return metadata(held)


def _logs(model: Model, op: Op) -> Answer:
    return tuple(model.logged[op.subject, kind] for kind in ("kept", "forgotten"))


def _deleted(model: Model, op: Op) -> Answer:
    return (op.subject, op.item) not in model.records and op.subject in model.erased


def _grant(model: Model, op: Op) -> Answer:
    model.grants[op.subject] = op.number
    return None


def _revoke(model: Model, op: Op) -> Answer:
    return int(model.grants.pop(op.subject, None) is not None)


def _release(model: Model, op: Op) -> Answer:
    is_let_in = model.grants.get(op.subject) == op.number
    if is_let_in:
        model.reached.setdefault(op.number, set()).add(op.subject)
    return is_let_in


def _lose(model: Model, _op: Op) -> Answer:
    model.reached = {}
    return None


def _reached(model: Model, op: Op) -> Answer:
    return {of: sorted(ITEMS[:2]) for of in model.reached.get(op.number, ())}


def _approve(model: Model, op: Op) -> Answer:
    model.allowed.add((op.subject, op.number))
    return None


def _give_back(model: Model, op: Op) -> Answer:
    model.allowed.remove((op.subject, op.number))
    return None


def _look(model: Model, op: Op) -> Answer:
    if (op.subject, op.number) not in model.allowed:
        return OFF
    return model.records[op.subject, op.item].data


def _agree(model: Model, op: Op) -> Answer:
    model.said[op.subject] = "GIVEN"
    return None


def _withdraw(model: Model, op: Op) -> Answer:
    was = model.said.get(op.subject)
    if was in {"GIVEN", "STALE"}:
        model.said[op.subject] = "WITHDRAWN"
    return was in {"GIVEN", "STALE"}


def _gate(model: Model, op: Op) -> Answer:
    return model.said.get(op.subject, "NONE") == "GIVEN"


def _publish(model: Model, _op: Op) -> Answer:
    given = [of for of, word in model.said.items() if word == "GIVEN"]
    model.said |= dict.fromkeys(given, "STALE")
    return len(given)


_VERBS: dict[str, Callable[[Model, Op], Answer]] = {
    "create": _create,
    "update-key": _create,
    "delete-key": _delete,
    "delete-pur": _delete,
    "delete-ttl": _delete,
    "delete-usr": _delete,
    "update-meta-usr": _object,
    "update-meta-pur": _share,
    "update-meta-shr": _standing,
    "read-key": _read_key,
    "read-usr": _read_usr,
    "read-queue": _read_queue,
    "read-meta-key": _meta,
    "read-meta-pur": _meta,
    "read-meta-queue": _meta,
    "read-meta-usr": _meta,
    "get-logs": _logs,
    "verify-deletion": _deleted,
    "grant": _grant,
    "revoke": _revoke,
    "release": _release,
    "enrol": _create,
    "approve": _approve,
    "give-back": _give_back,
    "look": _look,
    "lose": _lose,
    "reached": _reached,
    "agree": _agree,
    "withdraw": _withdraw,
    "gate": _gate,
    "publish": _publish,
}

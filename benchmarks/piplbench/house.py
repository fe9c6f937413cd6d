"""The house: the real rooms in real units of work, and the same code with its protection taken off.

Every value is sealed under its person's key, every act leaves a leaf in the same transaction, every
look is written down first. A unit of work is one operation. The evidence is integrated and signed
between the windows, on this side's time.
"""

import copy
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from pathlib import Path
from unittest import mock

import sqlalchemy as sa

from benchmarks.piplbench.desk import Desk, opened
from benchmarks.piplbench.oracle import OFF, WHOLE, Answer, Op
from benchmarks.piplbench.records import ITEMS, RECIPIENTS, Record
from benchmarks.piplbench.space import PARTS, Part
from benchmarks.piplbench.unprotected import unprotected
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.kit.ids import maker
from shouyue.ground.kit.types import Means, SubjectId
from shouyue.ground.store import migrate, objects
from shouyue.ground.store.journal import Journal
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.consent import offers, renditions
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.errors import NotGiven
from shouyue.privacy.consent.types import Control
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import opening
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, RecipientKind
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import NewProvision, NewRecipient, Release, Standing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed, NotHeld
from shouyue.privacy.vault.types import SELF, SYSTEM, Held, Keep, Reader
from tests.house import FakeRoot, SeededDice

_ERASED = ("vault.forgotten", "vault.shredded")
_AT_ONCE = 50
"""People in a unit of work where nothing is measured."""

_LOADERS = os.cpu_count() or 1
_FORK = multiprocessing.get_context("fork")
BEAT = 2.0
"""Seconds between two times that a worker puts the evidence in order."""

_YEAR = timedelta(days=365)
Share = Mapping[Purpose, int]


def now() -> datetime:
    """The time of the world."""
    return datetime.now(UTC)


class House:
    """The rooms of the house on a database of its own."""

    def __init__(self, address: str, folder: Path, shared: Share, *, protected: bool) -> None:
        """Open it on an empty database; `shared` is the recipient of each purpose."""
        self.name = "Shouyue" if protected else "Shouyue, unprotected"
        self._protected = protected
        self._version = 1
        migrate.upgrade(address)
        folder.mkdir(parents=True)
        ring = KeyRing(FakeRoot(SeededDice()), os.urandom)
        journal = Journal(folder / "journal")
        self._rest = ring, objects.folder(folder / "objects"), journal
        self._address = address
        self.store = self._open()
        with self.store.begin() as db:
            journal.found(db.new_id(), db.clock().isoformat())
            opening.greet(db)
            self._recipients = [_recipient(db, number) for number in range(2 * RECIPIENTS)]
            self.desk = Desk(db, self._recipients)
        self._grants: dict[SubjectId, tuple[int, str]] = {}
        with self._own(), self.store.begin() as db:
            for purpose, number in shared.items():
                _provide(db, self._recipients[number], purpose, None, f"purpose-{purpose}")

    def load(self, records: Iterable[Record]) -> None:
        """Keep every record by as many processes as there are cores, and order the evidence."""
        people = [list(theirs) for _, theirs in groupby(records, key=lambda one: one.subject)]
        parts = [people[number::_LOADERS] for number in range(_LOADERS)]
        loaders = [_FORK.Process(target=self._load, args=(part,)) for part in parts]
        for one in loaders:
            one.start()
        while any(one.is_alive() for one in loaders):
            loaders[0].join(BEAT)
            self.settle()
        for one in loaders:
            one.join()
            if one.exitcode:
                raise ChildProcessError(one.exitcode)
        self.settle()
        with self.store.engine.connect() as link:
            link.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("VACUUM ANALYZE"))

    def client(self) -> "House":
        """Return the same with connections of its own, for another process."""
        mine = copy.copy(self)
        mine.store = self._open()
        return mine

    def _open(self) -> Store:
        return Store(self._address, Means(now, maker(now, os.urandom), os.urandom), *self._rest)

    def _load(self, people: Sequence[Sequence[Record]]) -> None:
        mine = self.client()
        with self._own():
            for first in range(0, len(people), _AT_ONCE):
                with mine.store.begin() as db:
                    for record in chain.from_iterable(people[first : first + _AT_ONCE]):
                        _keep(db, record)
        mine.close()

    def do(self, op: Op) -> Answer:
        """Do one operation in a unit of work; one that only looks cannot write."""
        with self._own():
            if op.verb in _LOOKS:
                with self.store.read() as seen:
                    return _LOOKS[op.verb](self, seen, op)
            return self.store.do(lambda db: _ACTS[op.verb](self, db, op))

    def settle(self) -> None:
        """Put waiting evidence in order and sign it."""
        more = 1
        while more and self._protected:
            with self.store.begin() as db:
                more = ledger.integrate(db)

    def content(self) -> dict[tuple[str, str], str]:
        """Return the data of every record."""
        sql = sa.text("SELECT DISTINCT subject FROM holding")
        with self.store.engine.connect() as link:
            people = [SubjectId(of) for of in link.execute(sql).scalars()]
        found: dict[tuple[str, str], str] = {}
        for first in range(0, len(people), _AT_ONCE):
            with self._own(), self.store.begin() as db:
                for of in people[first : first + _AT_ONCE]:
                    told = self.read_usr(db, Op("read-usr", of))
                    found |= {(of, item): data for item, data in told.items()}
        return found

    def parts(self) -> list[Part]:
        """Return what each table takes."""
        with self.store.engine.connect() as link:
            return [Part(*row) for row in link.execute(sa.text(PARTS))]

    def servers(self) -> list[int]:
        """Return the processes that serve the database."""
        sql = sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        with self.store.engine.connect() as link:
            return list(link.execute(sql).scalars())

    def close(self) -> None:
        """Let the database go."""
        self.store.close()

    @contextmanager
    def _own(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self._version > 1:
                version = f"benchmark.{self._version}"
                said = mock.patch.object(renditions, "version", return_value=version)
                stack.enter_context(said)
            if not self._protected:
                stack.enter_context(unprotected())
            yield

    def create(self, db: Session, op: Op) -> Answer:
        """Keep a value, new or in place of the earlier one."""
        if op.record is None:
            raise ValueError(op.verb)
        _keep(db, op.record)
        return None

    def delete(self, db: Session, op: Op) -> Answer:
        """Forget items, or destroy keys."""
        if op.verb == "delete-key":
            return vault.forget(db, op.subject, [op.item])
        held = vault.held(db, [op.subject])
        if op.verb == "delete-pur":
            chosen = [one.item for one in held if one.purpose == op.purpose]
            return vault.forget(db, op.subject, chosen)
        if op.verb == "delete-ttl":
            vault.shred(db, op.subject, op.word)
            return sum(policy.item(one.item).retention_class == op.word for one in held)
        vault.shred(db, op.subject)
        return len(held)

    def objection(self, db: Session, op: Op) -> Answer:
        """Switch a person's purpose."""
        grounds.switch(db, op.subject, op.purpose, on=op.on)
        return None

    def share(self, db: Session, op: Op) -> Answer:
        """Name another recipient for a purpose: one provision ends, one begins."""
        sharing.end_case(db, f"purpose-{op.purpose}")
        _provide(db, self._recipients[op.number], op.purpose, None, f"purpose-{op.purpose}")
        return None

    def standing(self, db: Session, op: Op) -> Answer:
        """Suspend a recipient, or restore it."""
        standing = Standing.ACTIVE if op.on else Standing.SUSPENDED
        sharing.set_standing(db, self._recipients[op.number], standing)
        return None

    def read_key(self, db: Session, op: Op) -> Answer:
        """Reveal one value to the house itself, for the purpose it was kept for."""
        reader = Reader("benchmark", SYSTEM, op.purpose, op.basis)
        try:
            return opened(vault.reveal(db, op.subject, [op.item], reader)[op.item])
        except NotHeld:
            return None
        except NotAllowed:
            return OFF

    def read_usr(self, db: Session, op: Op) -> dict[str, str]:
        """Reveal to a person all that is held about that person."""
        reader = Reader(op.subject, SELF, Purpose.P13, Basis.LEGAL_DUTY)
        found = vault.reveal(db, op.subject, None, reader)
        return {item.value: opened(sealed) for item, sealed in found.items()}

    def read_queue(self, db: Session, op: Op) -> Answer:
        """Reveal what serves a purpose, of a queue of people, one person after the other."""
        kept: dict[tuple[SubjectId, Basis], list[Held]] = {}
        for one in vault.held(db, op.people):
            if one.purpose is op.purpose:
                kept.setdefault((one.subject, one.basis), []).append(one)
        found: dict[tuple[SubjectId, str], str] = {}
        for (of, basis), theirs in kept.items():
            reader = Reader("benchmark", SYSTEM, op.purpose, basis)
            with suppress(NotAllowed):
                values = vault.reveal(db, of, [one.item for one in theirs], reader)
                found |= {(of, item.value): opened(it) for item, it in values.items()}
        return found

    def meta(self, db: ReadSession, op: Op) -> Answer:
        """Tell what is held without its values."""
        if op.verb == WHOLE:
            held: Iterable[Held] = vault.held_for(db, op.purpose)
        else:
            held = vault.held(db, op.people or (op.subject,))
        if op.verb == "read-meta-queue":
            held = [one for one in held if one.purpose is op.purpose]
        if op.verb == "read-meta-key":
            held = [one for one in held if one.item is op.item]
        # A member of these enumerations is its word: the oracle's words compare with it.
        return {(one.subject, one.item): (one.purpose, one.basis, one.source) for one in held}

    def logs(self, db: ReadSession, op: Op) -> Answer:
        """Read a person's evidence."""
        found = ledger.about(db, op.subject, "vault.kept", "vault.forgotten")
        kinds = [entry.kind for entry in found]
        return kinds.count("vault.kept"), kinds.count("vault.forgotten")

    def deleted(self, db: ReadSession, op: Op) -> Answer:
        """Look whether a value is gone and its end in the evidence."""
        if any(one.item is op.item for one in vault.held(db, [op.subject])):
            return False
        return bool(ledger.about(db, op.subject, *_ERASED))

    def grant(self, db: Session, op: Op) -> Answer:
        """Let a recipient in, in place of the one before."""
        sharing.end_case(db, f"grant-{op.subject}")
        recipient = self._recipients[op.number]
        made = _provide(db, recipient, Purpose.P6, op.subject, f"grant-{op.subject}")
        self._grants[op.subject] = op.number, made
        return None

    def revoke(self, db: Session, op: Op) -> Answer:
        """Let nobody in any more."""
        self._grants.pop(op.subject, None)
        return sharing.end_case(db, f"grant-{op.subject}")

    def release(self, db: Session, op: Op) -> Answer:
        """Record a release where there is a provision for it."""
        number, provision = self._grants.get(op.subject, (-1, ""))
        if number != op.number:
            provision = ""
        release = Release(provision, frozenset(ITEMS[:2]), op.word, op.word, (op.subject,))
        return isinstance(sharing.record_all(db, [release])[0], str)

    def agree(self, db: Session, op: Op) -> Answer:
        """Show a notice and record the yes to it."""
        notice = consent.show(db, offers.purpose("zh", op.purpose))
        consent.give(db, op.subject, notice.token, control=Control.BUTTON)
        return None

    def withdraw(self, db: Session, op: Op) -> Answer:
        """Record a withdrawal."""
        return bool(consent.withdraw(db, op.subject, op.purpose))

    def gate(self, db: ReadSession, op: Op) -> Answer:
        """Ask whether a yes is in force."""
        try:
            consent.require(db, op.subject, op.purpose)
        except NotGiven:
            return False
        return True

    def publish(self, db: Session, op: Op) -> Answer:
        """Put the next version in force and turn every yes to the one before stale."""
        self._version += 1
        with self._own():
            return consent.outdate(db, op.purpose)


def _keep(db: Session, one: Record) -> None:
    if one.basis is Basis.CONTRACT_SELF:
        grounds.become_party(db, one.subject)
    vault.keep(db, Keep(one.subject, one.item, one.data, one.purpose, one.basis, one.source))


def _recipient(db: Session, number: int) -> str:
    form = NewRecipient(RecipientKind.DEVELOPER, f"enterprise-{number}", f"contract-{number}")
    return sharing.register_recipient(db, form)


def _provide(
    db: Session, recipient: str, purpose: Purpose, subject: SubjectId | None, case: str
) -> str:
    return sharing.provide(
        db,
        NewProvision(
            recipient=recipient,
            subject=subject,
            items=frozenset(ITEMS),
            purpose=purpose,
            basis=Basis.SEPARATE_CONSENT,
            clause=Clause.C4_1,
            notice="0" * 64,
            case=case,
            until=db.clock() + _YEAR,
        ),
    )


_LOOKS: Mapping[str, Callable[[House, ReadSession, Op], Answer]] = {
    **dict.fromkeys(
        ("read-meta-key", "read-meta-pur", "read-meta-queue", "read-meta-usr"), House.meta
    ),
    "get-logs": House.logs,
    "verify-deletion": House.deleted,
    "gate": House.gate,
}
_ACTS: Mapping[str, Callable[[House, Session, Op], Answer]] = {
    "create": House.create,
    "update-key": House.create,
    **dict.fromkeys(("delete-key", "delete-pur", "delete-ttl", "delete-usr"), House.delete),
    "update-meta-usr": House.objection,
    "update-meta-pur": House.share,
    "update-meta-shr": House.standing,
    "read-key": House.read_key,
    "read-usr": House.read_usr,
    "read-queue": House.read_queue,
    "grant": House.grant,
    "revoke": House.revoke,
    "release": House.release,
    "enrol": House.create,
    "lose": lambda house, db, op: house.desk.lose(db, op),
    "reached": lambda house, db, op: house.desk.reached(db, op),
    "approve": lambda house, db, op: house.desk.approve(db, op),
    "give-back": lambda house, db, op: house.desk.give_back(db, op),
    "look": lambda house, db, op: house.desk.look(db, op),
    "agree": House.agree,
    "withdraw": House.withdraw,
    "publish": House.publish,
}

"""A house on disk that is backed up, loses its database, and comes back."""

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from shouyue.assembly import backups, wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.recovery.types import Manifest, Replayed
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM, Keep, KeepDocument, Reader
from tests import conftest as floor
from tests.house import plain
from tests.people import newcomer

HOUSE = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
CHECKER = Reader("drill", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY, case="case-9")
PHOTO = b"\x89PNG-canary-" + bytes(range(256))
_FILES = {"os.rename", "os.remove", "os.mkdir", "os.truncate", "shutil.copyfile"}
_SECONDS = 60
ANN, BEN, CAT = "13800001234", "13900005678", "13700009876"


@dataclass
class Site:
    """One home, one database, one place for backups."""

    folder: Path
    database: str = ""
    server: str = ""

    @property
    def settings(self) -> Settings:
        more = {"database": self.database} if self.database else {}
        return Settings(home=self.folder / "home", development=True, **more)  # type: ignore[arg-type]

    @property
    def kept(self) -> Path:
        return self.folder / "backup"

    @contextmanager
    def open(self) -> Iterator[Store]:
        house = wiring.build(self.settings)
        try:
            yield house.store
        finally:
            house.store.close()

    def back_up(self) -> Manifest:
        return backups.backup(self.settings, self.kept)

    def lose(self) -> None:
        """The disk of the database and the objects is gone; root key and journal are not."""
        shutil.rmtree(self.folder / "home" / "objects", ignore_errors=True)
        for path in (self.folder / "home").glob("shouyue.db*"):
            path.unlink()
        if self.database:
            floor._recreate(self.server, str(sa.make_url(self.database).database))

    def restore(self) -> Replayed:
        return backups.restore(self.settings, self.kept, fork_ledger=True)


def fill(store: Store) -> dict[str, SubjectId]:
    """Three people; the first has photos too."""
    with store.begin() as db:
        people = {phone: keep(db, phone) for phone in (ANN, BEN, CAT)}
        for phone in (ANN, BEN):
            photo(db, people[phone])
    with store.begin() as db:
        ledger.integrate(db)
    return people


def keep(db: Session, phone: str, who: SubjectId | None = None) -> SubjectId:
    who = who or newcomer(db)
    vault.keep(db, Keep(who, Item.DI_01, phone, Purpose.P1, Basis.CONTRACT_SELF, "portal"))
    return who


def photo(db: Session, who: SubjectId) -> None:
    vault.keep_document(
        db,
        KeepDocument(
            who, Item.DI_16, PHOTO, "image/png", Purpose.P2, Basis.SEPARATE_CONSENT, "portal"
        ),
    )


def erase(store: Store, who: SubjectId) -> None:
    with store.begin() as db:
        vault.shred(db, who)
    with store.begin() as db:
        ledger.integrate(db)


def readable(store: Store, people: dict[str, SubjectId]) -> set[str | bytes]:
    """Everything that can still be read of these people."""
    found: set[str | bytes] = set()
    with store.begin() as db:
        for phone, who in people.items():
            if vault.find(db, Item.DI_01, phone) == who:
                found.add(plain(vault.reveal(db, who, [Item.DI_01], HOUSE)[Item.DI_01]))
            for paper in documents.documents(db, who):
                found.add(plain(documents.view_document(db, paper.id, CHECKER)[1]) + phone.encode())
        db.rollback()
    return found


@contextmanager
def a_site(dialect: str, folder: Path, worker: str) -> Iterator[Site]:
    """A place for a house on a database of its own."""
    server, name = os.environ.get("SHOUYUE_TEST_PG"), f"shouyue_drill_{floor._run(worker)}"
    if dialect == "sqlite":
        yield Site(folder)
        return
    if not server:
        floor.missing("postgres", "SHOUYUE_TEST_PG is not set")
        pytest.fail("unreachable")
    floor._recreate(server, name)
    try:
        yield Site(folder, floor._named(server, name), server)
    finally:
        floor._drop(server, name)


def killed(act: Callable[[], object], step: int, folder: Path, *, statements: bool = True) -> bool:
    """Do the act in a process of its own that dies before its n-th step; answer whether it did.

    Without `statements` commits and files alone are steps: enough where a database undoes a
    transaction whole and each try needs a database of its own.
    """
    # A plain fork would inherit the threads of the object store as they stand.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.drills"])
    child = processes.Process(target=_live_and_die, args=(act, step, str(folder), statements))
    child.start()
    child.join(_SECONDS)
    assert child.exitcode in (0, -signal.SIGKILL), child.exitcode
    return child.exitcode != 0


def _live_and_die(act: Callable[[], object], step: int, folder: str, statements: bool) -> None:  # noqa: FBT001
    left = [step]

    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def listen(name: str, args: tuple[Any, ...]) -> None:
        writes = name == "open" and args[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or name in _FILES) and str(args[0]).startswith(folder):
            count()

    def ask(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            count()

    sys.addaudithook(listen)
    if statements:
        event.listen(sa.Engine, "before_cursor_execute", ask)
    event.listen(sa.Engine, "commit", count)
    act()

"""Sealed files: content that is too large for a row, under names that mean nothing.

A name is a shelf and an id (`vault/01J…`). An object is written once, whole or not at all, and
never overwritten. Whoever puts one here has sealed it first. Rows decide what exists: within a
unit of work an object is put at once and taken back on rollback, while a deletion waits for the
commit. What a killed process leaves behind is found by `names` and swept by the shelf's owner.
"""

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from shouyue.ground.store.errors import ObjectAbsent, ObjectExists, ObjectTooLarge

CAP = 16 * 1024 * 1024
"""The most bytes that one object may have, unless assembly says otherwise."""

_NAME = re.compile(r"[a-z]{1,16}/[0-9A-Z]{26}")


class Shelves(Protocol):
    """What a unit of work may do with the object store when it only reads."""

    def get(self, name: str) -> bytes:
        """Return the content, or raise ObjectAbsent."""
        ...

    def names(self, shelf: str, before: datetime) -> Iterator[str]:
        """Yield the names on a shelf that were put before a moment."""
        ...


class ObjectStore:
    """One place for objects: a local folder, memory, or a bucket."""

    def __init__(
        self,
        backing: LocalStore | MemoryStore | S3Store,
        cap: int = CAP,
        *,
        root: Path | None = None,
    ) -> None:
        """Refuse content above `cap` bytes; `root` is the folder behind a LocalStore."""
        self.cap = cap
        self._backing = backing
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        """Write a new object, whole or not at all; raise ObjectExists or ObjectTooLarge."""
        if len(content) > self.cap:
            raise ObjectTooLarge(cap=self.cap)
        try:
            self._backing.put(_checked(name), content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            raise ObjectExists from None
        if self._root is not None:
            _persist(self._root / name)

    def get(self, name: str) -> bytes:
        """Return the content, or raise ObjectAbsent."""
        try:
            return bytes(self._backing.get(_checked(name)).bytes())
        except FileNotFoundError:
            raise ObjectAbsent from None

    def delete(self, name: str) -> None:
        """Make sure that there is no such object."""
        try:
            self._backing.delete(_checked(name))
        except FileNotFoundError:
            return

    def delete_all(self, names: Collection[str]) -> None:
        """Make sure that there are no such objects; asks the place once, however many they are."""
        checked = [_checked(name) for name in names]
        try:
            self._backing.delete(checked)
        except FileNotFoundError:
            for name in checked:
                self.delete(name)

    def names(self, shelf: str, before: datetime) -> Iterator[str]:
        """Yield the names on a shelf that were put before a moment."""
        for batch in self._backing.list(shelf):
            yield from (meta["path"] for meta in batch if meta["last_modified"] < before)


class ObjectUnit:
    """The object store as one unit of work sees it: what is undone there is undone here."""

    def __init__(self, objects: ObjectStore) -> None:
        """Begin with nothing put and nothing doomed."""
        self._objects = objects
        self._put: list[str] = []
        self._doomed: set[str] = set()

    def put(self, name: str, content: bytes) -> None:
        """Write a new object now; a rollback takes it back."""
        self._objects.put(name, content)
        self._put.append(name)

    def get(self, name: str) -> bytes:
        """Return the content, or raise ObjectAbsent, also for what this unit deletes."""
        if name in self._doomed:
            raise ObjectAbsent
        return self._objects.get(name)

    def delete(self, name: str) -> None:
        """Delete once the unit has committed: rows that are kept keep their content."""
        self._doomed.add(_checked(name))

    def names(self, shelf: str, before: datetime) -> Iterator[str]:
        """Yield the names on a shelf that were put before a moment."""
        return self._objects.names(shelf, before)

    def trust(self) -> None:
        """Stop taking back: a commit whose answer is lost may have happened."""
        self._put.clear()

    def settle(self) -> None:
        """After the commit: delete what was doomed."""
        doomed, self._doomed = self._doomed, set()
        self._remove(doomed)

    def undo(self) -> None:
        """After a rollback: take back what was put, spare what was doomed."""
        put, self._put = self._put, []
        self._doomed.clear()
        self._remove(put)

    def _remove(self, names: Collection[str]) -> None:
        # The rows are settled already; what stays is an orphan for the sweep.
        with suppress(BaseError, OSError):
            self._objects.delete_all(names)


def folder(path: Path, cap: int = CAP) -> ObjectStore:
    """Return a store in a local folder, made for its owner alone (mode 0700) if absent."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return ObjectStore(LocalStore(path), cap, root=path)


def memory(cap: int = CAP) -> ObjectStore:
    """Return a store that ends with the process."""
    return ObjectStore(MemoryStore(), cap)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("an object's name is a shelf and an id")
    return name


def _persist(path: Path) -> None:
    # What was acknowledged survives a power cut: the bytes first, then the folder's entry.
    for part in (path, path.parent):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""The erasure journal: what must not come back with a backup, written outside the database.

It says which keys and items are gone, which consents were taken back, which holds were placed.

A line is on disk before the unit of work that erases may commit, so no acknowledged erasure is
missing, whenever the process dies. A unit that fails after that leaves a line too much; a later
line spares it. Lines hold random ids, item codes, a cause and a moment; a hold's is sealed. Each
carries a digest over all before it, and `head` says how many there were: what was changed or cut is
noticed.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.errors import JournalBroken, JournalShort, JournalUnavailable

FOUNDED = "founded"
SPARED = "spared"
_TAIL = 4096
"""More than any line has."""


@dataclass(frozen=True, slots=True)
class Line:
    """A key is gone, or one item under it; `heir` is the key to which its values moved.

    The cause `spared` takes an earlier line of the same key and item back. `ground` says by what
    a value that moved into custody is kept, so that a restored database keeps it there. Rooms with
    other news that a restore needs write causes of their own, and in `key` the id that they name.
    """

    key: str
    item: str
    cause: str
    heir: str
    at: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """How many lines, and the digest over them."""

    lines: int
    digest: str


class Journal:
    """One folder. Several processes may share it; each append waits for its turn."""

    def __init__(self, folder: Path) -> None:
        """Look at nothing yet."""
        self.folder = folder
        self._lines, self._head = folder / "erasures", folder / "head"
        self._checkpoint = folder / "checkpoint"

    def found(self, journal_id: str, at: str) -> None:
        """Begin the journal, unless it is there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn():
            whole = self._lines.exists() and b"\n" in _tail(self._lines)
            if self._said() is None and not whole:
                self._write([Line(journal_id, "", FOUNDED, "", at)], Position(0, ""))

    def append(self, lines: Sequence[Line]) -> None:
        """Write lines, on disk when this returns. Raises JournalUnavailable."""
        try:
            with self._turn():
                self._write(lines, self._last())
        except OSError:
            raise JournalUnavailable from None

    def read(self, since: Position | None = None) -> list[Line]:
        """Return all lines, checked.

        Raises JournalBroken where one was changed, JournalShort where lines are missing that were
        there at `since`, or when the head was written.
        """
        found = list(self._checked())
        lines, digests = [line for line, _ in found], [digest for _, digest in found]
        for known in filter(None, (since, self._said())):
            if len(found) < known.lines:
                raise JournalShort(lines=len(found), known=known.lines)
            if digests[known.lines - 1] != known.digest:
                raise JournalBroken(line=known.lines)
        return lines

    def position(self) -> Position:
        """Return where the journal stands; checks all of it."""
        self.read()
        return self._last()

    def remember(self, size: int, note: str) -> None:
        """Keep the newest checkpoint of the evidence log outside the database."""
        with self._turn():
            known = self.remembered()
            if known is None or known[0] < size:
                _replace(self._checkpoint, note)

    def remembered(self) -> tuple[int, str] | None:
        """Return size and note of the newest checkpoint that was ever committed."""
        if not self._checkpoint.exists():
            return None
        note = self._checkpoint.read_text("utf-8")
        return int(note.split("\n")[1]), note

    def set_back(self, size: int, note: str) -> None:
        """Begin again from a restored log; what is lost stays beside, as `checkpoint.<size>`.

        A restored log without any checkpoint has size nought and no note.
        """
        with self._turn():
            known = self.remembered()
            if known is not None and known[0] > size:
                _replace(self.folder / f"checkpoint.{known[0]}", known[1])
                if note:
                    _replace(self._checkpoint, note)
                else:
                    self._checkpoint.unlink()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        handle = os.open(self.folder / "turn", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _write(self, lines: Sequence[Line], after: Position) -> None:
        octets, digest = b"", after.digest
        for line in lines:
            digest = _digest(digest, line)
            octets += canonical({**_told(line), "digest": digest}) + b"\n"
        fresh = not self._lines.exists()
        handle = os.open(self._lines, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            # A line that was cut by a death had not let its unit commit: it goes.
            file.truncate(_whole(file.seek(0, os.SEEK_END), self._lines))
            file.seek(0, os.SEEK_END)
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            _sync(self.folder)
        # The lines are what counts. A head that a power cut takes back, or empties, is the one
        # before it, or none: the lines are counted anew.
        _put(self._head, f"{after.lines + len(lines)}\n{digest}\n")

    def _last(self) -> Position:
        if not self._lines.exists():
            raise JournalShort(lines=0, known=(self._said() or Position(1, "")).lines)
        tail, said = _tail(self._lines).rpartition(b"\n")[0], self._said()
        if said is not None and _digest_in(tail.rpartition(b"\n")[2]) == said.digest:
            return said
        # A death between the lines and the head: count anew.
        digests = [digest for _, digest in self._checked()]
        if not digests:
            raise JournalShort(lines=0, known=1)
        return Position(len(digests), digests[-1])

    def _said(self) -> Position | None:
        if not self._head.exists():
            return None
        lines, _, digest = self._head.read_text("utf-8").strip("\0\n").partition("\n")
        return Position(int(lines), digest) if digest else None

    def _checked(self) -> Iterator[tuple[Line, str]]:
        if not self._lines.exists():
            raise JournalShort(lines=0, known=1)
        digest = ""
        with self._lines.open("rb") as file:
            for place, octets in enumerate(file, 1):
                if not octets.endswith(b"\n"):
                    return
                line, said = _parsed(octets, place)
                digest = _digest(digest, line)
                if said != digest:
                    raise JournalBroken(line=place)
                yield line, digest


class JournalUnit:
    """The journal as one unit of work sees it: written before the commit, once."""

    def __init__(self, journal: Journal | None) -> None:
        """Begin with nothing noted. Without a journal nothing is ever written."""
        self._journal = journal
        self._noted: list[Line] = []
        self._checkpoint: tuple[int, str] | None = None

    def read(self) -> list[Line]:
        """Return all lines, checked; none where no journal is kept."""
        return [] if self._journal is None else self._journal.read()

    def note(self, line: Line) -> None:
        """Write this down before the unit commits."""
        self._noted.append(line)

    def remember(self, size: int, note: str) -> None:
        """Keep this checkpoint of the evidence log once the unit has committed."""
        self._checkpoint = size, note

    def write(self) -> None:
        """Before the commit: what fails here stops it."""
        noted, self._noted = self._noted, []
        if noted and self._journal is not None:
            self._journal.append(noted)

    def settle(self) -> None:
        """After the commit."""
        known, self._checkpoint = self._checkpoint, None
        if known is not None and self._journal is not None:
            try:
                self._journal.remember(*known)
            except OSError:
                return  # committed it is; the next checkpoint is remembered instead

    def undo(self) -> None:
        """After a rollback."""
        self._noted.clear()
        self._checkpoint = None


def _digest(before: str, line: Line) -> str:
    return tokens.fingerprint(before + canonical(_told(line)).decode())


def _parsed(octets: bytes, place: int) -> tuple[Line, str]:
    try:
        found: Mapping[str, str] = json.loads(octets)
        fields = {name: str(value) for name, value in found.items()}
        digest = fields.pop("digest")
        line = Line(**fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise JournalBroken(line=place) from None
    if canonical({**_told(line), "digest": digest}) + b"\n" != octets:
        raise JournalBroken(line=place)
    return line, digest


def _told(line: Line) -> dict[str, str]:
    # Only a line about custody has a ground; all others are spelled as they always were.
    return {name: part for name, part in asdict(line).items() if part or name != "ground"}


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        return file.read()


def _digest_in(octets: bytes) -> str:
    try:
        return str(json.loads(octets)["digest"])
    except (ValueError, KeyError, TypeError):
        return ""


def _whole(size: int, path: Path) -> int:
    """Return where the last whole line ends."""
    tail = _tail(path)
    return size - len(tail) + tail.rfind(b"\n") + 1


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _put(path: Path, text: str) -> None:
    """Put a file in place of another at once, without waiting for the disk."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

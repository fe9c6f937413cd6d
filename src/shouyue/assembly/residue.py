"""Search all that is stored for known values: canaries in a drill, or an erased person's data.

Files are searched as they lie on the disk, so that freed pages, write-ahead logs and indexes count;
tables are read by SQL too, where a value that two pages share is whole. Says where, never what.
"""

import json
import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from shouyue.assembly.settings import Settings
from shouyue.assembly.spellings import SHORTEST, spellings
from shouyue.ground.store.service import open_engine
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

ALLOWED = {
    # files of the home in development mode: why known values may stand there
    "sandbox.db": "the sandbox is the shops' own system beside the house, with invented people",
}
_JOURNALS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Hit:
    """A value, by its line, stands in a place in some spelling; `at` counts bytes in a file."""

    value: int
    where: str
    spelling: str
    at: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched, and what turned up."""

    files: int
    bytes: int
    columns: int
    hits: tuple[Hit, ...]
    unread: tuple[str, ...] = ()
    """Files of the database server that cannot be read from here: no hit in them means nothing."""


class Needles:
    """The values to look for, in all their spellings."""

    def __init__(self, values: Iterable[str]) -> None:
        """Take them in the order of their lines."""
        self._forms = [
            (line, name, form)
            for line, value in enumerate(values, 1)
            if value
            for name, forms in spellings(value).items()
            for form in sorted(forms)
        ]

    def within(self, octets: bytes | mmap.mmap, where: str) -> Iterator[Hit]:
        """Yield the first hit of each spelling."""
        for line, name, form in self._forms:
            at = octets.find(form)
            if at >= 0:
                yield Hit(line, where, name, at)


@control(Clause.C5_1_1, says="A search over everything stored finds no known value in clear.")
def search(settings: Settings, values: Sequence[str], folders: Sequence[Path] = ()) -> Found:
    """Search the home, the erasure journal, the database and more folders (logs, backups, exports).

    Raises ValueError for a value so short that it would be found by chance.
    """
    if short := [line for line, one in enumerate(values, 1) if 0 < len(one.encode()) < SHORTEST]:
        raise ValueError(f"lines {short}: a value has at least {SHORTEST} bytes")
    needles, files, size, hits = Needles(values), 0, 0, list[Hit]()
    server = {part: _readable(part) for part in _of_server(settings)}
    shut = tuple(str(part) for part, readable in server.items() if not readable)
    ours = [part for part, readable in server.items() if readable]
    for path, where in _files(settings, (*ours, *folders)):
        octets = path.stat().st_size
        files, size = files + 1, size + octets
        hits += _in_file(path, where, needles) if octets else ()
    columns, more = _in_tables(settings, needles)
    return Found(files, size, columns, (*hits, *more), shut)


def _files(settings: Settings, folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    allowed = (
        {settings.home / f"{name}{end}" for name in ALLOWED for end in _JOURNALS}
        if settings.development
        else set()
    )
    seen: set[Path] = set()
    for folder in (settings.home, settings.journal_folder, *folders):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.is_file() and not path.is_symlink() and path not in allowed | seen:
                seen.add(path)
                yield path, f"{folder.name}/{path.relative_to(folder)}"


def _of_server(settings: Settings) -> list[Path]:
    """Return where heap, indexes and write-ahead log of PostgreSQL lie, on its own machine."""
    engine = open_engine(settings.database_url)
    try:
        if engine.dialect.name != "postgresql":
            return []
        with engine.connect() as connection:
            told = sa.text(
                "SELECT setting, (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "FROM pg_settings WHERE name = 'data_directory'"
            )
            row = connection.execute(told).one_or_none()  # no row for who may not see it
    finally:
        engine.dispose()
    data, database = (Path(row[0]), str(row[1])) if row else (Path("PostgreSQL"), "*")
    return [data / "base" / database, data / "pg_wal"]


def _readable(folder: Path) -> bool:
    try:
        return any(True for _ in folder.iterdir())
    except OSError:
        return False


def _in_file(path: Path, where: str, needles: Needles) -> list[Hit]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        return list(needles.within(octets, where))


def _in_tables(settings: Settings, needles: Needles) -> tuple[int, list[Hit]]:
    engine, found, columns, hits = open_engine(settings.database_url), sa.MetaData(), 0, list[Hit]()
    try:
        with engine.execution_options(shouyue_write=False).connect() as connection:
            found.reflect(connection)
            for table in found.sorted_tables:
                rows = connection.execution_options(yield_per=500).execute(sa.select(table))
                for row in rows.mappings():
                    hits += _in_row(table.name, {**row}, needles)
                columns += len(table.columns)
    finally:
        engine.dispose()
    return columns, list(dict.fromkeys(hits))


def _in_row(table: str, row: Mapping[str, object], needles: Needles) -> Iterator[Hit]:
    for column, value in row.items():
        if value is not None and not isinstance(value, int | float):
            yield from needles.within(_octets(value), f"{table}.{column}")


def _octets(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, ensure_ascii=False, default=str).encode()

"""What `shouyue backup` and `shouyue restore` do. The erasure journal and the root key stay out."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.store import dumps, migrate
from shouyue.ground.store.errors import JournalShort, ObjectAbsent
from shouyue.ground.store.journal import Journal
from shouyue.ground.store.service import Store, open_engine
from shouyue.privacy.consent import again as consents
from shouyue.privacy.custody import again as custody
from shouyue.privacy.custody import holds
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NotYetIntegrated
from shouyue.privacy.recovery import manifests
from shouyue.privacy.recovery import service as recovery
from shouyue.privacy.recovery.errors import (
    LedgerAhead,
    NotEmpty,
    NothingToResume,
    NotTaken,
    OtherHouse,
)
from shouyue.privacy.recovery.types import Manifest, Replayed

_OBJECTS = "objects"
_PARTS = (*dumps.PARTS, _OBJECTS)


def backup(settings: Settings, folder: Path) -> Manifest:
    """Take a backup into an empty folder while the house is open.

    What was begun and failed is taken away, so that the same command can be given again; what was
    killed is taken away by that. Raises NoFolder, NotEmpty, NotTaken.
    """
    try:
        manifests.begin(folder, _PARTS)
        return _tried(settings, folder)
    except (OSError, sa.exc.DBAPIError) as error:
        raise NotTaken(why=_why(error)) from None


def _tried(settings: Settings, folder: Path) -> Manifest:
    try:
        house = wiring.build(settings)
        with closing(house.store):
            return _taken(house.store, _kept(settings), folder)
    except BaseException:
        with suppress(OSError):
            manifests.clear(folder, _PARTS)
        raise


def _why(error: OSError | sa.exc.DBAPIError) -> str:
    cause = error if isinstance(error, OSError) else dumps.trouble(error.orig or error)
    return cause.strerror or type(cause).__name__


def _taken(store: Store, journal: Journal, folder: Path) -> Manifest:
    with store.begin() as db:
        recovery.settle(db)
    # Before the snapshot: what is erased between the two is replayed, which is harmless.
    position = journal.position()
    with store.read() as db:
        revision = dumps.write(db, folder)
        _take_objects(store, list(dumps.object_names(db)), folder)
        note = _newest(lambda: ledger.checkpoint(db))
        told = Manifest(
            id=db.new_id(),
            at=db.clock().isoformat(),
            dialect=store.engine.dialect.name,
            revision=revision,
            ledger=ledger.reached(db),
            note=note,
            journal=position,
            files=manifests.digests(folder),
        )
    manifests.write(folder, told)
    return told


def _take_objects(store: Store, names: list[str], folder: Path) -> None:
    for name in names:
        target = folder / _OBJECTS / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            target.write_bytes(store.objects.get(name))
        except ObjectAbsent:
            with store.read() as now:
                if name in set(dumps.object_names(now)):
                    raise NotTaken(why=f"object {name}") from None
            # Erased since the snapshot: its key is in the journal, which a restore replays.


def restore(settings: Settings, folder: Path, *, fork_ledger: bool) -> Replayed:
    """Put a backup into an empty house and do the erasures since then again.

    Checks the whole backup first. Killed in the middle, the same command or `resume` goes on.
    """
    told, journal = manifests.read(folder), _kept(settings)
    _check(settings, told)
    journal.read(told.journal)
    place = _Place.of(settings)
    if not _is_marked(place.url):
        lost = journal.remembered() or (told.ledger, told.note)
        if lost[0] > told.ledger and not fork_ledger:
            raise LedgerAhead(lost=lost[0], size=told.ledger)
        _check_empty(place)
        _put_back(settings, place, folder, (told, lost))
    return resume(settings)


def resume(settings: Settings) -> Replayed:
    """Do the erasures since the backup again, and let the house open. Raises NothingToResume."""
    journal = _kept(settings)
    migrate.upgrade(settings.database_url)
    store, keeper = wiring.store(settings, journal)
    with closing(store):
        with store.read() as db:
            position = recovery.begun(db)
        if position is None:
            raise NothingToResume
        lines = journal.read(position)
        wiring.unlock(store, keeper)
        with store.begin() as db:
            done = recovery.replay(db, lines, journal, custody.again)
            known = holds.again(db, lines)
            return replace(done, holds=known, withdrawn=consents.again(db, lines))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the rows go: a database of their own, or a file that is made whole beside."""

    url: str
    file: Path | None

    @classmethod
    def of(cls, settings: Settings) -> "_Place":
        url = sa.make_url(settings.database_url)
        is_file = url.get_backend_name() == "sqlite"
        return cls(settings.database_url, Path(str(url.database)) if is_file else None)


def _kept(settings: Settings) -> Journal:
    journal = Journal(settings.journal_folder)
    if not journal.folder.is_dir():
        raise JournalShort(lines=0, known=1)
    return journal


def _check(settings: Settings, told: Manifest) -> None:
    dialect = sa.make_url(settings.database_url).get_backend_name()
    if dialect != told.dialect:
        raise OtherHouse(what=f"{told.dialect} ≠ {dialect}")
    if not migrate.known(told.revision):
        raise OtherHouse(what=f"schema {told.revision}")
    if settings.key_service is None and not (settings.home / "root.key").exists():
        raise OtherHouse(what="root.key")


def _check_empty(place: _Place) -> None:
    if place.file is not None and not place.file.exists():
        return
    engine = open_engine(place.url)
    try:
        with engine.connect() as connection:
            if not dumps.is_empty(connection):
                raise NotEmpty(what="database")
    finally:
        engine.dispose()


def _is_marked(url: str) -> bool:
    """Tell whether a restore was begun here and its rows are all back."""
    target = sa.make_url(url)
    if target.get_backend_name() == "sqlite" and not Path(str(target.database)).exists():
        return False
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("restoration"):
                return False
            undone = sa.text("SELECT count(*) FROM restoration WHERE done_at IS NULL")
            return bool(connection.scalar(undone))
    finally:
        engine.dispose()


def _put_back(
    settings: Settings, place: _Place, folder: Path, told: tuple[Manifest, tuple[int, str]]
) -> None:
    """Objects first, then all rows and the mark in one unit: nobody sees rows without the mark."""
    _put_objects(folder / _OBJECTS, settings.home / _OBJECTS)
    if place.file is None:
        migrate.upgrade(place.url, told[0].revision)
        store, _ = wiring.store(settings)
        with closing(store), store.begin() as db:
            dumps.load(db, folder)
            recovery.mark(db, *told)
        return
    beside = place.file.with_name(f"{place.file.name}.restoring")
    dumps.place(folder, beside)
    store, _ = wiring.store(settings, url=f"sqlite:///{beside.absolute()}")
    with closing(store):
        with store.begin() as db:
            recovery.mark(db, *told)
        with store.engine.connect() as connection:
            connection.connection.driver_connection.executescript(  # type: ignore[union-attr]
                "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE;"
            )
    manifests.sync(beside)
    for rest in ("-wal", "-shm"):  # of an empty database that a start may have made
        place.file.with_name(f"{place.file.name}{rest}").unlink(missing_ok=True)
    beside.replace(place.file)
    manifests.sync(place.file.parent)


def _put_objects(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            there = target / path.relative_to(source)
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = there.with_name(f"{there.name}.new")
            fresh.write_bytes(path.read_bytes())
            manifests.sync(fresh)
            fresh.replace(there)
            manifests.sync(there.parent)


def _newest(look: Callable[[], str]) -> str:
    try:
        return look()
    except NotYetIntegrated:
        return ""

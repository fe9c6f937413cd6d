"""Back up, erase, restore: still gone. And every way in which that can go wrong."""

import json
import os
import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer.testing import CliRunner

from shouyue.assembly import backups, cli, wiring
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store import dumps
from shouyue.ground.store.columns import Table
from shouyue.ground.store.errors import JournalBroken, JournalShort, JournalUnavailable
from shouyue.ground.store.service import Store
from shouyue.privacy.keys.tables import DataKey
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import walk
from shouyue.privacy.ledger.tables import LedgerLeaf
from shouyue.privacy.policy.items import Item
from shouyue.privacy.recovery import manifests
from shouyue.privacy.recovery.errors import (
    Damaged,
    LedgerAhead,
    NoFolder,
    NotEmpty,
    NothingToResume,
    NotReplayed,
    NotTaken,
    OtherHouse,
    RolledBack,
    Unfinished,
)
from shouyue.privacy.recovery.tables import Restoration
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import BlindIndex
from tests.drills import (
    ANN,
    BEN,
    CAT,
    CHECKER,
    PHOTO,
    Site,
    a_site,
    erase,
    fill,
    keep,
    photo,
    readable,
)

pytestmark = [pytest.mark.clause("6.3.2"), pytest.mark.clause("6.1.2.a")]


@pytest.fixture(params=["sqlite", "postgres"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    for name in [name for name in os.environ if name.startswith("SHOUYUE_") or name == "PORT"]:
        if not name.startswith("SHOUYUE_TEST"):
            monkeypatch.delenv(name)
    with a_site(request.param, tmp_path, worker_id) as made:
        yield made


@pytest.fixture
def sqlite(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_what_was_erased_after_the_backup_stays_gone(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        everything = readable(store, people)
        site.back_up()
        erase(store, people[ANN])
    site.lose()
    done = site.restore()
    assert done.keys == 2
    with site.open() as store:
        assert readable(store, people) == everything - {ANN, PHOTO + ANN.encode()}
        with store.read() as db:
            assert people[ANN] not in set(db.scalars(sa.select(DataKey.subject)))
            assert people[ANN] not in set(db.scalars(sa.select(BlindIndex.subject)))
            kinds = set(db.scalars(sa.select(LedgerLeaf.kind)))
            assert not list(walk.check(db))
        assert kinds >= {"recovery.restored", "recovery.destroyed-again", "keys.destroyed"}
        with store.begin() as db:
            assert ledger.integrate(db)


def test_an_erased_item_stays_gone_and_what_was_kept_again_before_stays(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        with store.begin() as db:
            vault.forget(db, people[BEN], [Item.DI_01])
            keep(db, BEN, people[BEN])
        site.back_up()
        with store.begin() as db:
            vault.forget(db, people[CAT], [Item.DI_01])
            keep(
                db, ANN[:-1] + "0", people[ANN]
            )  # put right, then erased, under a key that lives on
            vault.forget(db, people[ANN], [Item.DI_01])
    site.lose()
    site.restore()
    with site.open() as store:
        left = readable(store, people)
    assert left == {BEN, PHOTO + ANN.encode(), PHOTO + BEN.encode()}


def test_a_unit_that_failed_after_its_line_costs_nobody_anything(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        with pytest.raises(RuntimeError), store.begin() as db:
            vault.shred(db, people[CAT])
            db.journal.write()  # the commit's first step; then the process meets its end
            raise RuntimeError
        site.back_up()
        erase(store, people[ANN])
    site.lose()
    site.restore()
    with site.open() as store:
        assert readable(store, people) == {BEN, CAT, PHOTO + BEN.encode()}


def test_what_a_new_suite_moved_and_then_lost_is_gone_under_its_old_key_too(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        site.back_up()
        for subject, erased in ((people[ANN], True), (people[BEN], False)):
            move_to_sm4(store, subject)
            if erased:
                erase(store, subject)
    site.lose()
    site.restore()
    with site.open() as store:
        assert readable(store, people) == {BEN, CAT, PHOTO + BEN.encode()}


def move_to_sm4(store: Store, subject: str) -> None:
    from shouyue.ground.hazmat.suites import Suite
    from shouyue.privacy.keys import service as keys
    from shouyue.privacy.keys.types import Cause
    from shouyue.privacy.vault import resealing

    store.keys.suite = Suite.SM4
    with store.begin() as db:
        for key in keys.live(db, SubjectId(subject)):
            resealing.move(db, key)
            keys.destroy(db, key, Cause.RESEALED)
    store.keys.suite = Suite.AES


def test_a_restored_house_stays_shut_until_erasures_are_done_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.open() as store:
        people = fill(store)
        site.back_up()
        erase(store, people[ANN])
    site.lose()
    with monkeypatch.context() as killed:
        killed.setattr(backups, "resume", lambda _settings: None)
        site.restore()
    with pytest.raises(NotReplayed):
        wiring.build(site.settings)
    with pytest.raises(NotReplayed):
        site.kept.rename(site.kept.with_name("first"))
        site.back_up()
    backups.resume(site.settings)
    with site.open() as store:
        assert ANN not in readable(store, people)
    with pytest.raises(NothingToResume):
        backups.resume(site.settings)


def test_a_database_put_back_by_hand_is_noticed(site: Site) -> None:
    with site.open() as store:
        fill(store)
        site.back_up()
        with store.begin() as db:
            keep(db, "13600001111")
        with store.begin() as db:
            ledger.integrate(db)
    if site.database:
        site.lose()
    else:
        shutil.copyfile(site.kept / "database.sqlite", site.folder / "home" / "shouyue.db")
        for rest in ("-wal", "-shm"):
            (site.folder / "home" / f"shouyue.db{rest}").unlink(missing_ok=True)
    with pytest.raises(RolledBack):
        wiring.build(site.settings)


def test_going_on_with_an_older_log_has_to_be_accepted_and_is_said_in_the_log(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        told = site.back_up()
        erase(store, people[ANN])
        with store.read() as db:
            was = ledger.reached(db)
    site.lose()
    with pytest.raises(LedgerAhead):
        backups.restore(site.settings, site.kept, fork_ledger=False)
    site.restore()
    with site.open() as store, store.read() as db:
        row = db.scalars(sa.select(Restoration)).one()
        assert (row.size, row.lost, row.backup) == (told.ledger, was, told.id)
        facts = db.scalars(
            sa.select(LedgerLeaf.facts).where(LedgerLeaf.kind == "recovery.restored")
        ).one()
    assert facts is not None
    assert (facts["from"], facts["was"]) == (told.ledger, was)
    assert (site.settings.journal_folder / f"checkpoint.{was}").exists()


def test_every_row_of_every_table_comes_back(site: Site) -> None:
    with site.open() as store:
        fill(store)
        site.back_up()
        before = contents(store)
    site.lose()
    site.restore()
    with site.open() as store:
        after = contents(store)
    changed = {name for name in before if not before[name] <= after[name]}
    assert changed <= {"job"}
    assert sum(map(len, before.values())) > 20


def contents(store: Store) -> dict[str, set[str]]:
    with store.read() as db:
        return {
            table.name: {str(row) for row in db.execute(sa.select(table))}
            for table in Table.metadata.sorted_tables
        }


def test_a_house_with_rows_in_it_is_not_overwritten(site: Site) -> None:
    with site.open() as store:
        fill(store)
        site.back_up()
    with pytest.raises(NotEmpty):
        site.restore()
    with pytest.raises(NotEmpty):
        site.back_up()


def test_no_byte_of_a_backup_can_change_and_no_file_be_missing(site: Site) -> None:
    with site.open() as store:
        fill(store)
        site.back_up()
    site.lose()
    files = [path for path in site.kept.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        octets = path.read_bytes()
        for at in {0, len(octets) // 2, len(octets) - 1} - ({-1} if not octets else set()):
            if octets:
                path.write_bytes(octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :])
                with pytest.raises(Damaged):
                    site.restore()
        path.unlink()
        with pytest.raises(Unfinished if path.name == "manifest.json" else Damaged):
            site.restore()
        path.write_bytes(octets)
    (site.kept / "more").write_text("x")
    with pytest.raises(Damaged):
        site.restore()
    (site.kept / "more").unlink()
    site.restore()


def test_without_the_whole_journal_nothing_is_restored(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        erase(store, people[BEN])
        site.back_up()
        erase(store, people[ANN])
    site.lose()
    journal = site.settings.journal_folder
    lines = (journal / "erasures").read_bytes()
    aside = journal.with_name("aside")
    journal.rename(aside)
    with pytest.raises(JournalShort):
        site.restore()
    aside.rename(journal)
    for cut in (b"", lines[: lines.rindex(b"\n", 0, -1) + 1], lines[:-9]):
        (journal / "erasures").write_bytes(cut)
        with pytest.raises(JournalShort):
            site.restore()
    for at in range(0, len(lines), 41):
        (journal / "erasures").write_bytes(lines[:at] + bytes([lines[at] ^ 1]) + lines[at + 1 :])
        with pytest.raises((JournalBroken, JournalShort)):
            site.restore()
    (journal / "erasures").write_bytes(lines)
    site.restore()


def test_a_journal_that_cannot_write_stops_the_erasure_whole(sqlite: Site) -> None:
    with sqlite.open() as store:
        people = fill(store)
        folder = sqlite.settings.journal_folder
        (folder / "erasures").rename(folder / "away")
        (folder / "erasures").mkdir()  # a disk that takes no more says the same
        with pytest.raises(JournalUnavailable), store.begin() as db:
            vault.shred(db, people[ANN])
        assert ANN in readable(store, people)


def test_a_backup_without_a_place_is_refused(sqlite: Site) -> None:
    with sqlite.open() as store:
        fill(store)
    sqlite.folder.joinpath("file").write_text("in the way")
    with pytest.raises(NotTaken):
        backups.backup(sqlite.settings, sqlite.folder / "file" / "backup")


def test_a_full_disk_is_said_leaves_nothing_and_a_second_try_is_whole(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
    own = site.folder / "home" / "shouyue.db"
    most = own.stat().st_size // 2 if own.exists() else 4096
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        with pytest.raises(NotTaken) as refusal:
            site.back_up()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "(File too large)" in refusal.value.say("en") or "SQLITE" in refusal.value.say("en")
    assert list(site.kept.iterdir()) == []
    with pytest.raises(Unfinished):
        site.restore()
    site.back_up()
    site.lose()
    site.restore()
    with site.open() as store:
        assert readable(store, people) >= {ANN, BEN, CAT}


def test_a_full_disk_is_told_in_the_words_of_the_system(
    sqlite: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise error

    with sqlite.open() as store:
        fill(store)
    monkeypatch.setattr(dumps, "_back_up", full)
    with pytest.raises(NotTaken) as refusal:
        sqlite.back_up()
    assert "(No space left on device)" in refusal.value.say("en")


def test_what_a_killed_backup_left_is_taken_away_by_the_next(site: Site) -> None:
    with site.open() as store:
        fill(store)
    site.back_up()
    (site.kept / "manifest.json").rename(site.kept / "manifest.json.new")  # the last step was cut
    told = site.back_up()
    assert manifests.read(site.kept) == told


@pytest.mark.parametrize("beside", [["diary"], ["diary", "manifest.json.new"], ["database.sqlite"]])
def test_what_is_of_no_backup_that_was_begun_is_left_alone(sqlite: Site, beside: list[str]) -> None:
    with sqlite.open() as store:
        fill(store)
    sqlite.kept.mkdir()
    for name in beside:
        (sqlite.kept / name).write_text("mine")
    with pytest.raises(NotEmpty):
        sqlite.back_up()
    assert (sqlite.kept / beside[0]).read_text() == "mine"


def test_a_whole_backup_is_never_taken_away(sqlite: Site) -> None:
    with sqlite.open() as store:
        fill(store)
    told = sqlite.back_up()
    (sqlite.kept / "manifest.json.new").touch()
    with pytest.raises(NotEmpty):
        sqlite.back_up()
    (sqlite.kept / "manifest.json.new").unlink()
    assert manifests.read(sqlite.kept) == told


def test_a_backup_does_not_go_into_a_file(sqlite: Site) -> None:
    with sqlite.open() as store:
        fill(store)
    sqlite.kept.write_text("mine")
    with pytest.raises(NoFolder):
        sqlite.back_up()
    assert sqlite.kept.read_text() == "mine"


def test_a_backup_of_an_open_house_is_one_state(site: Site) -> None:
    with site.open() as store:
        people, stop = fill(store), threading.Event()
        busy = threading.Thread(target=come_and_go, args=(store, stop))
        busy.start()
        try:
            site.back_up()
        finally:
            stop.set()
            busy.join()
    site.lose()
    site.restore()
    with site.open() as store:
        assert len(readable(store, people)) == 5
        with store.read() as db:
            everybody = set(db.scalars(sa.select(DataKey.subject)))
            assert not list(walk.check(db))
        with store.begin() as db:
            for who in everybody:
                assert {one.masked for one in vault.holdings(db, SubjectId(who))}
                for paper in documents.documents(db, SubjectId(who)):
                    assert documents.view_document(db, paper.id, CHECKER)


def come_and_go(store: Store, stop: threading.Event) -> None:
    """People with photos come, and every other one leaves at once."""
    number = 0
    while not stop.is_set():
        number += 1
        with store.begin() as db:
            who = keep(db, f"1350000{number:04d}")
            photo(db, who)
        if number % 2:
            erase(store, who)


def test_an_object_that_is_missing_is_no_backup(sqlite: Site) -> None:
    with sqlite.open() as store:
        fill(store)
        for path in (sqlite.folder / "home" / "objects" / "vault").iterdir():
            path.unlink()
            break
        with pytest.raises(NotTaken):
            sqlite.back_up()
    with pytest.raises(Unfinished):
        sqlite.restore()


def test_a_backup_goes_back_to_its_own_kind_of_house_alone(sqlite: Site) -> None:
    with sqlite.open() as store:
        fill(store)
        sqlite.back_up()
    sqlite.lose()
    other = sqlite.settings.model_copy(update={"database": SecretStr("postgresql+psycopg://x/y")})
    with pytest.raises(OtherHouse):
        backups.restore(other, sqlite.kept, fork_ledger=True)
    (sqlite.folder / "home" / "root.key").rename(sqlite.folder / "root.key")
    with pytest.raises(OtherHouse):
        sqlite.restore()


def test_the_root_key_and_the_journal_are_not_in_the_backup(site: Site) -> None:
    with site.open() as store:
        fill(store)
        site.back_up()
    root = (site.folder / "home" / "root.key").read_bytes()
    names = {path.name for path in site.kept.rglob("*")}
    assert not names & {"root.key", "passphrase", "erasures"}
    for path in site.kept.rglob("*"):
        if path.is_file():
            octets = path.read_bytes()
            assert root not in octets
            assert not [one for one in (ANN, BEN, CAT) if one.encode() in octets]


def test_the_commands_say_what_they_did(sqlite: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite.open() as store:
        people = fill(store)
    monkeypatch.setenv("SHOUYUE_HOME", str(sqlite.folder / "home"))
    run = CliRunner()
    taken = run.invoke(cli.main, ["backup", str(sqlite.kept), "--development"])
    assert taken.exit_code == 0, taken.output
    assert json.loads((sqlite.kept / "manifest.json").read_text())["id"] in taken.output
    with sqlite.open() as store:
        erase(store, people[ANN])
    sqlite.lose()
    refused = run.invoke(cli.main, ["restore", str(sqlite.kept), "--development"])
    assert refused.exit_code == 1
    assert "recovery.ledger-ahead" in refused.output
    done = run.invoke(cli.main, ["restore", str(sqlite.kept), "--fork-ledger", "--development"])
    assert "erased again: 2 keys" in done.output
    assert run.invoke(cli.main, ["restore", "--development"]).exit_code == 2

"""Back up, restrict, restore: still restricted. And dying anywhere on the way."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shouyue.assembly import cli, residue, wiring
from shouyue.ground.store.service import Store
from shouyue.privacy.custody import holds
from shouyue.privacy.custody import service as custody
from shouyue.privacy.keys.types import Need, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import walk
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor
from shouyue.privacy.recovery.errors import NotEmpty, NotReplayed, RolledBack
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep, KeepDocument
from tests.drills import Site, a_site, killed
from tests.holding import (
    ANN,
    DUTY,
    LI,
    NAME,
    PHOTO,
    hold,
    licence,
    name,
    number,
    phone,
    read_in_custody,
)
from tests.house import plain

pytestmark = [pytest.mark.clause("6.1.2.b"), pytest.mark.clause("6.3.2")]
LIVE, KEPT = {Item.DI_13, Item.DI_10}, {NAME.encode(), PHOTO}
State = tuple[set[Item], set[bytes]]


@pytest.fixture(params=["sqlite", "postgres"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.delenv("PORT", raising=False)
    with a_site(request.param, tmp_path, worker_id) as made:
        yield made


def live(store: Store) -> set[Item]:
    """The items that ordinary verbs see."""
    with store.read() as db:
        papers = {paper.item for paper in documents.documents(db, ANN)}
        return papers | {one.item for one in vault.holdings(db, ANN)}


def kept(store: Store) -> dict[bytes, set[str]]:
    """What opens under a warrant, with the grounds that keep it."""
    found = {}
    with store.begin() as db:
        for one in custody.of(db, ANN):
            warrant = Warrant(Need.AUTHORITY, one.grounds[0].ref)
            value = plain(read_in_custody(db, one.id, warrant).content)
            found[value] = {ground.ref for ground in one.grounds}
        db.rollback()
    return found


def move_in(store: Store) -> None:
    with store.begin() as db:
        name(db)
        licence(db)
    integrate(store)


def leave(store: Store) -> None:
    with store.begin() as db:
        custody.erase(db, ANN, event=Anchor.EXIT)
    integrate(store)


def integrate(store: Store) -> None:
    with store.begin() as db:
        ledger.integrate(db)


def test_what_was_restricted_after_the_backup_is_restricted_after_the_restore(site: Site) -> None:
    with site.open() as store:
        move_in(store)
        with store.begin() as db:
            phone(db)
        site.back_up()
        leave(store)
        with store.read() as db:
            ends = {one.item: one.until for one in custody.of(db, ANN)}
    site.lose()
    done = site.restore()
    assert done.restricted == 2
    with site.open() as store:
        assert live(store) == set()
        assert kept(store) == {value: {"OTM-31"} for value in KEPT}
        with store.read() as db:
            assert {one.item: one.until for one in custody.of(db, ANN)} == ends
            assert not list(walk.check(db))


NEWER = "章小明"
NEWER_PHOTO = b"\x89PNG-newer-" + bytes(range(64))


def replace(store: Store) -> None:
    """Bring newer papers in place of those that certified."""
    with store.begin() as db:
        certified = db.clock()
        custody.keep(db, Keep(ANN, Item.DI_13, NEWER, Purpose.P2, DUTY, "portal"), certified)
        paper = KeepDocument(ANN, Item.DI_10, NEWER_PHOTO, "image/png", Purpose.P2, DUTY, "portal")
        custody.keep_document(db, paper, certified)
    integrate(store)


@pytest.mark.parametrize("newer_backup", [False, True])
def test_what_was_replaced_is_in_custody_after_a_restore(site: Site, newer_backup: bool) -> None:  # noqa: FBT001
    with site.open() as store:
        move_in(store)
        if not newer_backup:
            site.back_up()
        replace(store)
        assert live(store) == LIVE
        assert kept(store) == {value: {"OTM-31"} for value in KEPT}
        if newer_backup:
            site.back_up()
        with store.read() as db:
            ends = {one.item: one.until for one in custody.of(db, ANN)}
    site.lose()
    assert site.restore().restricted == (0 if newer_backup else 2)
    with site.open() as store:
        # What is newer than the backup is lost with the disk; nothing that was replaced is live.
        assert live(store) == (LIVE if newer_backup else set())
        assert kept(store) == {value: {"OTM-31"} for value in KEPT}
        with store.read() as db:
            assert {one.item: one.until for one in custody.of(db, ANN)} == ends
            assert not list(walk.check(db))
    found = residue.search(site.settings, [NAME, NEWER])
    assert found.hits == ()


def test_a_replacement_that_is_killed_anywhere_is_whole_or_never_was(tmp_path: Path) -> None:
    ends = set()
    for step, before, after in deaths(tmp_path, _replace, every=8):
        assert before in ((LIVE, set()), (LIVE, KEPT)), step
        assert after[1] == before[1], step
        ends.add(bool(before[1]))
    assert ends == {True, False}


def test_what_has_ended_in_custody_stays_gone(site: Site) -> None:
    with site.open() as store:
        with store.begin() as db:
            name(db)
            number(db)
        site.back_up()
        with store.begin() as db:
            held = hold(db, Item.DI_14)
            custody.erase(db, ANN, [Item.DI_14])
        with store.begin() as db:
            holds.release(db, held, LI)
    site.lose()
    assert site.restore().restricted == 0
    with site.open() as store:
        assert live(store) == {Item.DI_13}
        assert kept(store) == {}


def test_a_kept_value_outlives_the_key_that_it_came_from(site: Site) -> None:
    with site.open() as store:
        with store.begin() as db:
            name(db)
            number(db)
        site.back_up()
        with store.begin() as db:
            held = hold(db, Item.DI_13)
            custody.erase(db, ANN, [Item.DI_13])
        with store.begin() as db:
            custody.erase(db, ANN, [Item.DI_14])  # now the live key goes, as an erasure
    site.lose()
    site.restore()
    with site.open() as store:
        assert live(store) == set()
        assert kept(store) == {NAME.encode(): {held}}


def test_a_hold_that_came_later_is_known_and_what_was_kept_again_stays_live(site: Site) -> None:
    with site.open() as store:
        with store.begin() as db:
            name(db)
            number(db)  # keeps the live key alive
            first = hold(db, Item.DI_13)
            custody.erase(db, ANN, [Item.DI_13])
        with store.begin() as db:
            name(db, value="王二")
        site.back_up()
        with store.begin() as db:
            second = hold(db, Item.DI_13)
    site.lose()
    assert site.restore().restricted == 0
    with site.open() as store:
        assert live(store) == {Item.DI_13, Item.DI_14}
        assert kept(store) == {NAME.encode(): {first, second}}


def test_a_unit_that_failed_after_its_line_restricts_nothing(site: Site) -> None:
    with site.open() as store:
        move_in(store)
        with pytest.raises(RuntimeError), store.begin() as db:
            custody.erase(db, ANN, event=Anchor.EXIT)
            db.journal.write()  # the commit's first step; then the process meets its end
            raise RuntimeError
        site.back_up()
    site.lose()
    assert site.restore().restricted == 0
    with site.open() as store:
        assert live(store) == LIVE


def test_the_command_says_how_many_were_restricted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    site = Site(tmp_path)
    with site.open() as store:
        move_in(store)
        site.back_up()
        leave(store)
    site.lose()
    monkeypatch.setenv("SHOUYUE_HOME", str(site.settings.home))
    told = CliRunner().invoke(
        cli.main, ["restore", str(site.kept), "--fork-ledger", "--development"]
    )
    assert "restricted again: 2 values" in told.output


def test_a_restriction_that_is_killed_anywhere_is_whole_or_never_was(tmp_path: Path) -> None:
    ends, last = set(), 0
    for step, before, after in deaths(tmp_path, _leave, every=2):
        assert before in ((LIVE, set()), (set(), KEPT)), step
        assert after == before, step
        ends.add(before[0] == LIVE)
        last = step
    assert ends == {True, False}
    assert last > 20


def test_a_restore_that_is_killed_anywhere_shows_no_restricted_value(tmp_path: Path) -> None:
    first = Site(tmp_path / "first")
    first.folder.mkdir()
    with first.open() as store:
        move_in(store)
        first.back_up()
        leave(store)
    first.lose()
    step, shut = 1, 0
    while True:
        site = Site(tmp_path / str(step))
        shutil.copytree(first.folder, site.folder)
        died = killed(site.restore, step, site.folder)
        try:
            with site.open() as store:
                assert live(store) == set(), step
        except (NotReplayed, RolledBack):
            shut += 1
        with suppress(NotEmpty):  # it was done, and only its last word is missing
            site.restore()
        with site.open() as store:
            assert (live(store), set(kept(store))) == (set(), KEPT), step
        shutil.rmtree(site.folder)
        if not died:
            break
        step += 3
    assert step > 25
    assert shut > 5


def deaths(
    folder: Path, act: Callable[[Site], None], *, every: int
) -> Iterator[tuple[int, State, State]]:
    """Kill an act at each `every`-th step until it lives to its end; then lose the disk, restore.

    Yields the step, and what is live and what in custody before the loss and after the restore.
    """
    first = Site(folder / "first")
    first.folder.mkdir()
    with first.open() as store:
        move_in(store)
        first.back_up()
    step, died = 1, True
    while died:
        site = Site(folder / str(step))
        shutil.copytree(first.folder, site.folder)
        died = killed(partial(act, site), step, site.folder)
        with site.open() as store:
            before = live(store), set(kept(store))
        site.lose()
        site.restore()
        with site.open() as store:
            yield step, before, (live(store), set(kept(store)))
        shutil.rmtree(site.folder)
        step += every


def _replace(site: Site) -> None:
    replace(wiring.build(site.settings).store)


def _leave(site: Site) -> None:
    house = wiring.build(site.settings)
    with house.store.begin() as db:
        custody.erase(db, ANN, event=Anchor.EXIT)

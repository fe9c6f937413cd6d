"""Kill -9 at every step of erasing, backing up, restoring and replaying: a clear state each time.

A step is a file that is opened for writing, renamed, removed or made, and a statement that changes
rows or a commit in the database. The process is killed before its n-th step, for n = 1, 2, 3 and so
on, until it passes whole; a restore into PostgreSQL before each file and commit, since what is not
committed there never was.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from shouyue.assembly import wiring
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.recovery import manifests
from shouyue.privacy.recovery.errors import NotEmpty, NotReplayed, RolledBack, Unfinished
from shouyue.privacy.vault import service as vault
from tests.drills import ANN, BEN, CAT, PHOTO, Site, a_site, erase, fill, killed, readable

pytestmark = [pytest.mark.clause("6.3.2"), pytest.mark.clause("6.1.2.a")]

LEFT = {BEN, CAT, PHOTO + BEN.encode()}


@pytest.fixture(params=["sqlite", "postgres"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.delenv("PORT", raising=False)
    with a_site(request.param, tmp_path, worker_id) as made:
        yield made


def begun(site: Site) -> dict[str, SubjectId]:
    """Three people, a backup of them, and one who asked to be forgotten since."""
    with site.open() as store:
        people = fill(store)
        site.back_up()
        erase(store, people[ANN])
    return people


def test_a_backup_that_is_killed_anywhere_is_no_backup(site: Site) -> None:
    with site.open() as store:
        people = fill(store)
        everything = readable(store, people)
    step = 1
    while killed(site.back_up, step, site.folder):
        if (site.kept / "manifest.json").exists():
            manifests.read(site.kept)  # its last step is done, so it is whole
        elif site.kept.exists():
            with pytest.raises(Unfinished):
                manifests.read(site.kept)
        shutil.rmtree(site.kept, ignore_errors=True)
        step += 1
    assert step > 12
    with site.open() as store:
        assert readable(store, people) == everything


def test_a_restore_that_is_killed_anywhere_stays_shut_and_goes_on(site: Site) -> None:
    people, step, shut = begun(site), 1, 0
    site.lose()
    while killed(site.restore, step, site.folder, statements=not site.database):
        shut += is_shut(site, people)
        goes_on(site, people)
        renew(site)
        step += 1
    assert step > 25
    assert shut > 5


def is_shut(site: Site, people: dict[str, SubjectId]) -> bool:
    """Whatever there is: either nobody comes in, or what was erased is gone."""
    try:
        with site.open() as store:
            assert readable(store, people) == LEFT
    except (NotReplayed, RolledBack):
        return True
    return False


def goes_on(site: Site, people: dict[str, SubjectId]) -> None:
    """The same command again, unless the dead process was through."""
    with suppress(NotEmpty):  # it was done, and only its last word is missing
        site.restore()
    with site.open() as store:
        assert readable(store, people) == LEFT


def renew(site: Site) -> None:
    """Lose the disk again; what was last known of the log is as it was after the first loss."""
    journal = site.settings.journal_folder
    known = max(journal.glob("checkpoint.*"), key=lambda path: int(path.suffix[1:]), default=None)
    if known is not None:
        shutil.copyfile(known, journal / "checkpoint")
    site.lose()


def test_an_erasure_that_is_killed_anywhere_is_whole_or_never_was(tmp_path: Path) -> None:
    first = Site(tmp_path / "first")
    first.folder.mkdir()
    with first.open() as store:
        people = fill(store)
        first.back_up()
    step, ends = 1, set()
    while True:
        site = Site(tmp_path / str(step))
        shutil.copytree(first.folder, site.folder)
        died = killed(partial(_shred, site, people[ANN]), step, site.folder)
        with site.open() as store:
            live = readable(store, people)
        site.lose()
        site.restore()
        with site.open() as store:
            assert readable(store, people) == live, step
        ends.add(ANN in live)
        shutil.rmtree(site.folder)
        if not died:
            break
        step += 1
    assert ends == {True, False}
    assert step > 20


def _shred(site: Site, who: SubjectId) -> None:
    house = wiring.build(site.settings)
    with house.store.begin() as db:
        vault.shred(db, who)

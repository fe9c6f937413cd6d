"""A restore brings back neither a consent that was taken back nor loses a hold that was placed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from shouyue.assembly import cli
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.journal import Journal
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.custody import holds, jobs
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import GroundKind, HoldStage, NewHold
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.ledger import walk
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.drills import Site, a_site
from tests.holding import ANN, CASE, DUTY, LI, WANG, hold, name, number
from tests.people import sign_up

pytestmark = pytest.mark.clause("6.3.2")
SURVEY = Purpose.P5


@pytest.fixture(params=["sqlite", "postgres"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.delenv("PORT", raising=False)
    with a_site(request.param, tmp_path, worker_id) as made:
        yield made


def person(site: Site, *chosen: Purpose) -> SubjectId:
    with site.open() as store, store.begin() as db:
        return sign_up(db, chosen=chosen).subject


def back(site: Site) -> tuple[int, int]:
    """Lose the database, restore it, and say how many holds and consents were seen to."""
    site.lose()
    done = site.restore()
    return done.holds, done.withdrawn


def state(site: Site, who: SubjectId) -> tuple[ConsentState, set[Purpose]]:
    with site.open() as store, store.read() as db:
        assert not list(walk.check(db))
        return consents.state(db, who, SURVEY), grounds.switched_off(db, who)


@pytest.mark.clause("6.2.1")
def test_a_consent_that_was_withdrawn_after_the_backup_stays_withdrawn(site: Site) -> None:
    who = person(site, SURVEY)
    with site.open() as store:
        site.back_up()
        with store.begin() as db:
            consents.withdraw(db, who, SURVEY)
    assert back(site) == (0, 1)
    assert state(site, who) == (ConsentState.WITHDRAWN, {SURVEY})
    with site.open() as store, store.begin() as db:
        assert consents.history(db, who)[-1].channel == "restore"
        waiting = db.scalars(sa.text("SELECT name FROM job")).all()
        assert "consent.withdrawn" in waiting


@pytest.mark.clause("6.2.1")
def test_a_later_no_counts_as_a_withdrawal_and_a_void_yes_stays_void(site: Site) -> None:
    who = person(site, SURVEY)
    with site.open() as store:
        with store.begin() as db:
            child = sign_up(db, "13900005678", chosen=[SURVEY]).subject
        site.back_up()
        with store.begin() as db:
            notice = consents.ask(db, who, offers.purpose("zh", SURVEY), by_person=True)
            consents.refuse(db, who, notice.token)
            consents.void(db, child, SURVEY)
    assert back(site) == (0, 2)
    assert state(site, who) == (ConsentState.WITHDRAWN, {SURVEY})
    assert state(site, child) == (ConsentState.VOID, {SURVEY})


@pytest.mark.clause("6.2.1")
@pytest.mark.parametrize("ending", ["withdraw", "refuse", "void"])
def test_a_yes_that_was_renewed_after_the_backup_and_then_ended_stays_ended(
    site: Site, ending: str
) -> None:
    who = person(site, SURVEY)
    site.back_up()
    with site.open() as store, store.begin() as db:
        notice = consents.ask(db, who, offers.purpose("zh", SURVEY), by_person=True)
        consents.give(db, who, notice.token, control=Control.BUTTON)
        if ending == "refuse":
            notice = consents.ask(db, who, offers.purpose("zh", SURVEY), by_person=True)
            consents.refuse(db, who, notice.token)
        else:
            getattr(consents, ending)(db, who, SURVEY)
    assert back(site) == (0, 1)
    ended = ConsentState.VOID if ending == "void" else ConsentState.WITHDRAWN
    assert state(site, who) == (ended, {SURVEY})


@pytest.mark.clause("6.2.1")
def test_a_yes_that_came_after_the_withdrawal_is_not_taken_back(site: Site) -> None:
    who = person(site, SURVEY)
    with site.open() as store:
        with store.begin() as db:
            consents.withdraw(db, who, SURVEY)
        with store.begin() as db:
            notice = consents.ask(db, who, offers.purpose("zh", SURVEY), by_person=True)
            consents.give(db, who, notice.token, control=Control.BUTTON)
        site.back_up()
    assert back(site) == (0, 0)
    assert state(site, who) == (ConsentState.GIVEN, set())


@pytest.mark.clause("6.1.2.b")
def test_a_hold_that_was_placed_after_the_backup_is_open_after_the_restore(site: Site) -> None:
    with site.open() as store:
        with store.begin() as db:
            name(db)
            number(db)
        site.back_up()
        with store.begin() as db:
            held = hold(db, Item.DI_13)
            before = holds.listed(db)
    assert back(site) == (1, 0)
    with site.open() as store, store.begin() as db:
        assert holds.listed(db) == before
        assert not list(walk.check(db))
        kept = custody.erase(db, ANN).kept
        assert [(one.item, [by.ref for by in one.grounds]) for one in kept] == [
            (Item.DI_13, [held])
        ]


@pytest.mark.clause("6.1.2.b")
@pytest.mark.parametrize("late", [False, True])
def test_what_was_corrected_under_a_hold_is_where_it_was(site: Site, *, late: bool) -> None:
    with site.open() as store:
        with store.begin() as db:
            name(db)
            number(db)  # keeps the live key alive
            hold(db, Item.DI_13)
        if late:
            site.back_up()
        with store.begin() as db:
            custody.keep(db, Keep(ANN, Item.DI_13, "章小明", Purpose.P2, DUTY, "portal"))
        if not late:
            site.back_up()
    back(site)
    with site.open() as store, store.begin() as db:
        assert [one.item for one in custody.of(db, ANN)] == [Item.DI_13]
        masks = vault.masked(db, ANN, [Item.DI_13])
        # What the person called wrong is not shown again, also where the right word is lost.
        assert masks == ({} if late else {Item.DI_13: "章**"})


@pytest.mark.clause("6.1.2.b")
def test_a_hold_that_waited_at_the_backup_is_confirmed_and_one_let_go_is_over(site: Site) -> None:
    with site.open() as store:
        with store.begin() as db:
            name(db)
            until = db.clock() + timedelta(days=9)
            new = NewHold(ANN, GroundKind.HOLD, CASE, (), until)
            waits = holds.ask(db, new, LI)
            open_then = hold(db, Item.DI_13)
        site.back_up()
        with store.begin() as db:
            holds.confirm(db, waits, WANG)
            holds.release(db, open_then, LI)
    assert back(site) == (2, 0)
    with site.open() as store, store.read() as db:
        stages = {one.id: one.stage for one in holds.listed(db)}
        assert stages == {waits: HoldStage.OPEN, open_then: HoldStage.RELEASED}


@pytest.mark.clause("6.1.2.b")
def test_what_the_journal_has_wrong_about_a_hold_is_put_right(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with site.open() as store:
        with store.begin() as db:
            name(db)
            held = hold(db)
        with pytest.raises(RuntimeError), store.begin() as db:
            holds.release(db, held, LI)
            db.journal.write()  # the commit's first step; then the process meets its end
            raise RuntimeError
        with store.begin() as db:
            jobs.settle(db, Job("", jobs.SETTLE, "", {}, 1, db.clock()))
        site.back_up()
    assert back(site) == (0, 0)
    with site.open() as store, store.read() as db:
        assert [one.stage for one in holds.listed(db)] == [HoldStage.OPEN]


@pytest.mark.clause("5.1.1")
def test_the_journal_tells_of_nobody(tmp_path: Path) -> None:
    site = Site(tmp_path)
    who = person(site, SURVEY)
    with site.open() as store, store.begin() as db:
        name(db)
        hold(db, Item.DI_13)
        consents.withdraw(db, who, SURVEY)
    told = (site.settings.journal_folder / "erasures").read_text("utf-8")
    assert len(Journal(site.settings.journal_folder).read()) > 2
    for secret in (who, ANN, CASE, LI, WANG, "DI-13"):
        assert secret not in told


def test_the_command_says_what_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    site = Site(tmp_path)
    who = person(site, SURVEY)
    with site.open() as store:
        site.back_up()
        with store.begin() as db:
            hold(db, who=who)
            consents.withdraw(db, who, SURVEY)
    site.lose()
    monkeypatch.setenv("SHOUYUE_HOME", str(site.settings.home))
    told = CliRunner().invoke(
        cli.main, ["restore", str(site.kept), "--fork-ledger", "--development"]
    )
    assert "as they were: 1 holds; withdrawn again: 1 consents" in told.output

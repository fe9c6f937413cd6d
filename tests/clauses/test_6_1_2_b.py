"""6.1.2.b and the exception of 6.1.2: time is up, or a law says not yet (PIPL 47)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.jobs import service as bells
from shouyue.ground.jobs.service import Worker
from shouyue.ground.store.session import Session
from shouyue.people.overview import restricted
from shouyue.platform.onboarding import cases
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.custody import again, holds, jobs, moves
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.errors import NoWarrant
from shouyue.privacy.keys import certificates
from shouyue.privacy.keys.types import Cause, Need, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import declared
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Anchor
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from tests import certification as sample
from tests.holding import ANN, LI, NAME, YES, hold, name, number, read_in_custody
from tests.house import House, plain

pytestmark = pytest.mark.clause("6.1.2.b")


def test_every_control_of_the_exception_runs() -> None:
    modules = {kept.module for kept in declared() if Clause.C6_1_2_b in kept.clauses}
    assert {custody.__name__, moves.__name__, holds.__name__, again.__name__} <= modules
    assert restricted.__name__ in modules


def test_what_no_law_keeps_goes_at_once_and_what_one_keeps_goes_at_its_end(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        number(db, basis=YES)
        done = custody.erase(db, ANN, event=Anchor.EXIT)
        assert vault.holdings(db, ANN) == []
    (kept,) = done.kept
    law = statutes.keepings()[kept.grounds[0].ref]
    assert (kept.until.year - house.clock().year) * 12 == law.months
    house.clock.at = kept.until
    with house.store.begin() as db:
        bells.enqueue(db, jobs.SWEEP)
    Worker(house.store, jobs.ANSWERS).run_once()
    with house.store.begin() as db:
        assert custody.of(db, ANN) == []
        gone = certificates.latest(db, 1)[0]
        assert (gone.custody, gone.cause) == (True, Cause.EXPIRED)
        ledger.integrate(db)
        assert certificates.receipt(db, gone.key)


def test_a_sweep_that_is_due_meets_a_hold(house: House) -> None:
    """The photos of the card go thirty days after the check (5.5), unless a case needs them."""
    with house.store.begin() as db:
        case = sample.confirmed(db, sample.applicant(db))
        reviews.approve(db, case, sample.STAFF)
        subject = cases.whose(db, case, Item.DI_16)
        held = hold(db, Item.DI_16, who=subject)
        reviews.destroy_photos(db, case)
        left = {paper.item for paper in documents.documents(db, subject)}
        assert not left & {Item.DI_16, Item.DI_17}
        assert [one.item for one in custody.of(db, subject)] == [Item.DI_16]
        assert holds.release(db, held, LI) == 1
        assert custody.of(db, subject) == []


def test_a_read_without_the_ground_that_keeps_it_is_refused_and_leaves_no_look(
    house: House,
) -> None:
    with house.store.begin() as db:
        name(db)
        kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
        for need in Need:
            with pytest.raises(NoWarrant) as no:
                read_in_custody(db, kept.id, Warrant(need, "CSL-23"))
            assert no.value.code == "custody.no-warrant"
        assert vault.accesses(db, ANN) == []
        read = read_in_custody(db, kept.id, Warrant(Need.AUTHORITY, "OTM-31"))
        assert plain(read.content) == NAME.encode()


def test_the_evidence_says_what_stayed_by_what_and_until_when(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
        (leaf,) = ledger.about(db, ANN, "custody.restricted")
        assert leaf.facts["item"] == "DI-13"
        assert leaf.facts["grounds"] == "OTM-31"
        assert leaf.facts["until"] == kept.until.isoformat()
        told = db.scalars(sa.text("SELECT name FROM job")).all()
        assert custody.KEPT in told


def test_an_article_that_was_repealed_keeps_nothing_any_more(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = (db.clock() - timedelta(days=1)).date()
    known = {key: replace(law, until=yesterday) for key, law in statutes.keepings().items()}
    monkeypatch.setattr(statutes, "keepings", lambda: known)
    name(db)
    assert custody.erase(db, ANN, event=Anchor.EXIT).kept == ()
    assert custody.of(db, ANN) == []

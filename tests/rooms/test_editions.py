"""Which edition is announced and in force when; what two editions differ in."""

from dataclasses import replace

import pytest

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors, jobs, rules
from shouyue.privacy.editions import service as editions
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import pages, source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Change, Policy, RecipientKind
from tests.editions import edition, received, said
from tests.house import House


def founded(db: Session) -> Policy:
    own = source.load()
    editions.adopt(db, own)
    return own


def test_a_house_founds_itself_on_the_policy_it_has(db: Session) -> None:
    own = founded(db)
    [first] = editions.history(db)
    assert (first.number, first.founding) == (own.version.number, True)
    assert (first.announced_at, first.adopted_at) == (db.clock(), db.clock())
    assert editions.in_force(db, db.clock()) == first


def test_before_anything_was_announced_nothing_is_in_force(db: Session) -> None:
    assert editions.in_force(db, db.clock()) is None
    assert editions.history(db) == []
    assert editions.words(db, "1.0.0", "zh") is None


def test_the_same_edition_twice_changes_nothing(db: Session) -> None:
    own = founded(db)
    before = editions.history(db)
    assert editions.announce(db, own) == before[0]
    assert editions.adopt(db, own) == frozenset()
    assert editions.history(db) == before


def test_at_every_moment_one_edition_is_in_force(db: Session) -> None:
    founded(db)
    start = db.clock()
    editions.announce(db, edition("1.1.0", start, 16))
    editions.announce(db, edition("1.2.0", start, 30))
    moments = [start.replace(year=2020), start, *(start.replace(day=1, month=12),)]
    assert [editions.in_force(db, at).number for at in moments] == ["1.0.0"] * 3  # type: ignore[union-attr] # there is one
    later = [one.effective_at for one in editions.history(db)]
    assert [editions.in_force(db, at).number for at in later] == ["1.2.0", "1.1.0", "1.0.0"]  # type: ignore[union-attr] # as above
    assert [one.number for one in editions.coming(db, start)] == ["1.2.0", "1.1.0"]


def test_an_edition_that_takes_effect_no_later_than_another_is_refused(db: Session) -> None:
    founded(db)
    editions.announce(db, edition("1.1.0", db.clock(), 16))
    with pytest.raises(errors.OutOfOrder):
        editions.announce(db, edition("1.0.9", db.clock(), 16))


def test_a_server_opens_under_the_edition_in_force_and_under_no_other(house: House) -> None:
    with house.store.begin() as db:
        own = founded(db)
        coming = edition("1.1.0", db.clock(), 16)
        with pytest.raises(errors.NotAnnounced):
            editions.adopt(db, coming)
        editions.announce(db, coming)
        with pytest.raises(errors.NotYet):
            editions.adopt(db, coming)
        house.clock.forward(days=16)
        with pytest.raises(errors.Superseded):
            editions.adopt(db, own)
        editions.adopt(db, coming)
        assert editions.history(db)[0].adopted_at == db.clock()


def test_announcing_and_adopting_are_leaves_of_the_evidence_log(db: Session) -> None:
    founded(db)
    ledger.integrate(db)
    leaf = editions.history(db)[0].leaf
    proved = ledger.verify(ledger.receipt(db, leaf)).leaf
    assert proved.kind == "policy.announced"


def test_a_purpose_that_changed_is_told_once(house: House) -> None:
    with house.store.begin() as db:
        founded(db)
        more = received(RecipientKind.PARTNER, Item.DI_05)
        coming = edition("1.1.0", db.clock(), 16, recipients=more)
        editions.announce(db, coming)
        house.clock.forward(days=16)
        assert editions.adopt(db, coming) == {Purpose.P19}
        assert editions.adopt(db, coming) == frozenset()


def test_a_server_that_was_not_restarted_raises_an_alarm(house: House) -> None:
    with house.store.begin() as db:
        founded(db)
        editions.announce(db, edition("1.1.0", db.clock(), 16))
        job = Job("1", "editions.check", "", {}, 1, db.clock())
        jobs.check(db, job)
        assert _alarms(db) == 0
        house.clock.forward(days=16)
        jobs.check(db, job)
        assert _alarms(db) == 1


def test_only_clauses_whose_words_differ_are_named() -> None:
    before = pages.plain(source.load(), "en")
    other = edition(
        "1.1.0", source.load().version.published_at, 16, clauses=said(Clause.C5_6, "x", "y")
    )
    assert rules.changed_clauses(before, pages.plain(other, "en")) == ("5.6",)
    assert rules.changed_clauses(before, before) == ()
    assert rules.major(before, before) == ()
    assert rules.changed_purposes(before, before) == frozenset()


def test_another_right_is_a_major_change_and_one_less_takes_rights_away() -> None:
    own = source.load()
    before = pages.plain(own, "en")
    clause = own.clauses[Clause.C6_2_2]
    fewer = {**own.clauses, clause.id: replace(clause, rights=clause.rights[:1])}
    more = {**own.clauses, clause.id: replace(clause, rights=(*clause.rights, "COPY"))}
    at = own.version.published_at
    less = pages.plain(edition("1.1.0", at, 16, clauses=fewer), "en")
    added = pages.plain(edition("1.1.0", at, 16, clauses=more), "en")
    assert (rules.fewer_rights(before, less), rules.fewer_rights(before, added)) == (True, False)
    assert rules.major(before, added) == (Clause.C8_2_d,)


def test_a_change_owes_seven_or_fifteen_days() -> None:
    assert {change: change.notice_days for change in Change} == {
        Change.EDITORIAL: 7,
        Change.MINOR: 7,
        Change.MAJOR: 15,
        Change.REDUCES_RIGHTS: 15,
    }


def _alarms(db: Session) -> int:
    found = db.connection().exec_driver_sql("SELECT count(*) FROM job WHERE name = 'alarm.raised'")
    return int(found.scalar_one())

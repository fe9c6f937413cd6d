"""Grants to look: who asks, who answers, what they reach, when they end, and what is owed."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.staff import jobs as staff_jobs
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance import glass, grants, holder, jobs, papers
from shouyue.privacy.clearance.errors import (
    AskUnfit,
    CourseFailed,
    Frozen,
    NoGrant,
    NoSuchGrant,
    NotSigned,
    NotTrained,
    NotYourPost,
    OwnGrant,
    ReasonUnfit,
    TextChanged,
)
from shouyue.privacy.clearance.types import (
    Ask,
    Glass,
    Member,
    Need,
    Stage,
    Verdict,
    Wanted,
    Why,
)
from shouyue.privacy.ledger.tables import LedgerLeaf
from shouyue.privacy.looks import service as looks
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.clearance import APPROVER, prepared
from tests.house import House, plain
from tests.people import newcomer

PHONE, OTHER = "13800138000", "13900139000"
LI = Member("0000000000000000000STAFF03", frozenset({"support"}))
WANG = Member("0000000000000000000STAFF04", frozenset({"support", "security"}))
READER = Reader(LI.id, "support", Purpose.P4, Basis.CONTRACT_SELF, "case-1", "security-check")
WORDS = "账号正被他人接管，须立即核对本人手机号"


@pytest.fixture
def person(db: Session) -> SubjectId:
    return somebody(db)


def somebody(db: Session, phone: str = PHONE) -> SubjectId:
    subject = newcomer(db)
    new = Keep(subject, Item.DI_01, phone, Purpose.P1, Basis.CONTRACT_SELF, "portal.sign-up")
    vault.keep(db, new)
    return subject


def wish(person: SubjectId, **changes: object) -> Ask:
    whole: dict[str, object] = {
        "post": "support",
        "purpose": Purpose.P4,
        "reach": {person: [Item.DI_01]},
        "need": Need.SECURITY,
        "case": "case-1",
    }
    return Ask(**(whole | changes))  # type: ignore[arg-type]  # test values by name


def need(person: SubjectId, **changes: object) -> Glass:
    whole: dict[str, object] = {
        "post": "support",
        "purpose": Purpose.P4,
        "subject": person,
        "items": [Item.DI_01],
        "told": WORDS,
    }
    return Glass(**(whole | changes))  # type: ignore[arg-type]  # test values by name


def granted(db: Session, person: SubjectId, **changes: object) -> str:
    prepared(db, LI.id)
    made = grants.ask(db, LI, wish(person, **changes))
    grants.approve(db, made, APPROVER)
    return made


def look(db: Session, person: SubjectId, reader: Reader = READER) -> str:
    return plain(vault.reveal(db, person, [Item.DI_01], reader)[Item.DI_01])


def alarms(db: Session) -> list[str]:
    found = db.scalars(sa.select(JobRow.args).where(JobRow.name == "alarm.raised"))
    return sorted(str(args["kind"]) for args in found)


def leaves(db: Session) -> list[str]:
    kinds = sa.select(LedgerLeaf.kind).where(LedgerLeaf.kind.startswith("clearance."))
    return list(db.scalars(kinds.order_by(LedgerLeaf.id)))


def bell(db: Session, name: str = jobs.SWEEP) -> Job:
    return Job(db.new_id(), name, "", {}, 1, db.clock())


def test_staff_without_a_grant_open_nothing_and_leave_no_look(
    db: Session, person: SubjectId
) -> None:
    prepared(db, LI.id)
    with pytest.raises(NoGrant):
        look(db, person)
    assert vault.accesses(db, person) == []


def test_a_look_under_a_grant_is_written_down_with_it(db: Session, person: SubjectId) -> None:
    made = granted(db, person)
    assert look(db, person) == PHONE
    (access,) = looks.accesses(db, person)
    assert access.grant == made
    assert grants.register(db, Wanted(live=True))[0][1] == 1


@pytest.mark.parametrize(
    "reader",
    [
        Reader(WANG.id, "support", Purpose.P4, Basis.CONTRACT_SELF, "case-1"),
        Reader(LI.id, "support", Purpose.P3, Basis.CONTRACT_SELF, "case-1"),
        Reader(LI.id, "support", Purpose.P4, Basis.CONTRACT_SELF, "case-2"),
    ],
    ids=["another member", "another purpose", "another case"],
)
def test_a_grant_reaches_nothing_beside_what_it_names(
    db: Session, person: SubjectId, reader: Reader
) -> None:
    granted(db, person)
    with pytest.raises(NoGrant):
        look(db, person, reader)


def test_a_grant_reaches_nobody_else(db: Session, person: SubjectId) -> None:
    granted(db, person)
    with pytest.raises(NoGrant):
        look(db, somebody(db, OTHER))


def test_a_grant_of_one_item_does_not_open_two(db: Session, person: SubjectId) -> None:
    new = Keep(person, Item.DI_03, "open-1", Purpose.P1, Basis.CONTRACT_SELF, "platform-account")
    vault.keep(db, new)
    granted(db, person, purpose=Purpose.P1)
    reader = Reader(LI.id, "support", Purpose.P1, Basis.CONTRACT_SELF, "case-1")
    with pytest.raises(NoGrant):
        vault.reveal(db, person, [Item.DI_01, Item.DI_03], reader)


def test_an_ask_opens_nothing_before_another_has_approved(db: Session, person: SubjectId) -> None:
    prepared(db, LI.id)
    made = grants.ask(db, LI, wish(person))
    with pytest.raises(NoGrant):
        look(db, person)
    grants.refuse(db, made, APPROVER)
    with pytest.raises(NoGrant):
        look(db, person)
    with pytest.raises(NoSuchGrant):
        grants.approve(db, made, APPROVER)


def test_nobody_approves_their_own_ask(db: Session, person: SubjectId) -> None:
    prepared(db, WANG.id)
    made = grants.ask(db, WANG, wish(person))
    assert grants.waiting(db, WANG) == []
    for answer in (grants.approve, grants.refuse):
        with pytest.raises(OwnGrant):
            answer(db, made, WANG)
    assert [grant.id for grant in grants.waiting(db, APPROVER)] == [made]


def test_who_only_reads_does_not_approve(db: Session, person: SubjectId) -> None:
    prepared(db, WANG.id)
    made = grants.ask(db, WANG, wish(person))
    with pytest.raises(NotYourPost):
        grants.approve(db, made, LI)


def test_a_grant_ends_by_itself_whether_or_not_the_sweep_has_run(
    house: House, db: Session, person: SubjectId
) -> None:
    made = granted(db, person, hours=8)
    house.clock.forward(hours=8, seconds=-1)
    look(db, person)
    house.clock.forward(seconds=1)
    with pytest.raises(NoGrant):
        look(db, person)
    jobs.sweep(db, bell(db))
    assert (grants.one(db, made).stage, grants.one(db, made).why) == (Stage.ENDED, Why.TIME)


def test_an_ask_that_nobody_answers_lapses(house: House, db: Session, person: SubjectId) -> None:
    prepared(db, LI.id)
    made = grants.ask(db, LI, wish(person))
    house.clock.forward(hours=24)
    jobs.sweep(db, bell(db))
    assert grants.one(db, made).why == Why.UNANSWERED
    with pytest.raises(NoSuchGrant):
        grants.approve(db, made, APPROVER)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"hours": 9}, "hours"),
        ({"hours": 0}, "hours"),
        ({"reach": {}}, "nothing"),
        ({"reach": {SubjectId(""): [Item.DI_01]}}, "nobody"),
        ({"purpose": Purpose.P2}, "purpose"),
        ({"case": "13800138000"}, "case"),
        ({"reach": {SubjectId(f"{n:026d}"): [Item.DI_01] for n in range(121)}}, "too-much"),
        (
            {"minors": True, "reach": {SubjectId("A"): [Item.DI_01], SubjectId("B"): [Item.DI_01]}},
            "minors-one-by-one",
        ),
    ],
)
def test_an_ask_that_does_not_fit_is_refused(
    db: Session, person: SubjectId, changes: dict[str, object], cause: str
) -> None:
    prepared(db, LI.id)
    with pytest.raises(AskUnfit) as refusal:
        grants.ask(db, LI, wish(person, **changes))
    assert refusal.value.facts["cause"] == cause


@pytest.mark.parametrize(
    "changes", [{"post": "reviewer"}, {"reach": {SubjectId("A"): [Item.DI_14]}}]
)
def test_nobody_asks_for_what_their_post_never_sees(
    db: Session, person: SubjectId, changes: dict[str, object]
) -> None:
    prepared(db, LI.id)
    with pytest.raises(NotYourPost):
        grants.ask(db, LI, wish(person, **changes))


def test_who_has_not_signed_or_not_learnt_asks_for_nothing(db: Session, person: SubjectId) -> None:
    with pytest.raises(NotSigned):
        grants.ask(db, LI, wish(person))
    papers.sign(db, LI.id, papers.undertaking().digest)
    with pytest.raises(NotTrained):
        grants.ask(db, LI, wish(person))


def test_other_words_are_not_signed_and_wrong_answers_do_not_pass(db: Session) -> None:
    with pytest.raises(TextChanged):
        papers.sign(db, LI.id, "0" * 64)
    course = papers.course()
    right = [one.right for one in course.questions]
    for place in range(len(right)):
        wrong = [*right[:place], (right[place] + 1) % 3, *right[place + 1 :]]
        with pytest.raises(CourseFailed):
            papers.take_course(db, LI.id, course.version, wrong)
    with pytest.raises(TextChanged):
        papers.take_course(db, LI.id, course.version, right[:-1])
    assert not papers.fitness(db, LI.id).fit


def test_a_course_is_good_for_a_year_and_a_live_grant_dies_with_it(
    house: House, db: Session, person: SubjectId
) -> None:
    prepared(db, LI.id)
    house.clock.forward(days=365, hours=-1)
    made = grants.ask(db, LI, wish(person))
    grants.approve(db, made, APPROVER)
    look(db, person)
    house.clock.forward(hours=1)
    with pytest.raises(NotTrained):
        look(db, person)


def test_the_undertaking_is_in_the_evidence_by_digest(db: Session) -> None:
    prepared(db, LI.id)
    facts = db.scalars(sa.select(LedgerLeaf.facts).where(LedgerLeaf.kind == "clearance.signed"))
    assert papers.undertaking().digest in str(facts.one())


def test_broken_glass_opens_at_once_for_half_an_hour_and_rings(
    house: House, db: Session, person: SubjectId
) -> None:
    prepared(db, LI.id)
    glass.break_glass(db, LI, need(person))
    assert alarms(db) == ["clearance.glass-broken"]
    look(db, person)
    house.clock.forward(minutes=30)
    with pytest.raises(NoGrant):
        look(db, person)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"told": "很急"}, ReasonUnfit),
        ({"told": WORDS + " 13800138000"}, ReasonUnfit),
        ({"told": WORDS + " 138 0013 8000"}, ReasonUnfit),
        ({"told": WORDS + "１３８－００１３－８０００"}, ReasonUnfit),
        ({"told": WORDS + " a@b"}, ReasonUnfit),
        ({"told": WORDS + " a＠b"}, ReasonUnfit),
        ({"told": "急" * 301}, ReasonUnfit),
        ({"purpose": Purpose.P3}, AskUnfit),
        ({"items": []}, AskUnfit),
        ({"subject": SubjectId("")}, AskUnfit),
        ({"items": [Item.DI_62]}, AskUnfit),
        ({"post": "privacy"}, NotYourPost),
        ({"items": [Item.DI_14]}, NotYourPost),
    ],
)
def test_glass_is_broken_for_declared_needs_only(
    db: Session, person: SubjectId, changes: dict[str, object], refusal: type[Exception]
) -> None:
    prepared(db, LI.id)
    with pytest.raises(refusal):
        glass.break_glass(db, LI, need(person, **changes))
    assert alarms(db) == []


def test_another_member_reviews_and_only_once(db: Session, person: SubjectId) -> None:
    prepared(db, WANG.id)
    made = glass.break_glass(db, WANG, need(person))
    assert glass.unreviewed(db, WANG) == []
    with pytest.raises(OwnGrant):
        glass.review(db, made, WANG, Verdict.JUSTIFIED)
    with pytest.raises(NotYourPost):
        glass.review(db, made, LI, Verdict.JUSTIFIED)
    assert [grant.id for grant in glass.unreviewed(db, APPROVER)] == [made]
    glass.review(db, made, APPROVER, Verdict.JUSTIFIED)
    with pytest.raises(NoSuchGrant):
        glass.review(db, made, APPROVER, Verdict.UNJUSTIFIED)
    assert grants.one(db, made).stage is Stage.LIVE


def test_what_was_not_justified_ends_at_once_and_rings(db: Session, person: SubjectId) -> None:
    prepared(db, LI.id)
    made = glass.break_glass(db, LI, need(person))
    glass.review(db, made, APPROVER, Verdict.UNJUSTIFIED)
    assert "clearance.glass-unjustified" in alarms(db)
    with pytest.raises(NoGrant):
        look(db, person)


def test_who_owes_a_review_is_frozen_until_it_is_given(
    house: House, db: Session, person: SubjectId
) -> None:
    prepared(db, LI.id)
    made = glass.break_glass(db, LI, need(person))
    house.clock.forward(hours=24, minutes=-1)
    other = granted(db, person)
    house.clock.forward(minutes=1)
    with pytest.raises(Frozen):
        look(db, person)
    with pytest.raises(Frozen):
        grants.ask(db, LI, wish(person))
    jobs.sweep(db, bell(db))
    jobs.sweep(db, bell(db))
    assert alarms(db).count("clearance.review-overdue") == 2  # it rings until it is done
    assert grants.one(db, other).why == Why.FROZEN
    glass.review(db, made, APPROVER, Verdict.JUSTIFIED)
    granted(db, person)
    look(db, person)


def test_nothing_is_approved_for_who_is_frozen_meanwhile(
    house: House, db: Session, person: SubjectId
) -> None:
    prepared(db, LI.id)
    glass.break_glass(db, LI, need(person))
    house.clock.forward(hours=23)
    made = grants.ask(db, LI, wish(person))
    house.clock.forward(hours=1)
    with pytest.raises(Frozen):
        grants.approve(db, made, APPROVER)


def test_an_ask_that_nobody_answered_for_a_day_is_not_approved_before_the_sweep_either(
    house: House, db: Session, person: SubjectId
) -> None:
    prepared(db, LI.id)
    late, later = (grants.ask(db, LI, wish(person)) for _ in range(2))
    house.clock.forward(hours=24, seconds=-1)
    assert len(grants.waiting(db, APPROVER)) == 2
    grants.approve(db, late, APPROVER)
    house.clock.forward(seconds=1)
    assert grants.waiting(db, APPROVER) == []
    for answer in (grants.approve, grants.refuse):
        with pytest.raises(NoSuchGrant):
            answer(db, later, APPROVER)


def test_a_minor_is_looked_at_only_after_privacy_staff_approved_by_name(
    db: Session, person: SubjectId
) -> None:
    young = Keep(person, Item.DI_62, "x", Purpose.P14, Basis.GUARDIAN, "portal.sign-up")
    vault.keep(db, young)
    granted(db, person)
    with pytest.raises(NoGrant):
        look(db, person)
    glass.break_glass(db, LI, need(person))
    with pytest.raises(NoGrant):
        look(db, person)
    made = grants.ask(db, LI, wish(person, minors=True))
    with pytest.raises(NotYourPost):
        grants.approve(db, made, WANG)
    grants.approve(db, made, APPROVER)
    look(db, person)
    grant = grants.one(db, made)
    assert (grant.minors, grant.answered_by, grant.answered_post) == (True, APPROVER.id, "privacy")


def test_who_leaves_holds_nothing_from_that_moment(db: Session, person: SubjectId) -> None:
    hired = staff.create_staff(db, "li-desk", "correct horse battery", [StaffRole.SUPPORT])
    prepared(db, hired.staff_id)
    gone = Member(hired.staff_id, frozenset({"support"}))
    live, waits = (grants.ask(db, gone, wish(person)) for _ in range(2))
    grants.approve(db, live, APPROVER)
    staff.deactivate(db, hired.staff_id)
    assert grants.holders(db) == set()
    assert {grants.one(db, made).why for made in (live, waits)} == {Why.LEFT}
    assert leaves(db)[-2:] == ["clearance.ended"] * 2
    staff_jobs.leavers(db, bell(db, staff_jobs.LEAVERS))
    assert alarms(db) == []


def test_a_lost_post_takes_its_grants_and_leaves_the_others(db: Session, person: SubjectId) -> None:
    both = [StaffRole.SUPPORT, StaffRole.REVIEWER]
    hired = staff.create_staff(db, "li-desk", "correct horse battery", both)
    prepared(db, hired.staff_id)
    member = Member(hired.staff_id, frozenset({"support", "reviewer"}))
    lost = grants.ask(db, member, wish(person))
    reach = {person: [Item.DI_14]}
    kept = grants.ask(db, member, wish(person, post="reviewer", purpose=Purpose.P2, reach=reach))
    staff.set_roles(db, hired.staff_id, [StaffRole.REVIEWER])
    stages = [grants.one(db, made).stage for made in (lost, kept)]
    assert stages == [Stage.ENDED, Stage.ASKED]


def test_the_sweep_finds_what_a_leaver_still_holds_and_proves_the_rest(
    db: Session, person: SubjectId
) -> None:
    made = granted(db, person)  # nobody by this id is on the staff
    staff_jobs.leavers(db, bell(db, staff_jobs.LEAVERS))
    assert grants.one(db, made).why == Why.LEFT
    assert alarms(db) == ["clearance.leaver-held"]
    staff_jobs.leavers(db, bell(db, staff_jobs.LEAVERS))
    proofs = db.scalars(
        sa.select(LedgerLeaf.facts).where(LedgerLeaf.kind == "staff.leavers-hold-none")
    )
    assert len(list(proofs)) == 2
    assert staff_jobs.SCHEDULE[staff_jobs.LEAVERS] <= timedelta(hours=1)


def test_one_gives_a_grant_back_and_another_takes_it_away(db: Session, person: SubjectId) -> None:
    back, away = granted(db, person), granted(db, person)
    grants.end(db, back, LI)
    with pytest.raises(NotYourPost):
        grants.end(db, away, Member("0" * 26, frozenset({"support"})))
    grants.end(db, away, APPROVER)
    assert [grants.one(db, made).why for made in (back, away)] == [Why.GIVEN_BACK, Why.TAKEN_BACK]
    with pytest.raises(NoSuchGrant):
        grants.end(db, away, APPROVER)


def test_the_register_is_filtered_by_member_purpose_person_and_life(
    db: Session, person: SubjectId
) -> None:
    made = granted(db, person)
    other = grants.ask(db, LI, wish(somebody(db, OTHER), purpose=Purpose.P3))

    def found(**wanted: object) -> set[str]:
        return {one.id for one, _ in grants.register(db, Wanted(**wanted))}  # type: ignore[arg-type]

    assert found() == {made, other}
    assert found(live=True) == found(subject=person) == found(purpose="P4") == {made}
    assert found(member=LI.id) == {made, other}
    assert found(member=WANG.id) == set()


def test_each_act_leaves_its_leaf(db: Session, person: SubjectId) -> None:
    granted(db, person)
    refused = grants.ask(db, LI, wish(person))
    grants.refuse(db, refused, APPROVER)
    glass.review(db, glass.break_glass(db, LI, need(person)), APPROVER, Verdict.JUSTIFIED)
    assert leaves(db) == [
        f"clearance.{act}"
        for act in (
            "signed",
            "trained",
            "asked",
            "approved",
            "asked",
            "refused",
            "glass-broken",
            "reviewed",
        )
    ]
    told = str(list(db.scalars(sa.select(LedgerLeaf.facts))))
    assert WORDS not in told


def test_a_person_gets_the_grants_that_reached_them_and_no_others(
    db: Session, person: SubjectId
) -> None:
    made = granted(db, person)
    told = json.dumps(holder.export(db, person))
    assert made in told
    assert "DI-01" in told
    assert holder.export(db, somebody(db, OTHER)) == {"grants": []}
    assert holder.erase(db, person) == 0


def test_a_persons_copy_has_every_grant_however_many_a_page_shows(
    db: Session, person: SubjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "_SHOWN", 1)
    made = granted(db, person), granted(db, person)
    told = json.dumps(holder.export(db, person))
    assert all(one in told for one in made)


def test_grants_go_with_their_looks_after_three_years_but_for_reviews_owed(
    house: House, db: Session, person: SubjectId
) -> None:
    made = granted(db, person)
    owed = glass.break_glass(db, LI, need(person))
    house.clock.forward(hours=9)
    jobs.sweep(db, bell(db))
    house.clock.forward(seconds=looks.KEPT.total_seconds())
    jobs.expire(db, bell(db))
    assert set(grants.some(db, [made, owed])) == {owed}

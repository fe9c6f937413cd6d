"""5.1.2: only who has to look may look, and each look is there for the person to see."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.overview import service as overview
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.platform.onboarding import queries
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import clearing
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.errors import NotUnderReview
from shouyue.platform.reviews.types import Look
from shouyue.privacy.clearance import grants, papers
from shouyue.privacy.clearance.errors import NoGrant, NotSigned, NotTrained, OwnGrant
from shouyue.privacy.clearance.types import Member, Wanted
from shouyue.privacy.custody import service as custody
from shouyue.privacy.grounds import emergencies
from shouyue.privacy.grounds.types import Danger
from shouyue.privacy.keys.types import Need, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.ledger.errors import Forked
from shouyue.privacy.ledger.tables import LedgerLeaf
from shouyue.privacy.looks import budget
from shouyue.privacy.looks.errors import BudgetSpent
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.tables import VaultHolding
from shouyue.privacy.vault.types import SELF, SYSTEM, Keep, Reader
from tests import certification as sample
from tests.clearance import APPROVER, cleared, prepared
from tests.holding import ANN, LI, WANG, name, read_in_custody
from tests.house import House
from tests.people import sign_up
from tests.witness import Watching

pytestmark = pytest.mark.clause("5.1.2")


@pytest.mark.parametrize("role", ["reviewer", "security", "admin", "research", "nobody-yet"])
def test_a_post_that_an_item_does_not_list_opens_nothing(db: Session, role: str) -> None:
    subject = sign_up(db).subject
    assert role not in policy.item(Item.DI_01).seen_by
    reader = Reader("li", role, Purpose.P3, Basis.CONTRACT_SELF, case="case-1")
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, subject, [Item.DI_01], reader)
    assert refusal.value.facts["cause"] == "role-undeclared"
    assert vault.accesses(db, subject) == []


def test_a_reviewer_opens_one_item_and_the_person_sees_it(db: Session) -> None:
    case = sample.confirmed(db, sample.applicant(db))
    legal = SubjectId(queries.parties(db, case)[Role.LEGAL].subject)
    before = len(vault.accesses(db, legal))
    sample.cleared(db, case)
    reviews.see(db, case, sample.STAFF, Item.DI_14, Look.COMPARE)
    looks = overview.looks(db, legal, "zh").rows
    assert len(looks) == before + 1
    (seen,) = [look for look in looks if look.by_staff]
    assert seen.items == policy.item(Item.DI_14).name.zh
    assert (seen.role, seen.reason, seen.case) == ("入驻审核员", "与证件照片比对", case)
    assert seen.grant.startswith("经另一名工作人员（隐私专员）批准，限时 8 小时")


def test_a_reviewer_opens_nothing_before_another_member_approved(db: Session) -> None:
    case = sample.confirmed(db, sample.applicant(db))
    prepared(db, sample.STAFF)
    asked = clearing.ask(db, case, Member(sample.STAFF, frozenset({"reviewer", "privacy"})), 8)
    with pytest.raises(OwnGrant):
        grants.approve(db, asked, Member(sample.STAFF, frozenset({"reviewer", "privacy"})))
    with pytest.raises(NoGrant):
        reviews.see(db, case, sample.STAFF, Item.DI_14, Look.COMPARE)
    grants.approve(db, asked, APPROVER)
    reviews.see(db, case, sample.STAFF, Item.DI_14, Look.COMPARE)


def test_a_grant_for_one_case_opens_nobody_of_another(house: House, db: Session) -> None:
    case = sample.confirmed(db, sample.applicant(db))
    sample.cleared(db, case)
    house.clock.forward(days=1)
    other = sample.confirmed(db, sample.applicant(db))
    sample.cleared(db, other)
    reviews.see(db, other, sample.STAFF, Item.DI_14, Look.COMPARE)
    with pytest.raises(NoGrant):
        reviews.see(db, case, sample.STAFF, Item.DI_14, Look.COMPARE)


def test_who_has_left_opens_nothing_of_a_case_they_were_let_into(db: Session) -> None:
    case = sample.confirmed(db, sample.applicant(db))
    hired = staff.create_staff(db, "li-review", "correct horse battery", [StaffRole.REVIEWER])
    sample.cleared(db, case, hired.staff_id)
    reviews.see(db, case, hired.staff_id, Item.DI_14, Look.COMPARE)
    staff.deactivate(db, hired.staff_id)
    with pytest.raises(NoGrant):
        reviews.see(db, case, hired.staff_id, Item.DI_14, Look.COMPARE)
    ended = db.scalars(sa.select(LedgerLeaf.facts).where(LedgerLeaf.kind == "clearance.ended"))
    assert hired.staff_id in str(ended.all())


def test_the_houses_own_reads_are_listed_and_told_apart(db: Session) -> None:
    subject = sign_up(db).subject
    reader = Reader("notices", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF, reason="service")
    vault.reveal(db, subject, [Item.DI_01], reader)
    (look,) = overview.looks(db, subject, "zh").rows
    assert (look.role, look.by_staff, look.own) == ("系统自动", False, False)
    assert overview.summary(db, subject).staff_looks == 0


READS = {"purpose": Purpose.P2, "basis": Basis.LEGAL_DUTY, "reason": "compare"}


def person(db: Session) -> SubjectId:
    subject = vault.new_subject(db)
    name = Keep(subject, Item.DI_13, "陈知行", Purpose.P2, Basis.LEGAL_DUTY, "onboarding")
    vault.keep(db, name)
    return subject


def look(db: Session, subject: SubjectId, actor: str = "li", role: str = "reviewer") -> None:
    reader = Reader(actor, role, **READS)  # type: ignore[arg-type]
    if reader.is_staff and not grants.register(db, Wanted(live=True, member=actor)):
        everybody = map(SubjectId, db.scalars(sa.select(VaultHolding.subject)))
        cleared(db, reader, {one: [Item.DI_13] for one in everybody})
    vault.reveal(db, subject, [Item.DI_13], reader)


def near(db: Session) -> list[str]:
    """The members of staff of whom the console hears."""
    found = db.scalars(sa.select(JobRow.args).where(JobRow.name == "alarm.raised"))
    return [str(args["about"]) for args in found if args["kind"] == "vault.budget-near"]


def test_a_day_has_so_many_looks_and_no_more(
    house: House, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "LOOKS", 5)
    subject = person(db)
    for number in range(5):
        assert near(db) == (["li"] if number >= 4 else [])
        look(db, subject)
    with pytest.raises(BudgetSpent):
        look(db, subject)
    assert len(vault.accesses(db, subject)) == 5
    look(db, subject, actor="wang")
    house.clock.forward(hours=14)  # midnight in Beijing
    look(db, subject)


def test_a_day_has_so_many_people_and_no_more(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PEOPLE", 3)
    seen = [person(db) for _ in range(3)]
    for subject in seen:
        look(db, subject)
    with pytest.raises(BudgetSpent):
        look(db, person(db))
    look(db, seen[0])


def test_the_house_and_the_person_have_no_budget(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "LOOKS", 1)
    subject = person(db)
    for _ in range(3):
        look(db, subject, actor="onboarding", role=SYSTEM)
        own = Reader(subject, SELF, Purpose.P13, Basis.LEGAL_DUTY)
        vault.reveal(db, subject, [Item.DI_13], own)
    assert len(vault.accesses(db, subject)) == 6


def test_a_day_stays_below_what_is_a_crime_by_count() -> None:
    assert budget.PEOPLE < 50
    assert budget.LOOKS < 500


def test_a_reviewer_sees_masks_until_a_field_is_opened(db: Session) -> None:
    case = sample.confirmed(db, sample.applicant(db))
    shown = str(reviews.review(db, case))
    for value in (sample.LEGAL, sample.LEGAL_NUMBER, sample.ADMIN, sample.PHONE, sample.MAIL):
        assert value not in shown


def test_a_reviewer_sees_not_even_masks_of_what_was_not_handed_in(db: Session) -> None:
    case = sample.fill(db, sample.applicant(db))
    with pytest.raises(NotUnderReview):
        reviews.review(db, case)


def test_evidence_of_looks_cannot_be_deleted_by_who_writes_it(db: Session) -> None:
    subject = person(db)
    look(db, subject)
    with pytest.raises(DBAPIError, match="the evidence log only grows"), db.begin_nested():
        db.execute(sa.delete(LedgerLeaf).where(LedgerLeaf.subject == subject))
    assert [entry.kind for entry in ledger.about(db, subject, "vault.revealed")]


def test_outsiders_sign_that_the_log_grew_and_a_forked_one_is_not_built_upon(db: Session) -> None:
    look(db, person(db))
    ledger.integrate(db)
    size = ledger.reached(db)
    by = Watching("witness.example/w1", db.clock, ledger.verifier(db))
    witnessing.cosigned(db, size, by.cosign(ledger.checkpoint(db)), by.key)
    assert by.name in ledger.published(db)
    witnessing.forked(db, by.name, size + 1, size)
    with pytest.raises(Forked):
        ledger.integrate(db)


def test_in_an_emergency_too_who_has_not_signed_and_learnt_opens_nothing(db: Session) -> None:
    subject = sign_up(db).subject
    with pytest.raises(NotSigned):
        oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], LI)
    prepared(db, LI)
    asked = oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], LI)
    with pytest.raises(NotSigned):
        oversight.confirm(db, asked, Member(WANG, frozenset({"security"})), 4)
    papers.sign(db, WANG, papers.undertaking().digest)
    with pytest.raises(NotTrained):
        oversight.confirm(db, asked, Member(WANG, frozenset({"security"})), 4)
    # Even a confirmation that came past that door opens nothing for who is not fit.
    emergencies.confirm(db, asked, WANG, 4)
    with pytest.raises(NotTrained):
        oversight.look(db, asked, Item.DI_01, WANG)
    assert vault.accesses(db, subject) == []
    assert oversight.look(db, asked, Item.DI_01, LI)


def test_under_a_warrant_too_who_has_not_signed_and_learnt_opens_nothing(house: House) -> None:
    warrant = Warrant(Need.AUTHORITY, "OTM-31")
    with house.store.begin() as db:
        name(db)
        kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
        with pytest.raises(NotSigned):
            custody.read(db, kept.id, warrant, LI)
        prepared(db, LI)
    house.clock.forward(days=366)
    with house.store.begin() as db:
        with pytest.raises(NotTrained):
            custody.read(db, kept.id, warrant, LI)
        assert vault.accesses(db, ANN) == []
        assert read_in_custody(db, kept.id, warrant).item is Item.DI_13

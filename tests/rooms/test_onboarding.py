"""The onboarding room: from the notice to the certificate."""

import json

import pytest
import sqlalchemy as sa

from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import Session
from shouyue.people.accounts import standing
from shouyue.people.accounts.types import AccountState
from shouyue.people.notices import service as notices
from shouyue.platform.confirmations import answers, links
from shouyue.platform.confirmations import holder as words_holder
from shouyue.platform.confirmations import queries as words
from shouyue.platform.confirmations.errors import (
    IdentityWrong,
    LinkOver,
    NotAsked,
    NotReachable,
    SendTooSoon,
)
from shouyue.platform.confirmations.errors import NotTold as NoticeNotTold
from shouyue.platform.confirmations.types import Answer, Confirming, Identity
from shouyue.platform.onboarding import holder, jobs, named, queries, service
from shouyue.platform.onboarding.errors import (
    AuthorityMissing,
    Incomplete,
    Locked,
    NoCase,
    NoSuchMove,
    NotCertified,
    NotTold,
)
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role, Same, Step, Term
from shouyue.platform.reviews import jobs as review_jobs
from shouyue.platform.reviews import renewals
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.errors import (
    CheckFailed,
    NotConfirmed,
    NotUnderReview,
    ReasonMissing,
    SecondNeeded,
)
from shouyue.platform.reviews.types import Look, Outcome
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import SealedDocument, VaultHolding
from shouyue.privacy.vault.types import Keep
from tests import certification as sample
from tests.certification import BOX, SECOND, STAFF
from tests.house import House, plain


@pytest.fixture
def someone(db: Session) -> SubjectId:
    return sample.applicant(db)


def subject_of(db: Session, case: str, role: Role) -> SubjectId:
    return SubjectId(queries.parties(db, case)[role].subject)


def bases(db: Session, subject: SubjectId) -> dict[Item, Basis]:
    values = {holding.item: holding.basis for holding in vault.holdings(db, subject)}
    return values | {paper.item: paper.basis for paper in documents.documents(db, subject)}


def count(db: Session, table: type[Table]) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_nothing_begins_without_a_notice(db: Session, someone: SubjectId) -> None:
    for token in ("", "forged"):
        with pytest.raises(ConsentMissing):
            service.draft(db, someone, token)
    other = consents.show(db, offers.registration("zh"))
    with pytest.raises(NotTold):
        service.draft(db, someone, other.token)
    assert service.progress(db, someone) is None


def test_what_was_told_is_on_record_by_the_digest_of_the_notice(
    db: Session, someone: SubjectId
) -> None:
    notice = service.notices(db, "zh")[0]
    service.draft(db, someone, notice.token)
    (entry,) = ledger.about(db, someone, "onboarding.begun")
    assert entry.facts["told"] == notice.digest


def test_beginning_twice_goes_on_with_the_same_draft(db: Session, someone: SubjectId) -> None:
    assert sample.begin(db, someone) == sample.begin(db, someone)


def test_a_draft_is_kept_step_by_step_and_shown_masked(db: Session, someone: SubjectId) -> None:
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    seen = service.progress(db, someone)
    assert seen is not None
    assert seen.done == {Step.ENTERPRISE}
    assert seen.masks[Item.DI_11] == "成**"
    assert seen.photos == {Item.DI_10}
    service.save_step(db, someone, sample.legal_person())
    service.save_step(db, someone, sample.administrator())
    seen = service.progress(db, someone)
    assert seen is not None
    assert seen.done == set(Step)
    assert seen.masks[Item.DI_14] == f"1{'*' * 16}{sample.LEGAL_NUMBER[-1]}"
    assert sample.LEGAL_NUMBER not in repr(seen)


def test_a_step_saved_again_needs_no_new_photos(db: Session, someone: SubjectId) -> None:
    case = sample.fill(db, someone)
    before = subject_of(db, case, Role.LEGAL)
    service.save_step(db, someone, sample.legal_person(front=b"", back=b""))
    assert subject_of(db, case, Role.LEGAL) == before
    assert len(documents.documents(db, before)) == 2


def test_a_step_without_its_photo_is_refused(db: Session, someone: SubjectId) -> None:
    sample.begin(db, someone)
    with pytest.raises(FieldWrong):
        service.save_step(db, someone, sample.legal_person(front=b""))


def test_a_minor_is_refused_and_nothing_is_kept(db: Session, someone: SubjectId) -> None:
    sample.begin(db, someone)
    holdings, papers = count(db, VaultHolding), count(db, SealedDocument)
    minor = sample.id_number("20081124")
    with pytest.raises(FieldWrong):
        service.save_step(db, someone, sample.legal_person(number=minor))
    with pytest.raises(FieldWrong):
        service.save_step(db, someone, sample.administrator(number=minor))
    assert (count(db, VaultHolding), count(db, SealedDocument)) == (holdings, papers)


def test_another_person_in_a_role_takes_the_first_ones_data_away(
    db: Session, someone: SubjectId
) -> None:
    case = sample.fill(db, someone)
    before = subject_of(db, case, Role.LEGAL)
    service.save_step(db, someone, sample.legal_person(number=sample.id_number("19700101")))
    assert subject_of(db, case, Role.LEGAL) != before
    assert vault.holdings(db, before) == []
    assert documents.documents(db, before) == []


def test_a_step_cannot_be_saved_by_somebody_without_a_case(db: Session, someone: SubjectId) -> None:
    with pytest.raises(NoCase):
        service.save_step(db, someone, sample.enterprise())


def test_the_administrator_can_be_the_legal_representative(db: Session, someone: SubjectId) -> None:
    case = sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    same = sample.administrator(person="", number="", same=Same.LEGAL)
    with pytest.raises(Incomplete):
        service.save_step(db, someone, same)
    service.save_step(db, someone, sample.legal_person())
    service.save_step(db, someone, same)
    assert subject_of(db, case, Role.ADMIN) == subject_of(db, case, Role.LEGAL)
    masks = vault.masked(db, subject_of(db, case, Role.ADMIN), [Item.DI_19])
    assert masks[Item.DI_19][-1] == sample.LEGAL_NUMBER[-1]
    service.submit(db, someone, sample.submission(db))
    assert all(word.reachable for word in _words(db, someone))


def test_a_new_legal_representative_opens_the_step_of_an_administrator_who_was_the_same(
    db: Session, someone: SubjectId
) -> None:
    case = sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    service.save_step(db, someone, sample.legal_person())
    service.save_step(db, someone, sample.administrator(person="", number="", same=Same.LEGAL))
    service.save_step(db, someone, sample.legal_person(number=sample.id_number("19700101")))
    assert set(queries.parties(db, case)) == {Role.LEGAL}


def _words(db: Session, someone: SubjectId) -> tuple[Confirming, ...]:
    seen = service.progress(db, someone)
    assert seen is not None
    return seen.confirmations


def test_one_person_may_hold_all_three_roles_and_still_answers_each(
    db: Session, someone: SubjectId
) -> None:
    case = sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    service.save_step(db, someone, sample.legal_person(same=Same.APPLICANT))
    service.save_step(db, someone, sample.administrator(person="", number="", same=Same.LEGAL))
    service.submit(db, someone, sample.submission(db))
    assert {subject_of(db, case, role) for role in Role} == {someone}
    who = sample.WHO[Role.LEGAL]
    for role, after in ((Role.LEGAL, "SUBJECT_CONFIRM"), (Role.ADMIN, "MANUAL_REVIEW")):
        token = links.token_of(db, words.of_case(db, case)[role])
        asked = sample.open_link(db, token)
        assert asked.role is role
        done = named.confirm(db, token, who, asked.notice.token, control=BOX)
        assert done.take() == after


def test_the_applicant_answers_for_an_own_role_on_the_site(
    db: Session, house: House, someone: SubjectId
) -> None:
    sample.fill(db, someone, legal=Same.APPLICANT)
    service.submit(db, someone, sample.submission(db))
    house.clock.forward(minutes=2)
    path = links.own_link(db, someone, Role.LEGAL)
    assert path.startswith("/confirm/")
    with pytest.raises(NotAsked):
        links.own_link(db, someone, Role.ADMIN)


def test_an_incomplete_case_is_not_handed_in(db: Session, someone: SubjectId) -> None:
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    with pytest.raises(Incomplete):
        service.submit(db, someone, sample.submission(db))


def test_the_applicants_word_about_the_others_is_asked_for(db: Session, someone: SubjectId) -> None:
    sample.fill(db, someone)
    with pytest.raises(AuthorityMissing):
        service.submit(db, someone, sample.submission(db, authorised=False))


def test_sensitive_items_need_a_yes_of_their_own(db: Session, someone: SubjectId) -> None:
    sample.fill(db, someone)
    plain, sensitive = service.notices(db, "zh")
    mixed = consents.show(
        db, offers.certification("zh", (*plain.offer.items, *sensitive.offer.items))
    )
    for told in ((), (plain.token,), (mixed.token,)):
        with pytest.raises(NotTold):
            service.submit(db, someone, sample.submission(db, told=told))
    with pytest.raises(NotTold):
        service.submit(db, someone, sample.submission(db, control=Control.BUTTON))
    service.submit(db, someone, sample.submission(db))
    assert consents.state(db, someone, Purpose.P2) is ConsentState.GIVEN


def test_submission_is_on_record_with_the_words_confirmed(db: Session, someone: SubjectId) -> None:
    sample.submit(db, someone)
    (entry,) = ledger.about(db, someone, "onboarding.authority")
    assert len(str(entry.facts["words"])) == 64
    assert standing.account(db, someone).state is AccountState.CERTIFYING
    assert notices.inbox(db, someone, "zh")


def test_nothing_is_changed_after_submission(db: Session, someone: SubjectId) -> None:
    sample.submit(db, someone)
    for form in (sample.enterprise(), sample.legal_person(), sample.administrator()):
        with pytest.raises(Locked):
            service.save_step(db, someone, form)
    for act in (service.discard, lambda db, who: service.submit(db, who, sample.submission(db))):
        with pytest.raises(Locked):
            act(db, someone)


def test_certified_values_are_locked(db: Session, someone: SubjectId) -> None:
    sample.certify(db, someone)
    with pytest.raises(Locked):
        service.save_step(db, someone, sample.enterprise())
    with pytest.raises(Locked):
        sample.begin(db, someone)


def test_a_paper_that_lapsed_since_sends_the_case_back(
    db: Session, house: House, someone: SubjectId
) -> None:
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    last = (house.clock().date()).replace(day=25)
    term = Term(last.replace(year=2016), last)
    service.save_step(db, someone, sample.legal_person(term=term))
    service.save_step(db, someone, sample.administrator())
    house.clock.forward(days=3)
    assert service.submit(db, someone, sample.submission(db)) is CaseState.NEED_MORE
    seen = service.progress(db, someone)
    assert seen is not None
    assert seen.reasons == {"DI-15": Reason.FAILED_CHECK}
    service.save_step(db, someone, sample.legal_person())
    assert service.submit(db, someone, sample.submission(db)) is CaseState.SUBJECT_CONFIRM


def test_a_draft_is_discarded_with_all_its_values(db: Session, someone: SubjectId) -> None:
    sample.fill(db, someone)
    service.discard(db, someone)
    assert count(db, VaultHolding) == count(db, SealedDocument) == 0
    assert service.progress(db, someone) is None


# The people named


def test_each_person_has_an_own_notice_and_an_own_link(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    legal, admin = (sample.link(db, case, role) for role in Role)
    assert legal != admin
    first, second = sample.open_link(db, legal), sample.open_link(db, admin)
    assert (first.role, second.role) == (Role.LEGAL, Role.ADMIN)
    assert first.company == sample.COMPANY
    assert first.notice.html != second.notice.html
    for role in Role:
        assert ledger.about(db, subject_of(db, case, role), "confirmations.opened")


def test_the_administrators_link_goes_out_by_itself(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    admin = subject_of(db, case, Role.ADMIN)
    (item,) = notices.inbox(db, admin, "zh")
    token = links.token_of(db, words.of_case(db, case)[Role.ADMIN])
    assert item.link == links.path(token)
    assert len(notices.deliveries(db, admin)) == 2


def test_the_legal_representatives_number_is_stored_nowhere(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        sample.submit(db, someone)
        link = links.legal_person_link(
            db, someone, sample.LEGAL_PHONE, "https://open.example.com", "zh"
        )
    assert link.to == "+8613900005678"
    assert "https://open.example.com/confirm/" in link.text
    assert sample.LEGAL_PHONE not in repr(link)
    with house.store.read() as db:
        for table in Table.metadata.sorted_tables:
            rows = json.dumps([list(row) for row in db.execute(sa.select(table))], default=repr)
            assert sample.LEGAL_PHONE not in rows
            assert link.text.partition("proof=")[2].split()[0][:64] not in rows


def test_without_a_number_the_legal_representative_is_not_reachable(
    db: Session, someone: SubjectId
) -> None:
    sample.submit(db, someone)
    with pytest.raises(NotReachable):
        links.resend(db, someone, Role.LEGAL)


def test_a_new_link_ends_the_earlier_one(db: Session, house: House, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    first = sample.link(db, case, Role.ADMIN)
    with pytest.raises(SendTooSoon):
        links.resend(db, someone, Role.ADMIN)
    house.clock.forward(seconds=60)
    links.resend(db, someone, Role.ADMIN)
    with pytest.raises(LinkOver):
        answers.waiting(db, first)
    assert answers.waiting(db, sample.link(db, case, Role.ADMIN)) is Role.ADMIN


def test_a_link_lasts_a_day(db: Session, house: House, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    token = sample.link(db, case, Role.ADMIN)
    house.clock.forward(hours=23, minutes=59)
    assert answers.reopen(db, token, "zh").company == "成**"
    house.clock.forward(minutes=1)
    with pytest.raises(LinkOver):
        sample.open_link(db, token)


@pytest.mark.parametrize("token", ["", ".", "x", "0" * 26 + "-1." + "0" * 64, "é.é"])
def test_a_forged_link_opens_nothing(db: Session, someone: SubjectId, token: str) -> None:
    sample.submit(db, someone)
    with pytest.raises(LinkOver):
        answers.waiting(db, token)


def test_a_link_works_once(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    token = sample.link(db, case, Role.ADMIN)
    sample.confirm(db, case, Role.ADMIN)
    with pytest.raises(LinkOver):
        sample.open_link(db, token)


def test_five_wrong_answers_use_a_link_up(db: Session, house: House, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    token = sample.link(db, case, Role.ADMIN)
    told = sample.open_link(db, token).notice.token
    wrong = Identity("林佳木", sample.ADMIN_NUMBER[-6:])
    for _ in range(4):
        tried = named.confirm(db, token, wrong, told, control=BOX)
        assert isinstance(tried.refusal, IdentityWrong)
    assert isinstance(named.confirm(db, token, wrong, told, control=BOX).refusal, LinkOver)
    with pytest.raises(LinkOver):
        named.confirm(db, token, sample.WHO[Role.ADMIN], told, control=BOX)
    house.clock.forward(minutes=1)
    links.resend(db, someone, Role.ADMIN)
    assert sample.confirm(db, case, Role.ADMIN) is CaseState.SUBJECT_CONFIRM


def test_a_yes_needs_the_notice_of_ones_own_role(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    token = sample.link(db, case, Role.ADMIN)
    other = consents.show(db, offers.subject("zh", "legal")).token
    for told in (other, service.notices(db, "zh")[0].token):
        with pytest.raises(NoticeNotTold):
            named.confirm(db, token, sample.WHO[Role.ADMIN], told, control=BOX)
    own = sample.open_link(db, token).notice.token
    with pytest.raises(NoticeNotTold):
        named.confirm(db, token, sample.WHO[Role.ADMIN], own, control=Control.BUTTON)


def test_until_a_person_agrees_their_values_rest_on_the_duty_and_then_on_consent(
    db: Session, someone: SubjectId
) -> None:
    case = sample.submit(db, someone)
    legal = subject_of(db, case, Role.LEGAL)
    assert set(bases(db, legal).values()) == {Basis.LEGAL_DUTY}
    sample.confirm(db, case, Role.LEGAL)
    assert bases(db, legal) == dict.fromkeys(
        offers.subject("zh", "legal").items, Basis.SEPARATE_CONSENT
    )
    assert consents.state(db, legal, Purpose.P2) is ConsentState.GIVEN


def test_both_yeses_bring_the_case_to_review(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    assert sample.confirm(db, case, Role.ADMIN) is CaseState.SUBJECT_CONFIRM
    assert reviews.queue(db) == []
    assert sample.confirm(db, case, Role.LEGAL) is CaseState.MANUAL_REVIEW
    (queued,) = reviews.queue(db)
    assert (queued.id, queued.company, queued.mismatches) == (case, "成**", 0)


def test_an_objection_ends_the_case_and_destroys_the_data(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    legal, admin = subject_of(db, case, Role.LEGAL), subject_of(db, case, Role.ADMIN)
    named.object_to(db, sample.link(db, case, Role.LEGAL))
    assert service.state(db, someone) is CaseState.REJECTED
    assert vault.holdings(db, legal) == []
    assert documents.documents(db, legal) == []
    assert ledger.about(db, legal, "vault.shredded")
    assert vault.holdings(db, admin)
    assert standing.account(db, someone).state is AccountState.REGISTERED
    texts = [item.subject for item in notices.inbox(db, someone, "zh")]
    assert "相关人员提出异议" in texts


def test_an_applicants_own_objection_leaves_the_account_alone(
    db: Session, someone: SubjectId
) -> None:
    case = sample.fill(db, someone, legal=Same.APPLICANT)
    service.submit(db, someone, sample.submission(db))
    grounds.become_party(db, someone)
    vault.keep(db, _phone(someone))
    named.object_to(db, links.token_of(db, words.of_case(db, case)[Role.LEGAL]))
    assert [holding.item for holding in vault.holdings(db, someone)] == [Item.DI_01]


def _phone(subject: SubjectId) -> Keep:
    return Keep(
        subject, Item.DI_01, "13800001234", Purpose.P1, Basis.CONTRACT_SELF, "portal.sign-up"
    )


def test_after_a_refusal_one_may_begin_again(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    named.object_to(db, sample.link(db, case, Role.LEGAL))
    assert sample.fill(db, someone) != case


# Review


def test_a_reviewer_sees_masks_and_checks_and_no_value(db: Session, someone: SubjectId) -> None:
    case = sample.confirmed(db, someone)
    seen = reviews.review(db, case)
    assert len(seen.lines) == 12
    assert all(outcome is CheckOutcome.PASSED for line in seen.lines for _, outcome in line.checks)
    for value in (sample.LEGAL_NUMBER, sample.LEGAL, sample.MAIL, sample.COMPANY):
        assert value not in repr(seen)


def test_a_look_shows_one_field_and_the_person_sees_who_looked(
    db: Session, someone: SubjectId
) -> None:
    case = sample.confirmed(db, someone)
    sample.cleared(db, case)
    seen = reviews.see(db, case, STAFF, Item.DI_14, Look.COMPARE)
    assert seen.value is not None
    assert plain(seen.value) == sample.LEGAL_NUMBER
    look = vault.accesses(db, subject_of(db, case, Role.LEGAL))[0]
    assert (look.actor, look.role, look.items) == (STAFF, "reviewer", (Item.DI_14,))
    assert (look.case, look.reason_code) == (case, "compare-with-photo")


def test_a_photo_is_one_look(db: Session, someone: SubjectId) -> None:
    case = sample.confirmed(db, someone)
    sample.cleared(db, case)
    seen = reviews.see(db, case, STAFF, Item.DI_16, Look.COMPARE)
    assert seen.photo is not None
    assert plain(seen.photo).startswith(b"\xff\xd8\xff")
    assert seen.value is None


def test_nothing_is_opened_outside_review(db: Session, someone: SubjectId) -> None:
    case = sample.submit(db, someone)
    with pytest.raises(NotUnderReview):
        reviews.see(db, case, STAFF, Item.DI_14, Look.COMPARE)
    with pytest.raises(NoCase):
        reviews.review(db, "nowhere")


def test_approval_certifies(db: Session, someone: SubjectId) -> None:
    case = sample.confirmed(db, someone)
    with pytest.raises(NotCertified):
        service.require_certified(db, someone)
    assert reviews.approve(db, case, STAFF) is Outcome.APPROVED
    service.require_certified(db, someone)
    assert service.certified_enterprise(db, someone) == sample.row_of(db, case).enterprise
    assert standing.account(db, someone).state is AccountState.ACTIVE


def test_no_approval_without_both_own_words(db: Session, someone: SubjectId) -> None:
    case = sample.confirmed(db, someone)
    word = words.of_case(db, case)[Role.LEGAL]
    word.answer = Answer.WAITING.value
    db.flush()
    with pytest.raises(NotConfirmed):
        reviews.approve(db, case, STAFF)


def test_a_card_that_lapsed_during_review_stops_the_approval(
    db: Session, house: House, someone: SubjectId
) -> None:
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise())
    last = house.clock().date().replace(day=25)
    service.save_step(db, someone, sample.legal_person(term=Term(last.replace(year=2016), last)))
    service.save_step(db, someone, sample.administrator())
    service.submit(db, someone, sample.submission(db))
    case = sample.live_case(db, someone)
    sample.confirm(db, case, Role.LEGAL)
    sample.confirm(db, case, Role.ADMIN)
    house.clock.forward(days=3)
    with pytest.raises(CheckFailed):
        reviews.approve(db, case, STAFF, judged=True)


def test_a_mismatch_takes_two_reviewers(db: Session, someone: SubjectId) -> None:
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise(legal_person="陈知形"))
    service.save_step(db, someone, sample.legal_person())
    service.save_step(db, someone, sample.administrator())
    service.submit(db, someone, sample.submission(db))
    case = sample.live_case(db, someone)
    sample.confirm(db, case, Role.LEGAL)
    sample.confirm(db, case, Role.ADMIN)
    assert reviews.review(db, case).mismatch
    with pytest.raises(SecondNeeded):
        reviews.approve(db, case, STAFF)
    assert reviews.approve(db, case, STAFF, judged=True) is Outcome.SECOND_NEEDED
    assert reviews.review(db, case).first == STAFF
    with pytest.raises(SecondNeeded):
        reviews.approve(db, case, STAFF, judged=True)
    assert reviews.approve(db, case, SECOND, judged=True) is Outcome.APPROVED


def test_a_company_certified_by_another_is_a_mismatch(db: Session, someone: SubjectId) -> None:
    sample.certify(db, someone)
    other = sample.applicant(db)
    case = sample.submit(db, other)
    assert queries.checks(db, case)[CheckCode.ONLY_HERE] is CheckOutcome.MISMATCH


def test_a_case_sent_back_keeps_what_was_confirmed(db: Session, someone: SubjectId) -> None:
    case = sample.confirmed(db, someone)
    with pytest.raises(ReasonMissing):
        reviews.need_more(db, case, STAFF, {})
    reviews.need_more(db, case, STAFF, {Item.DI_16: Reason.UNREADABLE})
    seen = service.progress(db, someone)
    assert seen is not None
    assert seen.reasons == {"DI-16": Reason.UNREADABLE}
    service.save_step(db, someone, sample.legal_person(front=sample.photo("#112233"), back=b""))
    again = sample.submission(db, told=())
    assert service.submit(db, someone, again) is CaseState.MANUAL_REVIEW
    legal = subject_of(db, case, Role.LEGAL)
    assert set(bases(db, legal).values()) == {Basis.SEPARATE_CONSENT}


def test_a_person_replaced_after_being_sent_back_is_asked_anew(
    db: Session, someone: SubjectId
) -> None:
    case = sample.confirmed(db, someone)
    reviews.need_more(db, case, STAFF, {Item.DI_14: Reason.NOT_AS_TYPED})
    service.save_step(db, someone, sample.legal_person(number=sample.id_number("19700101")))
    assert service.submit(db, someone, sample.submission(db)) is CaseState.SUBJECT_CONFIRM
    answers = {role: word.answer for role, word in words.of_case(db, case).items()}
    assert answers == {Role.LEGAL: "waiting", Role.ADMIN: "confirmed"}


def test_a_refusal_has_reasons(db: Session, someone: SubjectId) -> None:
    case = sample.confirmed(db, someone)
    with pytest.raises(ReasonMissing):
        reviews.reject(db, case, STAFF, {})
    reviews.reject(db, case, STAFF, {Item.DI_10: Reason.ALTERED})
    assert service.state(db, someone) is CaseState.REJECTED
    with pytest.raises(NotUnderReview):
        reviews.approve(db, case, STAFF)


# Time


def run(house: House) -> None:
    Worker(house.store, {**jobs.ANSWERS, **review_jobs.ANSWERS}).run_once()


def test_without_an_answer_in_fifteen_working_days_the_case_ends(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        case = sample.submit(db, someone)
        sample.confirm(db, case, Role.ADMIN)
        legal, admin = subject_of(db, case, Role.LEGAL), subject_of(db, case, Role.ADMIN)
    house.clock.forward(days=21)
    run(house)
    with house.store.read() as db:
        assert service.state(db, someone) is CaseState.SUBJECT_CONFIRM
    house.clock.forward(days=1)
    run(house)
    with house.store.begin() as db:
        assert service.state(db, someone) is CaseState.REJECTED
        assert vault.holdings(db, legal) == []
        assert vault.holdings(db, admin)


def test_a_refused_case_is_erased_when_the_time_to_appeal_is_over(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        case = sample.confirmed(db, someone)
        reviews.reject(db, case, STAFF, {Item.DI_10: Reason.ALTERED})
    house.clock.forward(days=23)
    run(house)
    with house.store.begin() as db:
        assert count(db, VaultHolding) == count(db, SealedDocument) == 0
        seen = service.progress(db, someone)
        assert seen is not None
        assert seen.reasons == {"DI-10": Reason.ALTERED}


def test_photos_of_the_card_are_destroyed_after_thirty_days(house: House) -> None:
    someone, case = sample.certified_house(house)
    house.clock.forward(days=29)
    run(house)
    with house.store.begin() as db:
        legal = subject_of(db, case, Role.LEGAL)
        assert len(documents.documents(db, legal)) == 2
    house.clock.forward(days=1)
    run(house)
    with house.store.begin() as db:
        assert documents.documents(db, legal) == []
        assert Item.DI_14 in {holding.item for holding in vault.holdings(db, legal)}
        service.require_certified(db, someone)


def test_a_draft_left_alone_is_erased_after_thirty_days(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        sample.fill(db, someone)
    worker = Worker(house.store, jobs.ANSWERS, jobs.SCHEDULE)
    for days, left in ((29, True), (1, False)):
        house.clock.forward(days=days)
        worker.plan()
        worker.run_once()
        with house.store.begin() as db:
            assert bool(count(db, VaultHolding)) is left


def test_a_case_sent_back_and_left_alone_is_refused(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        reviews.need_more(db, sample.confirmed(db, someone), STAFF, {Item.DI_10: Reason.ALTERED})
    house.clock.forward(days=30)
    with house.store.begin() as db:
        jobs.sweep(db, None)  # type: ignore[arg-type]  # the sweep does not look at its job
        assert service.state(db, someone) is CaseState.REJECTED


def test_half_a_year_later_the_company_is_checked_again(house: House) -> None:
    someone, _ = sample.certified_house(house)
    house.clock.forward(days=180)
    run(house)
    with house.store.begin() as db:
        assert service.state(db, someone) is CaseState.REVERIFY_DUE
        service.require_certified(db, someone)
        renewals.reverify(db, someone)
        assert service.state(db, someone) is CaseState.APPROVED
        with pytest.raises(NoSuchMove):
            renewals.reverify(db, someone)
    house.clock.forward(days=31)
    run(house)
    with house.store.read() as db:
        service.require_certified(db, someone)


def test_who_does_not_renew_loses_the_certification_only(house: House) -> None:
    someone, _ = sample.certified_house(house)
    house.clock.forward(days=180)
    run(house)
    house.clock.forward(days=30)
    run(house)
    with house.store.begin() as db:
        with pytest.raises(NotCertified):
            service.require_certified(db, someone)
        assert standing.account(db, someone).state is AccountState.LIMITED


def test_a_card_about_to_lapse_is_looked_at_thirty_days_before(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        sample.begin(db, someone)
        service.save_step(db, someone, sample.enterprise())
        last = house.clock().date().replace(year=2027, month=2, day=1)
        service.save_step(
            db, someone, sample.legal_person(term=Term(last.replace(year=2017), last))
        )
        service.save_step(db, someone, sample.administrator())
        service.submit(db, someone, sample.submission(db))
        case = sample.live_case(db, someone)
        for role in Role:
            sample.confirm(db, case, role)
        reviews.approve(db, case, STAFF)
    with house.store.read() as db:
        due = db.scalars(sa.select(JobRow.due).where(JobRow.name == renewals.REVERIFY)).one()
    assert due.astimezone(house.clock().tzinfo).date().isoformat() == "2027-01-01"


@pytest.mark.parametrize("role", [None, *Role])
def test_taking_the_consent_back_ends_the_certification(house: House, role: Role | None) -> None:
    someone, case = sample.certified_house(house)
    with house.store.begin() as db:
        who = someone if role is None else subject_of(db, case, role)
        consents.withdraw(db, who, Purpose.P2)
    Worker(house.store, dict(jobs.ANSWERS) | {"consent.withdrawn": jobs.withdrawn}).run_once()
    with house.store.begin() as db:
        with pytest.raises(NotCertified):
            service.require_certified(db, someone)
        assert service.state(db, someone) is CaseState.REVOKED
        assert standing.account(db, someone).state is AccountState.LIMITED


def test_taking_the_consent_back_before_the_decision_erases_at_once(house: House) -> None:
    with house.store.begin() as db:
        someone = sample.applicant(db)
        case = sample.confirmed(db, someone)
        legal = subject_of(db, case, Role.LEGAL)
        consents.withdraw(db, legal, Purpose.P2)
    Worker(house.store, {"consent.withdrawn": jobs.withdrawn}).run_once()
    with house.store.begin() as db:
        assert service.state(db, someone) is CaseState.REJECTED
        assert vault.holdings(db, legal) == []


# What a person may ask


def test_a_person_gets_their_part_and_nobody_elses(db: Session, someone: SubjectId) -> None:
    case = sample.certify(db, someone)
    legal = subject_of(db, case, Role.LEGAL)
    own = holder.export(db, legal)
    assert own["applications"] == []
    assert own["roles"] == [{"case": case, "role": "legal"}]
    said = words_holder.export(db, legal)
    assert [word["answer"] for word in json.loads(json.dumps(said))["answers"]] == ["confirmed"]
    assert str(someone) not in json.dumps([own, said])
    assert len(json.loads(json.dumps(holder.export(db, someone)))["applications"]) == 1


def test_erasing_an_applicant_drops_what_was_never_certified(
    db: Session, someone: SubjectId
) -> None:
    sample.confirmed(db, someone)
    assert holder.erase(db, someone) > 0
    assert holder.erase(db, someone) == 0
    assert count(db, VaultHolding) == 0


def test_erasing_a_certified_applicant_ends_the_certification_and_keeps_the_proof(
    db: Session, someone: SubjectId
) -> None:
    sample.certify(db, someone)
    assert holder.erase(db, someone) == 0
    assert service.state(db, someone) is CaseState.REVOKED


def test_no_row_of_the_room_holds_a_value(house: House) -> None:
    sample.certified_house(house)
    values = [sample.LEGAL, sample.LEGAL_NUMBER, sample.ADMIN_NUMBER, sample.PHONE, sample.MAIL]
    with house.store.read() as db:
        for table in Table.metadata.sorted_tables:
            rows = repr(db.execute(sa.select(table)).all())
            for value in (*values, sample.COMPANY, sample.credit_code()):
                assert value not in rows, table.name

"""Whatever people do, in whatever order: a certification keeps its promises."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store import migrate
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.confirmations import queries as words_asked
from shouyue.platform.confirmations.types import Answer
from shouyue.platform.onboarding import jobs, named, queries, rules, service
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers import checks as rulings
from shouyue.platform.papers import required
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role
from shouyue.platform.reviews import jobs as review_jobs
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests import certification as sample
from tests.certification import STAFF
from tests.house import House

STATES = st.sampled_from(list(CaseState))


@given(STATES, STATES)
def test_only_the_published_moves_exist(before: CaseState, after: CaseState) -> None:
    published = {
        ("DRAFT", "SUBMITTED"),
        ("SUBMITTED", "AUTO_CHECK"),
        ("AUTO_CHECK", "SUBJECT_CONFIRM"),
        ("AUTO_CHECK", "NEED_MORE"),
        ("SUBJECT_CONFIRM", "MANUAL_REVIEW"),
        ("SUBJECT_CONFIRM", "REJECTED"),
        ("MANUAL_REVIEW", "APPROVED"),
        ("MANUAL_REVIEW", "NEED_MORE"),
        ("MANUAL_REVIEW", "REJECTED"),
        ("NEED_MORE", "SUBMITTED"),
        ("NEED_MORE", "REJECTED"),
        ("APPROVED", "REVERIFY_DUE"),
        ("APPROVED", "REVOKED"),
        ("APPROVED", "NEED_MORE"),
        ("REVERIFY_DUE", "NEED_MORE"),
        ("REVERIFY_DUE", "APPROVED"),
        ("REVERIFY_DUE", "EXPIRED"),
        ("REVERIFY_DUE", "REVOKED"),
    }
    assert rules.may_move(before, after) is ((before.value, after.value) in published)


@given(st.dictionaries(st.sampled_from(list(CheckCode)), st.sampled_from(list(CheckOutcome))))
def test_a_check_that_failed_or_was_never_made_stops_everybody(
    checks: dict[CheckCode, CheckOutcome],
) -> None:
    whole = len(checks) == len(CheckCode) and CheckOutcome.FAILED not in checks.values()
    assert (rulings.failed(checks) is None) is whole


class Certification(RuleBasedStateMachine):
    """One applicant, two people named, one reviewer, and time."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{self.folder.name}/case.db"
        migrate.upgrade(url)
        self.house = House(url)
        with self.house.store.begin() as db:
            self.someone = sample.applicant(db)
        self.worker = Worker(
            self.house.store,
            {**jobs.ANSWERS, **review_jobs.ANSWERS, "consent.withdrawn": jobs.withdrawn},
        )

    def teardown(self) -> None:
        self.house.store.close()
        self.folder.cleanup()

    def attempt(self, act: "object") -> None:
        try:
            with self.house.store.begin() as db:
                act(db)  # type: ignore[operator]  # a deed over a session
        except Refusal:
            pass  # a no is always allowed; the invariants judge what it left

    def case(self, db: Session) -> str:
        row = queries.latest(db, self.someone)
        return row.id if row else ""

    @rule()
    def fill(self) -> None:
        self.attempt(lambda db: sample.fill(db, self.someone))

    @rule()
    def submit(self) -> None:
        self.attempt(lambda db: service.submit(db, self.someone, sample.submission(db)))

    @rule(role=st.sampled_from(Role))
    def confirm(self, role: Role) -> None:
        self.attempt(lambda db: self.has(db, role) and sample.confirm(db, self.case(db), role))

    @rule(role=st.sampled_from(Role))
    def object_to(self, role: Role) -> None:
        self.attempt(
            lambda db: (
                self.has(db, role) and named.object_to(db, sample.link(db, self.case(db), role))
            )
        )

    def has(self, db: Session, role: Role) -> bool:
        return role in words_asked.of_case(db, self.case(db))

    @rule()
    def approve(self) -> None:
        self.attempt(lambda db: reviews.approve(db, self.case(db), STAFF))

    @rule()
    def send_back(self) -> None:
        reasons = {Item.DI_16: Reason.UNREADABLE}
        self.attempt(lambda db: reviews.need_more(db, self.case(db), STAFF, reasons))

    @rule(number=st.sampled_from(["19700101", "19850301"]))
    def replace_legal(self, number: str) -> None:
        form = sample.legal_person(number=sample.id_number(number))
        self.attempt(lambda db: service.save_step(db, self.someone, form))

    @rule(days=st.sampled_from([1, 16, 31, 181]))
    def wait(self, days: int) -> None:
        self.house.clock.forward(days=days)
        self.worker.run_once()

    @rule()
    def withdraw(self) -> None:
        self.attempt(lambda db: consents.withdraw(db, self.someone, Purpose.P2))
        self.worker.run_once()

    @invariant()
    def promises(self) -> None:
        with self.house.store.read() as db:
            for row in queries.of_applicant(db, self.someone):
                self.certified_means_confirmed(db, row.id, row.state)
                self.moves_are_published(db, row.id)
                if row.state in rules.OVER:
                    assert row.live is None

    def certified_means_confirmed(self, db: ReadSession, case: str, state: str) -> None:
        words = words_asked.of_case(db, case)
        for role, word in words.items():
            subject = SubjectId(word.subject)
            held = vault.masked(db, subject, required.ROLES[role])
            if word.answer in {Answer.OBJECTED, Answer.LAPSED} and state == CaseState.REJECTED:
                assert not held
            if word.answer == Answer.CONFIRMED:
                given = consents.state(db, subject, Purpose.P2)
                assert given is ConsentState.GIVEN
        if state in rules.CERTIFIED:  # INV-35
            assert {word.answer for word in words.values()} == {"confirmed"}
            assert set(words) == set(Role)

    def moves_are_published(self, db: ReadSession, case: str) -> None:
        at = CaseState.DRAFT
        for event in queries.events(db, case):
            assert event.before == at
            assert rules.may_move(at, CaseState(event.after))
            at = CaseState(event.after)


Certification.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestCertification = Certification.TestCase

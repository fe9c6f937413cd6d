"""What answers of the people named may not do at the same moment, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.confirmations import links
from shouyue.platform.confirmations import queries as words
from shouyue.platform.confirmations.errors import Answered, LinkOver, SendTooSoon
from shouyue.platform.confirmations.types import Answer, Identity
from shouyue.platform.onboarding import named
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Role
from tests.certification import BOX, WHO, applicant, link, open_link, row_of, submit
from tests.house import House
from tests.rooms.test_races import meet

pytestmark = pytest.mark.clause("2.1.2.c")


@pytest.fixture
def asked(house: House) -> tuple[SubjectId, str]:
    """An applicant, and a case in which both people named were asked."""
    with house.store.begin() as db:
        someone = applicant(db)
        case = submit(db, someone)
        link(db, case, Role.LEGAL)
    return someone, case


def told(house: House, case: str, role: Role) -> tuple[str, str]:
    """The working link of a role, and the token of the notice behind it."""
    with house.store.begin() as db:
        token = link(db, case, role)
        return token, open_link(db, token).notice.token


def test_twenty_guesses_at_once_use_a_link_up(house: House, asked: tuple[SubjectId, str]) -> None:
    token, notice = told(house, asked[1], Role.ADMIN)
    wrong = Identity(WHO[Role.ADMIN].person, "000000")
    start = threading.Barrier(20)

    def guess(_: int) -> str:
        start.wait()
        try:
            tried = house.store.do(lambda db: named.confirm(db, token, wrong, notice, control=BOX))
        except LinkOver as no:
            return no.code
        return tried.refusal.code if tried.refusal else ""

    with ThreadPoolExecutor(20) as crowd:
        codes = list(crowd.map(guess, range(20)))
    assert codes.count("confirmations.identity-wrong") == 4
    assert codes.count("confirmations.link-over") == 16


def test_two_who_agree_at_once_bring_the_case_to_its_reviewer(
    house: House, asked: tuple[SubjectId, str]
) -> None:
    case = asked[1]
    links_of = {role: told(house, case, role) for role in Role}

    def agree(role: Role) -> Callable[[Session], CaseState]:
        token, notice = links_of[role]
        return lambda db: named.confirm(db, token, WHO[role], notice, control=BOX).take()

    states = meet(house, agree(Role.LEGAL), agree(Role.ADMIN))
    assert states == (CaseState.SUBJECT_CONFIRM, CaseState.MANUAL_REVIEW)
    with house.store.read() as db:
        assert row_of(db, case).state == CaseState.MANUAL_REVIEW


@pytest.mark.parametrize("second", ["yes", "no"])
@pytest.mark.parametrize("first", ["yes", "no"])
def test_of_two_answers_by_one_link_at_once_the_first_counts_and_the_other_is_told(
    house: House, asked: tuple[SubjectId, str], first: str, second: str
) -> None:
    token, notice = told(house, asked[1], Role.ADMIN)

    def confirm(db: Session) -> object:
        return named.confirm(db, token, WHO[Role.ADMIN], notice, control=BOX).take()

    def answer(word: str) -> Callable[[Session], Refusal | None]:
        def deed(db: Session) -> Refusal | None:
            try:
                confirm(db) if word == "yes" else named.object_to(db, token)
            except LinkOver as no:
                return no
            return None

        return deed

    one, other = meet(house, answer(first), answer(second))
    assert one is None
    assert isinstance(other, Answered)
    with house.store.read() as db:
        word = words.of_case(db, asked[1])[Role.ADMIN]
        assert word.answer == {"yes": Answer.CONFIRMED, "no": Answer.OBJECTED}[first]


def test_who_bears_an_answered_link_a_day_later_reads_nothing_of_the_answer(
    house: House, asked: tuple[SubjectId, str]
) -> None:
    token, _ = told(house, asked[1], Role.ADMIN)
    with house.store.begin() as db:
        named.object_to(db, token)
    for hours, told_so in ((23, Answered), (1, LinkOver)):
        house.clock.forward(hours=hours)
        with house.store.read() as db, pytest.raises(LinkOver) as no:
            links.opened(db, token)
        assert type(no.value) is told_so


def test_two_who_press_send_at_once_send_once(house: House, asked: tuple[SubjectId, str]) -> None:
    house.clock.forward(minutes=2)

    def send(db: Session) -> Refusal | None:
        try:
            links.resend(db, asked[0], Role.ADMIN)
        except SendTooSoon as no:
            return no
        return None

    first, second = meet(house, send, send)
    assert first is None
    assert isinstance(second, SendTooSoon)

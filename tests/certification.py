"""People, papers and a company for tests of certification, and the way through it."""

import io
from datetime import date
from functools import cache

from PIL import Image

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts.tables import AccountRow
from shouyue.platform.confirmations import answers, links
from shouyue.platform.confirmations import queries as words
from shouyue.platform.confirmations.types import Asked, Identity
from shouyue.platform.onboarding import named, queries, service
from shouyue.platform.onboarding.tables import CaseRow
from shouyue.platform.onboarding.types import CaseState, Submission
from shouyue.platform.papers import company, identity
from shouyue.platform.papers.types import (
    Administrator,
    Enterprise,
    LegalPerson,
    Role,
    Same,
    Term,
)
from shouyue.platform.reviews import clearing
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.clearance import grants
from shouyue.privacy.clearance.types import Member
from shouyue.privacy.consent.types import Control
from shouyue.privacy.vault import service as vault
from tests.clearance import APPROVER, prepared
from tests.house import House

LEGAL, ADMIN = "陈知行", "林佳禾"
PHONE, MAIL = "13800001234", "lin@corp-sample.cn"
LEGAL_PHONE = "13900005678"
COMPANY = "成都示例软件有限公司"
STAFF, SECOND = "0000000000000000000STAFF01", "0000000000000000000STAFF02"
BOX = Control.UNTICKED_BOX


def id_number(birth: str = "19850301", serial: str = "000", region: str = "110105") -> str:
    """A number that is right and belongs to nobody: serial 000 is never given out."""
    first = region + birth + serial
    return first + identity.check_character(first)


LEGAL_NUMBER, ADMIN_NUMBER = id_number(), id_number("19900505")


def credit_code(serial: str = "MA0SAMPL0") -> str:
    first = "91510100" + serial.replace("O", "0").replace("S", "5")
    return first + company.check_character(first)


@cache
def photo(shade: str = "#ccddee") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (640, 420), shade).save(written, "JPEG")
    return written.getvalue()


def enterprise(**changes: object) -> Enterprise:
    whole: dict[str, object] = {
        "title": COMPANY,
        "code": credit_code(),
        "scope": "软件开发",
        "term": Term(date(2015, 6, 1), None),
        "legal_person": LEGAL,
        "place": "四川省成都市武侯区示例路1号",
        "photo": photo(),
    }
    return Enterprise(**(whole | changes))  # type: ignore[arg-type]  # test values by name


def legal_person(**changes: object) -> LegalPerson:
    whole: dict[str, object] = {
        "person": LEGAL,
        "number": LEGAL_NUMBER,
        "term": Term(date(2020, 1, 1), date(2040, 1, 1)),
        "front": photo("#ffeeee"),
        "back": photo("#eeffee"),
    }
    return LegalPerson(**(whole | changes))  # type: ignore[arg-type]  # test values by name


def administrator(**changes: object) -> Administrator:
    whole: dict[str, object] = {
        "mobile": PHONE,
        "mail": MAIL,
        "person": ADMIN,
        "number": ADMIN_NUMBER,
    }
    return Administrator(**(whole | changes))  # type: ignore[arg-type]  # test values by name


def applicant(db: Session) -> SubjectId:
    """Somebody with an account."""
    subject = vault.new_subject(db)
    row = AccountRow(subject=subject, public_id=subject[-16:], state="REGISTERED")
    row.made_at = db.clock()
    db.add(row)
    db.flush()
    return subject


def begin(db: Session, someone: SubjectId) -> str:
    return service.draft(db, someone, service.notices(db, "zh")[0].token)


def fill(db: Session, someone: SubjectId, *, legal: Same = Same.NOBODY) -> str:
    """A complete draft."""
    case = begin(db, someone)
    service.save_step(db, someone, enterprise())
    service.save_step(db, someone, legal_person(same=legal))
    service.save_step(db, someone, administrator())
    return case


def submission(db: Session, **changes: object) -> Submission:
    told = tuple(notice.token for notice in service.notices(db, "zh"))
    whole: dict[str, object] = {"told": told, "control": BOX, "authorised": True}
    return Submission(**(whole | changes))  # type: ignore[arg-type]  # test values by name


def submit(db: Session, someone: SubjectId) -> str:
    case = fill(db, someone)
    assert service.submit(db, someone, submission(db)) is CaseState.SUBJECT_CONFIRM
    return case


def row_of(db: ReadSession, case: str) -> CaseRow:
    row = queries.case(db, case)
    assert row is not None
    return row


def live_case(db: ReadSession, someone: SubjectId) -> str:
    row = queries.live(db, someone)
    assert row is not None
    return row.id


def link(db: Session, case: str, role: Role) -> str:
    """The working token of a role, as its message would carry it."""
    word = words.of_case(db, case)[role]
    if word.sent_at is None:
        someone = SubjectId(row_of(db, case).applicant)
        links.legal_person_link(db, someone, LEGAL_PHONE, "https://x", "zh")
    return links.token_of(db, word)


WHO = {
    Role.LEGAL: Identity(LEGAL, LEGAL_NUMBER[-6:]),
    Role.ADMIN: Identity(ADMIN, ADMIN_NUMBER[-6:]),
}


def open_link(db: Session, token: str) -> Asked:
    return answers.open_confirmation(db, token, "zh")


def confirm(db: Session, case: str, role: Role) -> CaseState:
    token = link(db, case, role)
    asked = open_link(db, token)
    return named.confirm(db, token, WHO[role], asked.notice.token, control=BOX).take()


def confirmed(db: Session, someone: SubjectId) -> str:
    """A case that waits for its reviewer."""
    case = submit(db, someone)
    confirm(db, case, Role.LEGAL)
    assert confirm(db, case, Role.ADMIN) is CaseState.MANUAL_REVIEW
    return case


def cleared(db: Session, case: str, staff: str = STAFF) -> None:
    """A reviewer may look into a case, by another member's word."""
    prepared(db, staff)
    made = clearing.ask(db, case, Member(staff, frozenset({"reviewer"})), 8)
    grants.approve(db, made, APPROVER)


def certify(db: Session, someone: SubjectId) -> str:
    """A certified company."""
    case = confirmed(db, someone)
    reviews.approve(db, case, STAFF)
    return case


def certified_house(house: House) -> tuple[SubjectId, str]:
    """A committed, certified company for tests that open sessions of their own."""
    with house.store.begin() as db:
        someone = applicant(db)
        return someone, certify(db, someone)

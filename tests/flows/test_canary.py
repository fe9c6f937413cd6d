"""INV-01: known values go through the whole house, and are found nowhere but under seal.

Sign-up, certification, review, a grant and letters leave rows, objects, jobs, evidence, logs,
refusals, addresses and pages behind; each is searched for each value, in each spelling.
"""

import logging
import re
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import challenges, sessions
from shouyue.people.notices import jobs as letters
from shouyue.people.notices import service as notices
from shouyue.platform.grants import shops
from shouyue.platform.onboarding import named, queries, service
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.types import Look
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM, Reader
from tests import certification as sample
from tests.house import House, plain
from tests.merchants import SELLER, authorise, exchange, make_app
from tests.people import CLIENT
from tests.visitors import NICKNAME, OPEN_ID, PHONE, Visitor

pytestmark = [pytest.mark.clause("5.1.1"), pytest.mark.clause("2.1.1.a")]

CANARIES = (
    PHONE,
    OPEN_ID,
    NICKNAME,
    "img.example/1.jpg",
    CLIENT.address,
    sample.LEGAL,
    sample.ADMIN,
    sample.LEGAL_NUMBER,
    sample.ADMIN_NUMBER,
    sample.PHONE,
    sample.LEGAL_PHONE,
    sample.MAIL,
    sample.COMPANY,
    sample.credit_code(),
    "武侯区示例路1号",
)
PAGES = (
    "/account",
    "/inbox",
    "/onboarding/status",
    "/privacy",
    "/privacy/data",
    "/privacy/activity",
    "/privacy/consents",
    "/privacy/sharing",
)
_ADDRESS = re.compile(r'(?:href|src|action|value)="([^"]*)"')


def spellings(value: str) -> Iterator[str]:
    """The value as it stands, in an address, and escaped as JSON does."""
    yield value
    yield quote(value)
    yield value.encode("unicode_escape").decode()


def hits(text: str | bytes) -> list[str]:
    where = text if isinstance(text, bytes) else text.encode()
    return [one for one in CANARIES if any(form.encode() in where for form in spellings(one))]


class Walk:
    """One walk through the house; what it leaves outside the database is gathered here."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.visitor = Visitor(house)
        self.addresses: list[str] = []
        self.pages: list[str] = []
        self.refusals: list[Refusal] = []

    def sign_up(self) -> SubjectId:
        self.visitor.prove_platform()
        self.visitor.agree(profile="yes")
        with self.house.store.read() as db:
            subject = vault.find(db, Item.DI_03, OPEN_ID)
        assert subject is not None
        return subject

    def certify(self, someone: SubjectId) -> str:
        with self.house.store.begin() as db:
            case = sample.confirmed(db, someone)
            sample.cleared(db, case)
            reviews.see(db, case, sample.STAFF, Item.DI_14, Look.COMPARE)
            reviews.approve(db, case, sample.STAFF)
        return case

    def grant(self, someone: SubjectId) -> None:
        with self.house.store.begin() as db:
            _, app = make_app(db)
            shops.link_merchant(db, someone, SELLER)
            exchange(db, app, authorise(db, someone, app))

    def look(self) -> None:
        for path in PAGES:
            answer = self.visitor.web.get(path)
            assert answer.status_code == 200, path
            self.pages.append(answer.text)
            self.addresses += [str(answer.request.url), *_ADDRESS.findall(answer.text)]

    def post(self) -> None:
        deliver = letters.deliver(self.visitor.out, "https://open.example.com")
        Worker(self.house.store, {notices.DELIVER: deliver}, {}).run_once()

    def refused(self, act: Callable[[Session], object]) -> None:
        with pytest.raises(Refusal) as caught, self.house.store.begin() as db:
            act(db)
        self.refusals.append(caught.value)


@pytest.fixture
def walk(house: House) -> Walk:
    return Walk(house)


def whole_way(walk: Walk) -> SubjectId:
    someone = walk.sign_up()
    walk.certify(someone)
    walk.grant(someone)
    walk.look()
    walk.post()
    return someone


def everything(db: ReadSession) -> Iterator[tuple[str, str | bytes]]:
    for table in Table.metadata.sorted_tables:
        for row in db.execute(sa.select(table)).mappings():
            for column, value in row.items():
                yield f"{table.name}.{column}", value if isinstance(value, bytes) else str(value)


def test_no_column_of_any_table_holds_a_value_in_clear(walk: Walk) -> None:
    whole_way(walk)
    with walk.house.store.read() as db:
        cells = list(everything(db))
    assert len(cells) > 500
    assert [(where, found) for where, value in cells if (found := hits(value))] == []


def test_jobs_and_evidence_carry_ids_only(walk: Walk) -> None:
    someone = walk.sign_up()
    walk.certify(someone)
    with walk.house.store.read() as db:
        waiting = {
            where: value for where, value in everything(db) if where.startswith(("job.", "ledger"))
        }
        entries = ledger.about(db, someone)
    assert any(where == "job.args" for where in waiting)
    assert entries
    assert hits("".join(map(str, waiting.values()))) == []
    assert hits(str(entries)) == []


def test_no_object_and_no_objects_name_holds_a_photo_in_clear(walk: Walk) -> None:
    walk.certify(walk.sign_up())
    # The object store goes by the world's clock, the house under test by a stopped one.
    names = list(walk.house.objects.names(documents.SHELF, datetime.max.replace(tzinfo=UTC)))
    assert len(names) == 3
    assert hits(" ".join(names)) == []
    assert not any(b"JFIF" in walk.house.objects.get(name) for name in names)


def test_no_log_line_names_anybody(walk: Walk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), capture_logs() as told:
        whole_way(walk)
        walk.visitor.web.post("/login/phone", data={"phone": PHONE, "name": sample.LEGAL})
        walk.visitor.web.post("/login/code", data={"code": "000000"})
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert hits(str(told)) == []
    assert hits("\n".join(record.getMessage() for record in ours)) == []


def test_no_refusal_repeats_what_was_typed(walk: Walk) -> None:
    someone = walk.sign_up()
    with walk.house.store.begin() as db:
        sample.begin(db, someone)
    reader = Reader("x", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF, reason=sample.LEGAL)
    wrong = sample.LEGAL_NUMBER[:-1] + ("0" if sample.LEGAL_NUMBER[-1] != "0" else "1")
    for act in (
        lambda db: challenges.ask_code(db, PHONE + "x" + sample.LEGAL, CLIENT),
        lambda db: challenges.prove_phone(db, "0" * 26, PHONE, "000000").take(),
        lambda db: sessions.step_up(db, PHONE, PHONE),
        lambda db: service.save_step(db, someone, sample.legal_person(number=wrong)),
        lambda db: service.save_step(db, someone, sample.enterprise(code=sample.LEGAL_NUMBER)),
        lambda db: service.save_step(db, someone, sample.administrator(mail=sample.LEGAL)),
        lambda db: vault.reveal(db, someone, [Item.DI_01], reader),
        lambda db: ledger.append(db, Fact("test.fact", someone, {"name": PHONE})),
        lambda db: named.object_to(db, PHONE),
    ):
        walk.refused(act)
    assert len(walk.refusals) == 9
    for refusal in walk.refusals:
        shown = traceback.format_exception(refusal)
        told = [str(refusal), repr(refusal), str(refusal.facts), refusal.say("zh"), *shown]
        assert hits("".join(told)) == [], type(refusal)


def test_no_address_carries_a_value_and_no_page_shows_one(walk: Walk) -> None:
    whole_way(walk)
    assert len(walk.addresses) > 100
    assert hits(" ".join(walk.addresses)) == []
    shown = [found for page in walk.pages for found in hits(page)]
    assert shown == []


def test_no_letter_spells_a_value_out(walk: Walk) -> None:
    whole_way(walk)
    sent = [letter for letter in walk.visitor.out.box.messages() if "验证码" not in letter.text]
    assert sent
    assert hits("".join(f"{letter.subject} {letter.text}" for letter in sent)) == []


def test_what_was_looked_for_was_really_there(walk: Walk) -> None:
    someone = walk.sign_up()
    case = walk.certify(someone)
    with walk.house.store.begin() as db:
        party = SubjectId(queries.parties(db, case)[Role.LEGAL].subject)
        reader = Reader("test", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY)
        found = vault.reveal(db, party, [Item.DI_13, Item.DI_14], reader)
    assert [plain(found[item]) for item in found] == [sample.LEGAL, sample.LEGAL_NUMBER]

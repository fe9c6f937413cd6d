"""However a yes to one of our own purposes ends, no look of staff or house rests on it any more."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.consent import deletions, offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import Control
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM, Keep, KeepDocument, Reader
from tests.clearance import cleared
from tests.house import House, plain

pytestmark = pytest.mark.clause("6.2.1")
NAME, PHOTO, SIGNED = Item.DI_13, Item.DI_16, Basis.SEPARATE_CONSENT
STAFF = Reader("reviewer-7", "reviewer", Purpose.P2, SIGNED, "case-9", "review")
JOB = Reader("worker", SYSTEM, Purpose.P2, SIGNED, "case-9")
ASKED = offers.certification("zh", (NAME, PHOTO))


def withdrawn(db: Session, person: SubjectId) -> None:
    consents.withdraw(db, person, Purpose.P2)


def refused(db: Session, person: SubjectId) -> None:
    consents.refuse(db, person, consents.show(db, ASKED).token)


def deleted(db: Session, person: SubjectId) -> None:
    deletions.delete_item(db, person, Item.DI_15)


def void(db: Session, person: SubjectId) -> None:
    consents.void(db, person, Purpose.P2)


def stale(db: Session, _person: SubjectId) -> None:
    was = policy.active()
    policy.use(replace(was, version=replace(was.version, number="9.9.9")))
    consents.outdate(db, Purpose.P2)


@pytest.fixture(autouse=True)
def own_policy() -> Iterator[None]:
    yield
    policy.use(policy.load())


@pytest.mark.parametrize("end", [withdrawn, refused, deleted, void, stale])
@pytest.mark.parametrize("reader", [STAFF, JOB], ids=["staff", "job"])
def test_no_value_or_photo_opens_after_the_end(
    house: House, reader: Reader, end: Callable[[Session, SubjectId], None]
) -> None:
    with house.store.begin() as db:
        person = vault.new_subject(db)
        asked = replace(ASKED, items=(NAME, Item.DI_15, PHOTO))
        consents.give(db, person, consents.show(db, asked).token, control=Control.UNTICKED_BOX)
        vault.keep(db, Keep(person, NAME, "张三丰", Purpose.P2, SIGNED, "here"))
        vault.keep(db, Keep(person, Item.DI_15, "2030-01-01", Purpose.P2, SIGNED, "here"))
        vault.keep_document(
            db, KeepDocument(person, PHOTO, b"a face", "image/png", Purpose.P2, SIGNED, "here")
        )
        cleared(db, STAFF, {person: [NAME, PHOTO]})
        assert plain(vault.reveal(db, person, [NAME], reader)[NAME]) == "张三丰"
        [photo] = vault.documents(db, person)
        assert documents.view_document(db, photo.id, reader)
    with house.store.begin() as db:
        end(db, person)
    with house.store.begin() as db, pytest.raises(Refusal):
        vault.reveal(db, person, [NAME], reader)
    with house.store.begin() as db, pytest.raises(Refusal):
        documents.view_document(db, photo.id, reader)

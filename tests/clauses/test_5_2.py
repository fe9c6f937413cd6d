"""5.2: nothing unrelated is collected."""

import io

import pytest
from PIL import Image

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import queries, service
from shouyue.platform.papers import photos, required
from shouyue.platform.papers.errors import FieldWrong
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.vault import documents
from shouyue.privacy.vault.types import Reader
from tests import certification as sample
from tests.house import plain

pytestmark = pytest.mark.clause("5.2")


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 40.0, 0.0)
    exif[0x010F] = "CANARY"
    written = io.BytesIO()
    Image.new("RGB", (800, 500)).save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_what_lies_in_the_vault_does_not_know_where_the_photo_was_taken(db: Session) -> None:
    someone = sample.applicant(db)
    sample.begin(db, someone)
    service.save_step(db, someone, sample.enterprise(photo=photo_with_place()))
    row = queries.live(db, someone)
    assert row is not None
    (paper,) = documents.documents(db, SubjectId(row.enterprise))
    reader = Reader("onboarding", "system", paper.purpose, paper.basis)
    content = plain(documents.view_document(db, paper.id, reader)[1])
    assert b"CANARY" not in content
    assert not Image.open(io.BytesIO(content)).getexif()


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"PK\x03\x04", b"GIF89a", b"<html>"])
def test_papers_that_do_not_belong_are_turned_away(content: bytes) -> None:
    with pytest.raises(FieldWrong):
        photos.clean(content)


def test_only_listed_items_reach_the_vault(db: Session) -> None:
    someone = sample.applicant(db)
    sample.fill(db, someone)
    for party in queries.parties(db, sample.live_case(db, someone)).values():
        kept = ledger.about(db, SubjectId(party.subject), "vault.kept")
        assert {entry.facts["item"] for entry in kept} <= {item.value for item in required.ITEMS}

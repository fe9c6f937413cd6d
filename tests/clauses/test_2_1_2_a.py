"""2.1.2.a: what certification requires, why, and what is never taken."""

import io

import pytest
from PIL import Image

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import forms, queries, service
from shouyue.platform.onboarding.errors import NotTold
from shouyue.platform.papers import photos, required
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.errors import CheckFailed
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Basis, Sensitive
from tests import certification as sample

pytestmark = pytest.mark.clause("2.1.2.a")


def test_the_wizard_asks_for_what_the_clause_lists_and_for_nothing_else() -> None:
    listed = set(policy.active().clauses[Clause.C2_1_2_a].items)
    assert {item.value for item in required.ITEMS} == listed - {"DI-25"}


def test_every_item_is_told_with_its_reason_before_anything_is_entered(db: Session) -> None:
    told = "".join(notice.html for notice in service.notices(db, "zh"))
    for item in required.ITEMS:
        assert policy.item(item).why.zh in told
        assert policy.item(item).keep.text.zh in told


def test_sensitive_items_have_a_notice_of_their_own(db: Session) -> None:
    plain, sensitive = service.notices(db, "zh")
    kinds = [
        {policy.item(item).sensitive for item in notice.offer.items}
        for notice in (plain, sensitive)
    ]
    assert kinds[0] == {Sensitive.NO}
    assert Sensitive.NO not in kinds[1]
    assert "敏感" in sensitive.html


def test_without_the_yes_to_sensitive_items_nothing_is_handed_in(db: Session) -> None:
    someone = sample.applicant(db)
    sample.fill(db, someone)
    plain = service.notices(db, "zh")[0].token
    with pytest.raises(NotTold):
        service.submit(db, someone, sample.submission(db, told=(plain,)))


def test_nothing_is_read_out_of_a_photo() -> None:
    # INV-33: the only thing that leaves the photo's door is another picture.
    written = io.BytesIO()
    Image.new("RGB", (800, 500)).save(written, "JPEG")
    kept = photos.clean(written.getvalue())
    assert Image.open(io.BytesIO(kept)).format == "JPEG"
    assert Item.DI_23 not in required.ITEMS
    assert "DI_23" not in {name for name in dir(forms) if name.startswith("DI")}


def test_a_result_is_kept_and_never_the_answer(db: Session) -> None:
    someone = sample.applicant(db)
    sample.submit(db, someone)
    (entry,) = ledger.about(db, someone, "onboarding.checked")
    assert set(entry.facts.values()) - {entry.facts["case"]} == {"passed"}


def test_nobody_under_eighteen_is_certified(db: Session) -> None:
    # INV-36, and even a value that came in some other way is caught before approval.
    someone = sample.applicant(db)
    case = sample.confirmed(db, someone)
    legal = queries.parties(db, case)[Role.LEGAL]
    forms._keep(
        db,
        SubjectId(legal.subject),
        {Item.DI_14: sample.id_number("20100101")},
        Basis.SEPARATE_CONSENT,
    )
    with pytest.raises(CheckFailed):
        reviews.approve(db, case, sample.STAFF, judged=True)
    with pytest.raises(FieldWrong):
        forms.legal_person(
            db, sample.row_of(db, case), sample.legal_person(number=sample.id_number("20100101"))
        )

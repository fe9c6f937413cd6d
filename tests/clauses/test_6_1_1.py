"""6.1.1: a person sees what is theirs, all of it, and nothing of anybody else."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.overview import service as overview
from shouyue.platform.onboarding import queries, service
from shouyue.platform.onboarding.errors import Locked
from shouyue.platform.papers.types import Role
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import holder
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SELF, Reader
from tests import certification as sample
from tests.people import OTHER_PHONE, PHONE, sign_up

pytestmark = pytest.mark.clause("6.1.1")


def test_each_person_named_has_their_own_part_and_no_other(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.confirmed(db, someone)
    parties = queries.parties(db, case)
    legal, admin = (SubjectId(parties[role].subject) for role in Role)
    assert {one.item for one in overview.held(db, legal, "zh")} == {
        "DI-13",
        "DI-14",
        "DI-15",
        "DI-16",
        "DI-17",
    }
    assert {one.item for one in overview.held(db, admin, "zh")} == {
        "DI-18",
        "DI-19",
        "DI-20",
        "DI-21",
    }
    assert overview.held(db, someone, "zh") == []


def test_nobody_reads_as_themselves_about_another(db: Session) -> None:
    one, other = sign_up(db, PHONE).subject, sign_up(db, OTHER_PHONE).subject
    held = vault.holdings(db, other)[0]
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, other, [Item.DI_01], Reader(one, SELF, held.purpose, held.basis))
    assert refusal.value.facts["cause"] == "not-self"


def test_a_copy_holds_every_value_in_clear_and_only_ones_own(db: Session) -> None:
    one = sign_up(db, PHONE).subject
    sign_up(db, OTHER_PHONE)
    copied = str(holder.export(db, one))
    assert f"+86{PHONE}" in copied
    assert OTHER_PHONE not in copied


def test_what_was_handed_in_is_seen_masked_and_not_changed_by_oneself(db: Session) -> None:
    someone = sample.applicant(db)
    sample.certify(db, someone)
    seen = service.progress(db, someone)
    assert seen is not None
    assert seen.masks[Item.DI_13] == "陈**"
    with pytest.raises(Locked):
        service.save_step(db, someone, sample.legal_person(person="王小明"))

"""4.1: nothing is shared with anybody but who is registered, for what is recorded and published."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shouyue.ground.store.session import Session
from shouyue.platform.catalogue import service as catalogue
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, RecipientKind
from shouyue.privacy.sharing import errors
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import NewProvision, NewRecipient, Release, Standing
from shouyue.privacy.vault import service as vault
from tests.callers import Scene
from tests.house import House

pytestmark = pytest.mark.clause("4.1")
SHOP, PERSON = "open.shop.info.get", "open.user.info.get"


@pytest.fixture
def scene(house: House) -> Scene:
    told = Scene(house)
    told.upstream.data = {"name": "店主", "sex": "F", "head": "h", "bigHead": "b"}
    return told


def affiliate(db: Session) -> str:
    return sharing.register_recipient(db, NewRecipient(RecipientKind.AFFILIATE, "E9", "C9"))


def for_affiliate(db: Session, *items: Item) -> NewProvision:
    return NewProvision(
        recipient=affiliate(db),
        subject=vault.new_subject(db),
        items=frozenset(items),
        purpose=Purpose.P18,
        basis=Basis.SEPARATE_CONSENT,
        clause=Clause.C4_1_a,
        notice="n" * 64,
        case="case-1",
        until=db.clock() + timedelta(days=1),
    )


def test_a_release_is_known_to_the_person_it_is_about(scene: Scene) -> None:
    assert scene.call(PERSON)["result"] == 1
    with scene.house.store.read() as db:
        [seen] = sharing.releases_of(db, scene.merchant)
    assert (seen.recipient, seen.clause) == (scene.app.app_id, Clause.C2_3)


def test_a_recipient_that_is_suspended_gets_an_error_and_no_data(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        sharing.set_standing(db, scene.app.app_id, Standing.SUSPENDED)
    found = scene.call(PERSON)
    assert found["result"] != 1
    assert "店主" not in str(found)
    with scene.house.store.read() as db:
        assert sharing.releases_of(db, scene.merchant) == []


def test_nobody_receives_who_is_not_registered(db: Session) -> None:
    form = for_affiliate(db, Item.DI_06)
    with pytest.raises(errors.NoRecipient):
        sharing.provide(db, replace(form, recipient="0" * 26))


def test_nobody_is_registered_without_a_contract(db: Session) -> None:
    with pytest.raises(errors.Incomplete):
        sharing.register_recipient(db, NewRecipient(RecipientKind.AFFILIATE, "E9", ""))


def test_an_item_that_the_published_list_does_not_name_is_never_provided(db: Session) -> None:
    assert sharing.provide(db, for_affiliate(db, Item.DI_06))
    with pytest.raises(errors.Undeclared) as no:
        sharing.provide(db, for_affiliate(db, Item.DI_06, Item.DI_14))
    assert no.value.facts == {"what": "DI-14", "kind": "affiliate"}


def test_a_release_of_more_than_was_recorded_is_refused(db: Session) -> None:
    form = for_affiliate(db, Item.DI_06)
    provision = sharing.provide(db, form)
    with pytest.raises(errors.ItemNotCovered):
        sharing.record(db, Release(provision, frozenset({Item.DI_38}), "report", "R1"))


def test_every_kind_of_recipient_and_its_items_stand_on_the_published_list() -> None:
    rows = policy.share_list("zh").rows
    text = "\n".join(" ".join(row) for row in rows)
    for rule in policy.active().recipients.values():
        assert rule.name.zh in text
        for item in rule.items:
            assert policy.item(item).name.zh in text


def test_no_api_and_no_event_is_opened_that_returns_more_than_the_list_names() -> None:
    listed = set(policy.recipient(RecipientKind.DEVELOPER).items)
    assert catalogue.items_of(frozenset(catalogue.scopes())) <= listed

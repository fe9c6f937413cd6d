"""Sub-accounts: what they may let in, who sees and ends it, and what becomes of it."""

from datetime import timedelta

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.errors import MainFirst, NoSuchGrant, ShopTaken, StaffGone, StaffNotLet
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import errors
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.holder import GrantHolder
from shouyue.platform.oauth.types import Tokens
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import ProvisionState
from shouyue.privacy.vault import service as vault
from tests.house import House
from tests.merchants import (
    SELLER,
    STAFF,
    authorise,
    exchange,
    make_app,
    make_merchant,
    make_staff,
)
from tests.rooms.test_oauth import refresh

ORDERS = "user_info,merchant_order"


class Shop:
    """A main account that let an app in, and a sub-account that did after it."""

    def __init__(self, db: Session) -> None:
        _, self.app = make_app(db)
        self.main, self.staff = make_merchant(db), make_staff(db)
        self.code = authorise(db, self.main, self.app)
        self.of_main = exchange(db, self.app, self.code)
        self.of_staff = exchange(db, self.app, authorise(db, self.staff, self.app, ORDERS))


def works(db: Session, tokens: Tokens) -> bool:
    try:
        oauth.look_up(db, tokens.access)
    except errors.TokenRefused:
        return False
    return True


def kinds(db: Session, subject: SubjectId) -> list[str]:
    return [one.kind for one in ledger.about(db, subject)]


@pytest.mark.clause("2.3")
def test_a_token_of_a_sub_account_carries_its_own_open_id_and_opens_the_shop(db: Session) -> None:
    shop = Shop(db)
    found = oauth.look_up(db, shop.of_staff.access)
    assert (found.seller_id, found.staff_id) == (SELLER, STAFF)
    assert (found.subject, found.main) == (shop.staff, shop.main)
    assert found.scopes == {"user_info", "merchant_order"}
    assert found.open_id == shop.of_staff.open_id != shop.of_main.open_id
    assert found.own() == {"self": shop.of_main.open_id, "giver": shop.of_staff.open_id}
    assert oauth.look_up(db, shop.of_main.access).staff_id == 0


def test_two_sub_accounts_have_two_open_ids_and_two_developers_see_different_ones(
    db: Session,
) -> None:
    shop = Shop(db)
    other = exchange(db, shop.app, authorise(db, make_staff(db, staff_id=8), shop.app, ORDERS))
    _, app = make_app(db, "云帆客服")
    authorise(db, shop.main, app)
    elsewhere = exchange(db, app, authorise(db, shop.staff, app, ORDERS))
    assert len({shop.of_staff.open_id, other.open_id, elsewhere.open_id}) == 3


@pytest.mark.clause("4.1.a")
def test_a_sub_account_gives_nothing_that_the_main_account_has_not_given(db: Session) -> None:
    _, app = make_app(db)
    main, staff = make_merchant(db), make_staff(db)
    with pytest.raises(MainFirst):
        authorise(db, staff, app, ORDERS)
    authorise(db, main, app, "user_info,merchant_item")
    with pytest.raises(MainFirst):
        authorise(db, staff, app, ORDERS)
    assert consent.state(db, staff, Purpose.P6, app.app_id) is ConsentState.NONE
    authorise(db, main, app, ORDERS)
    authorise(db, staff, app, ORDERS)


@pytest.mark.clause("4.1.a")
def test_a_sub_account_gives_only_what_the_main_account_lets_it_give(db: Session) -> None:
    _, app = make_app(db)
    authorise(db, make_merchant(db), app)
    staff = make_staff(db, lets=("user_info", "merchant_item"))
    with pytest.raises(StaffNotLet):
        authorise(db, staff, app, ORDERS)
    authorise(db, staff, app, "user_info,merchant_item")


def test_a_grant_of_a_sub_account_holds_no_longer_than_the_main_accounts(
    house: House, db: Session
) -> None:
    _, app = make_app(db)
    authorise(db, make_merchant(db), app)
    house.clock.forward(days=170)
    given = exchange(db, app, authorise(db, make_staff(db), app, ORDERS))
    assert given.refresh_expires_in == int(timedelta(days=10).total_seconds())


@pytest.mark.clause("6.2.1")
def test_with_the_main_accounts_grant_end_those_of_its_sub_accounts(db: Session) -> None:
    shop = Shop(db)
    grants.revoke(db, shop.main, shop.app.app_id)
    assert not works(db, shop.of_staff)
    with pytest.raises(errors.AccessDenied) as caught:
        refresh(db, shop.app, shop.of_staff.refresh)
    assert caught.value.facts["cause"] == "refreshToken.revokedAuthorization"
    assert {one.state for one in sharing.provisions_of(db, shop.staff)} == {ProvisionState.ENDED}


def test_what_another_grant_of_the_main_account_carries_goes_on(db: Session) -> None:
    shop = Shop(db)
    wide = oauth.look_up(db, shop.of_main.access).grant
    exchange(db, shop.app, authorise(db, shop.main, shop.app, ORDERS))
    given = {"app_id": shop.app.appkey, "app_secret": shop.app.app_secret}
    oauth.revoke_token(db, {**given, "token": shop.of_main.access})
    states = {one.id: one.state for one in grants.grants_of(db, shop.main)}
    assert states[wide] is GrantState.REVOKED
    assert works(db, shop.of_staff)


def test_what_goes_on_holds_no_longer_than_what_carries_it_now(house: House, db: Session) -> None:
    _, app = make_app(db)
    main, staff = make_merchant(db), make_staff(db)
    early = exchange(db, app, authorise(db, main, app))
    house.clock.forward(days=100)
    late = exchange(db, app, authorise(db, main, app))
    given = exchange(db, app, authorise(db, staff, app, ORDERS))
    keys = {"app_id": app.appkey, "app_secret": app.app_secret}
    oauth.revoke_token(db, {**keys, "token": late.access})
    assert works(db, given)
    [grant] = shops.staff_grants(db, main)
    assert grant.until == oauth.inspect(db, early.refresh).until  # type: ignore[union-attr]


def test_grants_to_other_apps_and_of_other_shops_go_on(db: Session) -> None:
    shop = Shop(db)
    _, app = make_app(db, "云帆客服")
    authorise(db, shop.main, app)
    beside = exchange(db, app, authorise(db, shop.staff, app, ORDERS))
    authorise(db, make_merchant(db, 100_002), shop.app)
    stranger = make_staff(db, 100_002)
    foreign = exchange(db, shop.app, authorise(db, stranger, shop.app, ORDERS))
    grants.revoke(db, shop.main, shop.app.app_id)
    assert works(db, beside)
    assert works(db, foreign)


def test_a_sub_account_revokes_its_own_and_leaves_the_main_accounts(db: Session) -> None:
    shop = Shop(db)
    assert grants.revoke(db, shop.staff, shop.app.app_id) == 1
    assert (works(db, shop.of_staff), works(db, shop.of_main)) == (False, True)


@pytest.mark.clause("2.3")
def test_with_a_sub_account_end_its_grants_and_it_gives_none_any_more(db: Session) -> None:
    shop = Shop(db)
    assert shops.left(db, SELLER, STAFF) == 1
    assert shops.left(db, SELLER, STAFF) == 0
    assert (works(db, shop.of_staff), works(db, shop.of_main)) == (False, True)
    assert kinds(db, shop.staff).count("oauth.staff-left") == 1
    assert shops.merchant(db, shop.staff) is None
    with pytest.raises(StaffGone):
        authorise(db, shop.staff, shop.app, ORDERS)


@pytest.mark.parametrize(("seller", "staff"), [(SELLER, 0), (SELLER, 8), (100_002, STAFF)])
def test_a_word_about_somebody_else_ends_nothing(db: Session, seller: int, staff: int) -> None:
    shop = Shop(db)
    assert shops.left(db, seller, staff) == 0
    assert works(db, shop.of_staff)
    assert works(db, shop.of_main)


def test_who_comes_back_may_authorise_again(db: Session) -> None:
    shop = Shop(db)
    shops.left(db, SELLER, STAFF)
    shops.link_merchant(db, shop.staff, SELLER, STAFF, ORDERS.split(","))
    assert works(db, exchange(db, shop.app, authorise(db, shop.staff, shop.app, ORDERS)))


def test_who_may_give_less_than_before_keeps_what_still_fits(db: Session) -> None:
    shop = Shop(db)
    few = exchange(db, shop.app, authorise(db, shop.staff, shop.app, "user_info"))
    shops.link_merchant(db, shop.staff, SELLER, STAFF, ["user_info"])
    assert (works(db, few), works(db, shop.of_staff)) == (True, False)


def test_who_moves_to_another_shop_leaves_the_grants_of_the_old_one(db: Session) -> None:
    shop = Shop(db)
    shops.link_merchant(db, shop.staff, 100_002, 3, ORDERS.split(","))
    assert not works(db, shop.of_staff)
    assert shops.staff_grants(db, shop.main) == []


def test_a_main_account_does_not_become_a_sub_account(db: Session) -> None:
    with pytest.raises(ShopTaken):
        shops.link_merchant(db, make_merchant(db), 100_002, 3, [])


def test_one_number_of_a_shop_is_one_person(db: Session) -> None:
    make_staff(db)
    with pytest.raises(ShopTaken):
        make_staff(db)


@pytest.mark.clause("6.2.1")
def test_the_main_account_sees_and_ends_what_a_sub_account_let_in(db: Session) -> None:
    shop = Shop(db)
    [grant] = shops.staff_grants(db, shop.main)
    assert (grant.staff_id, grant.subject, grant.app_id) == (STAFF, shop.staff, shop.app.app_id)
    shops.revoke_of_staff(db, shop.main, grant.id)
    assert (works(db, shop.of_staff), works(db, shop.of_main)) == (False, True)
    assert "oauth.revoked" in kinds(db, shop.staff)
    assert shops.staff_grants(db, shop.main) == []
    with pytest.raises(NoSuchGrant):
        shops.revoke_of_staff(db, shop.main, grant.id)


def test_nobody_else_sees_or_ends_it(db: Session) -> None:
    shop = Shop(db)
    [grant] = shops.staff_grants(db, shop.main)
    other, clerk = make_merchant(db, 100_002), make_staff(db, staff_id=8)
    for stranger in (other, clerk, shop.staff, vault.new_subject(db)):
        assert shops.staff_grants(db, stranger) == []
        with pytest.raises(NoSuchGrant):
            shops.revoke_of_staff(db, stranger, grant.id)
    own = grants.grants_of(db, shop.main)[0].id
    with pytest.raises(NoSuchGrant):
        shops.revoke_of_staff(db, shop.main, own)
    assert works(db, shop.of_staff)


def test_events_of_a_shop_reach_an_app_once_under_the_shops_own_id(db: Session) -> None:
    shop = Shop(db)
    [one] = grants.apps_for(db, SELLER, "merchant_order")
    assert (one.subject, one.open_id) == (shop.main, shop.of_main.open_id)
    assert grants.shops_of(db, shop.app.app_id) == {SELLER: shop.of_main.open_id}


def test_an_erased_main_account_leaves_no_grant_of_its_shop(db: Session) -> None:
    shop = Shop(db)
    GrantHolder().erase(db, shop.main)
    assert not works(db, shop.of_staff)


def test_what_a_sub_account_is_told_of_itself_has_its_number(db: Session) -> None:
    shop = Shop(db)
    told = GrantHolder().export(db, shop.staff)
    assert (told["seller_id"], told["staff_id"]) == (SELLER, STAFF)
    assert GrantHolder().erase(db, shop.staff) > 0
    assert shops.merchant(db, shop.staff) is None

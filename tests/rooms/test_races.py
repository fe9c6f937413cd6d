"""What two requests at the same moment may not do, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat import otp
from shouyue.ground.jobs.service import Worker, enqueue
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import challenges, entry, platform, tickets
from shouyue.people.accounts.errors import AlreadyLinked, TicketInvalid, WrongCode
from shouyue.people.accounts.tables import AccountRow
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.people.staff import rules as staff_rules
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.platform.apps import credentials, freezing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import TooManyApps
from shouyue.platform.apps.tables import AppRow
from shouyue.platform.apps.types import FreezeReason, Issued, SecretKind, SecretState
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.errors import QuotaSpent
from shouyue.platform.decryption.types import Caller, Cipher, Kind, Order, Told, Value
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.errors import OAuthRefusal, ShopTaken
from shouyue.platform.grants.tables import GrantRow
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import InvalidGrant
from shouyue.platform.oauth.tables import TokenRow
from shouyue.platform.oauth.types import Standing, Tokens
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing import veils
from shouyue.privacy.vault import service as vault
from tests.house import House, plain
from tests.merchants import (
    SELLER,
    STAFF,
    authorise,
    exchange,
    make_app,
    make_merchant,
    make_staff,
)
from tests.people import CLIENT, OTHER_PHONE, PHONE, agreed, sign_up, ticket_for
from tests.rooms.test_sharing import provide

A = TypeVar("A")
B = TypeVar("B")
PASSWORD = "correct horse battery"


def meet(
    house: House, first: Callable[[Session], A], second: Callable[[Session], B]
) -> tuple[A, B]:
    """Do `second` on another thread while what `first` did is not yet committed."""
    with ThreadPoolExecutor(1) as other:
        with house.store.begin() as db:
            one = first(db)
            met = other.submit(house.store.do, second)
            with suppress(StillWaiting):
                met.result(timeout=0.2)
        return one, met.result(timeout=30)


def exchanged(app: Issued, code: str) -> Callable[[Session], Tokens | OAuthRefusal]:
    given = {"app_id": app.appkey, "app_secret": app.app_secret, "grant_type": "code"}
    return lambda db: oauth.token(db, {**given, "code": code})


@pytest.fixture
def granted(house: House) -> tuple[Issued, str, SubjectId]:
    """An app and a code for it."""
    with house.store.begin() as db:
        _, app = make_app(db)
        merchant = make_merchant(db)
        return app, authorise(db, merchant, app), merchant


@pytest.mark.clause("2.1.1.a")
def test_two_sign_ups_with_one_phone_at_once_are_one_person(house: House) -> None:
    with house.store.begin() as db:
        one = ticket_for(db)
    house.clock.forward(seconds=61)
    with house.store.begin() as db:
        two = ticket_for(db)

    def enter(ticket: str) -> Callable[[Session], SubjectId]:
        return lambda db: entry.enter(db, ticket, CLIENT, agreed(db)).subject

    first, second = meet(house, enter(one), enter(two))

    assert first == second
    with house.store.read() as seen:
        assert seen.scalar(sa.select(sa.func.count()).select_from(AccountRow)) == 1


def test_one_platform_account_linked_by_two_people_at_once_goes_to_one(house: House) -> None:
    identity = PlatformIdentity("platform-1", "+8613700137000")
    with house.store.begin() as db:
        mine, theirs = sign_up(db).subject, sign_up(db, OTHER_PHONE).subject
        one, two = (platform.prove_platform(db, identity) for _ in range(2))

    with pytest.raises(AlreadyLinked):
        meet(
            house,
            lambda db: platform.link(db, mine, one),
            lambda db: platform.link(db, theirs, two),
        )

    with house.store.read() as seen:
        assert vault.find(seen, Item.DI_03, identity.id) == mine


def test_a_ticket_brought_twice_at_once_opens_once(house: House) -> None:
    with house.store.begin() as db:
        sign_up(db)
    house.clock.forward(seconds=61)
    with house.store.begin() as db:
        ticket = ticket_for(db)

    with pytest.raises(TicketInvalid):
        meet(
            house,
            lambda db: entry.enter(db, ticket, CLIENT),
            lambda db: entry.enter(db, ticket, CLIENT),
        )


def test_the_right_code_brought_twice_at_once_proves_once(house: House) -> None:
    with house.store.begin() as db:
        asked = challenges.ask_code(db, PHONE, CLIENT)
    code = plain(asked.code)

    one, two = meet(
        house,
        lambda db: challenges.prove_phone(db, asked.challenge_id, PHONE, code),
        lambda db: challenges.prove_phone(db, asked.challenge_id, PHONE, code),
    )

    assert one.refusal is None
    assert isinstance(two.refusal, WrongCode)


def test_twenty_guesses_at_once_are_five(house: House) -> None:
    with house.store.begin() as db:
        asked = challenges.ask_code(db, PHONE, CLIENT)
    wrong = "000000" if plain(asked.code) != "000000" else "000001"
    start = threading.Barrier(20)

    def guess(_: int) -> None:
        start.wait()
        house.store.do(lambda db: challenges.prove_phone(db, asked.challenge_id, PHONE, wrong))

    with ThreadPoolExecutor(20) as crowd:
        list(crowd.map(guess, range(20)))

    with house.store.begin() as db:
        late = challenges.prove_phone(db, asked.challenge_id, PHONE, plain(asked.code))
        assert isinstance(late.refusal, WrongCode)


def test_a_code_exchanged_twice_at_once_leaves_no_token_that_works(
    house: House, granted: tuple[Issued, str, SubjectId]
) -> None:
    app, code, _ = granted

    one, two = meet(house, exchanged(app, code), exchanged(app, code))

    assert isinstance(one, Tokens)
    assert isinstance(two, InvalidGrant)
    with house.store.read() as seen:
        assert set(seen.scalars(sa.select(GrantRow.state))) == {GrantState.REVOKED}
        for held in (one.access, one.refresh):
            assert oauth.inspect(seen, held).state is Standing.REVOKED  # type: ignore[union-attr]
        with pytest.raises(OAuthRefusal):
            oauth.look_up(seen, one.access)


def test_a_code_exchanged_while_its_merchant_revokes_opens_nothing(
    house: House, granted: tuple[Issued, str, SubjectId]
) -> None:
    app, code, merchant = granted

    tokens, _ = meet(
        house, exchanged(app, code), lambda db: grants.revoke(db, merchant, app.app_id)
    )

    assert isinstance(tokens, Tokens)
    with house.store.read() as seen, pytest.raises(OAuthRefusal):
        oauth.look_up(seen, tokens.access)


def test_a_refresh_token_used_twice_at_once_ends_five_minutes_later(
    house: House, granted: tuple[Issued, str, SubjectId]
) -> None:
    app, code, _ = granted
    with house.store.begin() as db:
        old = exchange(db, app, code).refresh
    given = {
        "app_id": app.appkey,
        "app_secret": app.app_secret,
        "grant_type": "refresh_token",
        "refresh_token": old,
    }

    one, two = meet(house, lambda db: oauth.token(db, given), lambda db: oauth.token(db, given))

    assert isinstance(one, Tokens)
    assert isinstance(two, Tokens)
    assert one.refresh != two.refresh
    with house.store.read() as seen:
        row = seen.get_one(TokenRow, oauth.fingerprint(old))
        assert (row.discarded, row.until) == (True, house.clock() + timedelta(minutes=5))


def test_one_shop_claimed_by_two_people_at_once_goes_to_one(house: House) -> None:
    with house.store.begin() as db:
        one, two = vault.new_subject(db), vault.new_subject(db)

    with pytest.raises(ShopTaken):
        meet(
            house,
            lambda db: shops.link_merchant(db, one, 7),
            lambda db: shops.link_merchant(db, two, 7),
        )


def test_two_tenth_apps_at_once_are_one(house: House) -> None:
    with house.store.begin() as db:
        owner, _ = make_app(db)
        for number in range(8):
            make_app(db, f"应用{number}", owner=owner)

    with pytest.raises(TooManyApps):
        meet(
            house,
            lambda db: make_app(db, "第十个", owner=owner),
            lambda db: make_app(db, "也是第十个", owner=owner),
        )
    with house.store.read() as seen:
        assert len(apps.mine(seen, owner)) == 10


def test_guesses_of_staff_passwords_at_once_are_all_counted(house: House) -> None:
    with house.store.begin() as db:
        made = staff.create_staff(db, "lin", PASSWORD, [StaffRole.REVIEWER])
    start = threading.Barrier(staff_rules.TRIES)

    def guess(_: int) -> None:
        start.wait()
        house.store.do(lambda db: staff.sign_in(db, "lin", "wrong", "000000"))

    with ThreadPoolExecutor(staff_rules.TRIES) as crowd:
        list(crowd.map(guess, range(staff_rules.TRIES)))

    with house.store.begin() as db:
        code = otp.code_at(made.secret, house.clock())
        assert staff.sign_in(db, "lin", PASSWORD, code).refusal is not None


def test_a_one_time_code_brought_twice_at_once_opens_once(house: House) -> None:
    with house.store.begin() as db:
        made = staff.create_staff(db, "lin", PASSWORD, [StaffRole.REVIEWER])
    code = otp.code_at(made.secret, house.clock())

    one, two = meet(
        house,
        lambda db: staff.sign_in(db, "lin", PASSWORD, code),
        lambda db: staff.sign_in(db, "lin", PASSWORD, code),
    )

    assert (one.refusal is None, two.refusal is None) == (True, False)


def test_a_secret_rolled_twice_at_once_leaves_one(house: House) -> None:
    with house.store.begin() as db:
        owner, app = make_app(db)

    def roll(db: Session) -> str:
        return apps.roll_secret(db, owner, app.app_id, SecretKind.APP_SECRET)

    _, last = meet(house, roll, roll)

    with house.store.begin() as db:
        assert credentials.authenticate(db, app.appkey, last) == app.app_id
        alive = [one for one in apps.get(db, app.app_id).secrets if one.state is SecretState.LIVE]
        assert [one.kind for one in alive].count(SecretKind.APP_SECRET) == 1


def test_a_freeze_reaches_the_secret_that_is_being_rolled(house: House) -> None:
    with house.store.begin() as db:
        owner, app = make_app(db)

    meet(
        house,
        lambda db: apps.roll_secret(db, owner, app.app_id, SecretKind.SIGN_SECRET),
        lambda db: freezing.freeze(db, app.app_id, FreezeReason.LEAK, "staff-1"),
    )

    with house.store.read() as seen:
        found = apps.credentials(seen, app.appkey)
        assert (found.frozen, found.sign_secrets) == (True, ())


def test_every_change_of_access_moves_the_version_even_the_first_two_at_once(house: House) -> None:
    with house.store.begin() as db:
        _, app = make_app(db)
        db.execute(sa.text("DELETE FROM access_version"))

    meet(
        house,
        lambda db: apps.changed(db, app.app_id),
        lambda db: apps.changed(db, app.app_id),
    )

    with house.store.read() as seen:
        assert apps.access_version(seen) == 2


def test_a_proof_used_twice_at_once_is_used_once(house: House) -> None:
    one, two = meet(
        house,
        lambda db: tickets.use_once(db, "0" * 26),
        lambda db: tickets.use_once(db, "0" * 26),
    )
    assert (one, two) == (True, False)


def test_two_workers_at_once_do_a_job_once(house: House) -> None:
    done: list[str] = []

    def answer(_db: Session, job: Job) -> None:
        done.append(job.id)

    with house.store.begin() as db:
        wanted = {enqueue(db, "test.work", {"number": number}) for number in range(30)}
    start = threading.Barrier(2)

    def work(_: int) -> int:
        start.wait()
        return Worker(house.store, {"test.work": answer}).run_once()

    with ThreadPoolExecutor(2) as crowd:
        assert sum(crowd.map(work, range(2))) == 30
    assert sorted(done) == sorted(wanted)


def test_what_is_read_is_one_state_while_others_write(house: House) -> None:
    counted = sa.select(sa.func.count()).select_from(AccountRow)
    with house.store.read() as seen:
        before = seen.scalar(counted)
        with ThreadPoolExecutor(1) as other:
            other.submit(house.store.do, sign_up).result(timeout=30)
        assert seen.scalar(counted) == before == 0


def test_a_deadlock_is_nobodys_fault(house: House) -> None:
    with house.store.begin() as db:
        _, one = make_app(db)
        _, two = make_app(db, "云帆客服")
    gate = threading.Barrier(2)
    held: list[int] = []

    def turn(first: str, then: str) -> Callable[[Session], int]:
        def deed(db: Session) -> int:
            db.execute(sa.select(AppRow.id).where(AppRow.id == first).with_for_update())
            if db.get_bind().dialect.name == "postgresql" and len(held) < 2:
                held.append(1)
                gate.wait(timeout=10)
            db.execute(sa.select(AppRow.id).where(AppRow.id == then).with_for_update())
            return 1

        return deed

    with ThreadPoolExecutor(2) as crowd:
        both = (turn(one.app_id, two.app_id), turn(two.app_id, one.app_id))
        assert sum(crowd.map(house.store.do, both)) == 2


def test_an_error_of_the_database_quotes_no_value(house: House) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught, house.store.begin() as db:
        db.execute(sa.text("SELECT :phone FROM nowhere"), {"phone": PHONE})
    assert PHONE not in str(caught.value)


def test_two_apps_cannot_both_have_the_last_order_of_a_quota(house: House) -> None:
    shop = Told(3, 1, 10_000, {"1": Order("b1", 30), "2": Order("b2", 30)})

    def opened(app: str, order: str) -> Callable[[Session], list[str | Refusal]]:
        def deed(db: Session) -> list[str | Refusal]:
            who = Caller(app, 1, provision, "open.order.decrypt.batch", app)
            text = veils.veil(db, "phone", PHONE, order=order, scope=who.scope).cipher
            return decryption.decrypt(db, who, [Cipher(text, order)], shop)

        return deed

    with house.store.begin() as db:
        provision = provide(db, None)
    [one], [other] = meet(house, opened("A", "1"), opened("B", "2"))
    assert one == PHONE
    assert isinstance(other, QuotaSpent)


@pytest.fixture
def staffed(house: House) -> tuple[Issued, SubjectId, SubjectId]:
    """An app that a main account has let in, that account, and a sub-account of it."""
    with house.store.begin() as db:
        _, app = make_app(db)
        main, clerk = make_merchant(db), make_staff(db)
        authorise(db, main, app)
        return app, main, clerk


def ends(name: str, app: Issued, main: SubjectId) -> Callable[[Session], int]:
    """What ends every grant of the sub-account: its main account revokes, or it is removed."""
    if name == "revoked":
        return lambda db: grants.revoke(db, main, app.app_id)
    return lambda db: shops.left(db, SELLER, STAFF)


@pytest.mark.parametrize("name", ["revoked", "removed"])
def test_a_sub_account_that_grants_as_it_is_ended_leaves_no_grant(
    house: House, staffed: tuple[Issued, SubjectId, SubjectId], name: str
) -> None:
    app, main, clerk = staffed
    with suppress(OAuthRefusal):
        meet(house, ends(name, app, main), lambda db: authorise(db, clerk, app))
    assert live_of(house, clerk) == []


@pytest.mark.parametrize("name", ["revoked", "removed"])
def test_a_grant_of_a_sub_account_that_is_not_yet_committed_is_ended_too(
    house: House, staffed: tuple[Issued, SubjectId, SubjectId], name: str
) -> None:
    app, main, clerk = staffed
    meet(house, lambda db: authorise(db, clerk, app), ends(name, app, main))
    assert live_of(house, clerk) == []


def live_of(house: House, subject: SubjectId) -> list[str]:
    with house.store.read() as db:
        return [one.id for one in grants.grants_of(db, subject) if one.state is GrantState.LIVE]


def test_two_that_send_plain_values_at_once_do_not_pass_the_limit(house: House) -> None:
    who = Caller("A", SELLER, "", "open.order.search.index.batch", "R", most_values=3)
    values = [Value(f"1990000000{n}", Kind.PHONE) for n in range(2)]

    def ask(db: Session) -> list[str | Refusal]:
        return decryption.index(db, who, values)

    one, two = meet(house, ask, ask)
    assert [isinstance(found, str) for found in (*one, *two)] == [True, True, True, False]

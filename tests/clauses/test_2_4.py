"""2.4: logs serve security alone, hold no content, last their time; devices can be signed out."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, sessions, standing
from shouyue.people.accounts.errors import NoSuchMove, NotThisPerson
from shouyue.people.accounts.types import AccountState
from shouyue.platform.traffic import queries
from shouyue.platform.traffic import service as traffic
from shouyue.platform.traffic.types import Made
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from tests.callers import Scene
from tests.house import MONDAY, House
from tests.people import CLIENT, OTHER_PHONE, sign_up, ticket_for
from tests.rooms.test_traffic import call, record

pytestmark = pytest.mark.clause("2.4")
LOGS = (Item.DI_30, Item.DI_31, Item.DI_32)


def test_logs_are_declared_for_security_and_never_for_marketing_or_survey() -> None:
    for item in LOGS:
        declared = set(policy.item(item).purposes)
        assert Purpose.P7 in declared
        assert not declared & {Purpose.P5, Purpose.P10, Purpose.P18, Purpose.P19}, item


def test_withdrawing_consent_does_not_stop_what_the_law_commands() -> None:
    assert not policy.purpose(Purpose.P7).refusable
    assert set(policy.clause(Clause.C2_4).bases) == {"CONTRACT_SELF", "LEGAL_DUTY"}


def test_a_call_leaves_who_what_when_and_no_content(house: House) -> None:
    scene = Scene(house)
    scene.upstream.data = {"name": "店主甲", "sex": "F", "head": "h", "bigHead": "b"}
    found = scene.call("open.user.info.get", {"note": "秘密的话"})
    [line] = scene.logged()
    assert (line.request, line.api) == (found["requestId"], "open.user.info.get")
    assert not {"店主甲", "秘密的话"} & set(map(str, _values(line)))
    assert "店主甲" not in str(line)


def test_a_log_line_lasts_six_months_at_least_and_goes_after_twelve(house: House) -> None:
    record(house, call(1))
    house.clock.forward(days=184)
    with house.store.begin() as db:
        traffic.expire(db)
        assert [one.octets for one in queries.calls_of(db, ["app-1"], MONDAY, 9)] == [1300]
    house.clock.forward(days=184)
    with house.store.begin() as db:
        traffic.expire(db)
    with house.store.read() as db:
        assert queries.call(db, call(1).request, MONDAY) is None
        assert queries.calls_of(db, ["app-1"], MONDAY, 9) == []


def test_a_person_sees_each_device_and_signs_it_out(house: House) -> None:
    with house.store.begin() as db:
        first = sign_up(db)
        house.clock.forward(minutes=2)
        entry.enter(db, ticket_for(db), CLIENT)
        seen = sessions.devices(db, first.subject)
        assert len(seen) == 2
        assert sessions.end_others(db, first.subject) == 2
        assert sessions.visit(db, first.session_token) is None


def test_a_delicate_act_needs_a_fresh_code_of_the_same_person(house: House) -> None:
    with house.store.begin() as db:
        token = sign_up(db).session_token
        sign_up(db, OTHER_PHONE)
        house.clock.forward(minutes=2)
        with pytest.raises(NotThisPerson):
            sessions.step_up(db, token, ticket_for(db, OTHER_PHONE))
        visit = sessions.visit(db, token)
        assert visit is not None
        assert not visit.stepped_up


def test_an_account_is_stopped_along_the_published_states_with_a_cause(db: Session) -> None:
    entered = sign_up(db)
    standing.move(db, entered.subject, AccountState.FROZEN_ID_THEFT, "misuse-proven")
    [moved] = ledger.about(db, entered.subject, "account.moved")
    assert moved.facts["cause"] == "misuse-proven"
    with pytest.raises(NoSuchMove):
        standing.move(db, entered.subject, AccountState.FROZEN_ID_THEFT, "again")


def _values(line: Made) -> list[object]:
    return [getattr(line, name) for name in Made._fields]

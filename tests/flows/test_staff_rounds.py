"""The daily round: the operator's word was lost, and a sub-account's grants end all the same."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.kit.types import SubjectId
from shouyue.people.alarms import jobs as alarm_jobs
from shouyue.people.alarms import service as alarms
from shouyue.people.notices.tables import NoticeRow
from shouyue.platform.directory import jobs, rounds
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.types import GrantState
from shouyue.privacy.egress.types import HttpBack, HttpOut
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.house import House
from tests.merchants import SELLER, authorise, make_app, make_merchant, make_staff
from tests.shops import DIRECTORY

LETS = ["user_info", "merchant_order"]
ORDERS = ",".join(LETS)


class Killed(BaseException):
    """What no handler takes for an error of a room."""


@dataclass
class Round:
    """A shop with three sub-accounts that let an app in, and the directory that knows them."""

    house: House

    def __post_init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.asked: list[str] = []
        self.back: HttpBack | None = None
        self.deadly = False
        with self.house.store.begin() as db:
            _, self.app = make_app(db)
            self.main = make_merchant(db)
            authorise(db, self.main, self.app)
            self.staff = [self._clerk(db, number) for number in (7, 8, 9)]
        self.worker = Worker(self.house.store, self._answers(), jobs.SCHEDULE)

    def _clerk(self, db: Any, number: int) -> SubjectId:
        who = make_staff(db, staff_id=number)
        grounds.become_party(db, who)
        keep = (f"ks_staff_{number}", Purpose.P1, Basis.CONTRACT_SELF, "platform-account")
        vault.keep(db, Keep(who, Item.DI_03, *keep))
        authorise(db, who, self.app, ORDERS)
        told = {"staffId": number, "scopes": LETS}
        self.known[f"ks_staff_{number}"] = {
            "sellerId": SELLER,
            "shopName": "青禾茶铺",
            "staffInfo": told,
        }
        return who

    def _answers(self) -> dict[str, Any]:
        return jobs.answers(self.carry, DIRECTORY) | {alarms.RAISED: alarm_jobs.raised}

    def carry(self, out: HttpOut) -> HttpBack:
        account = json.loads(out.body)["param"]["open_id"]
        self.asked.append(account)
        if self.deadly:
            raise Killed
        if self.back is not None:
            return self.back
        shop = self.known.get(account)
        told = {"result": 1, "data": shop} if shop else {"result": 26}
        return HttpBack(200, json.dumps(told).encode(), 3)

    def pass_(self, hours: float = 24, step: int = 60) -> None:
        """Let time go by in minutes, the worker at work."""
        until = self.house.clock() + timedelta(hours=hours)
        while self.house.clock() < until:
            self.worker.plan()
            self.worker.run_once()
            self.house.clock.forward(seconds=step)

    def live(self) -> list[int]:
        with self.house.store.read() as db:
            return sorted(one.staff_id for one in shops.staff_grants(db, self.main))

    def alarm(self) -> int:
        with self.house.store.read() as db:
            return sum(one.count for one in alarms.living(db) if one.kind == "directory.unheard")


@pytest.fixture
def at(house: House) -> Round:
    return Round(house)


def test_who_is_gone_without_a_word_loses_the_grants_within_a_day_and_is_told(at: Round) -> None:
    at.pass_(step=600)
    assert at.live() == [7, 8, 9]
    del at.known["ks_staff_8"]
    at.pass_(25, step=600)
    assert at.live() == [7, 9]
    gone = at.staff[1]
    with at.house.store.begin() as db:
        [grant] = grants.grants_of(db, gone)
        assert grant.state is GrantState.REVOKED
        kinds = [one.kind for one in ledger.about(db, gone)]
        assert kinds.count("oauth.staff-left") == kinds.count("oauth.revoked") == 1
        told = sa.select(NoticeRow).where(NoticeRow.template == "grant_revoked")
        assert sorted(row.subject for row in db.scalars(told)) == sorted([gone, at.main])
    assert at.alarm() == 0


def test_each_is_asked_once_a_day_one_a_second_at_most_and_those_without_a_grant_never(
    at: Round,
) -> None:
    with at.house.store.begin() as db:
        grants.revoke(db, at.staff[0], at.app.app_id)
    at.worker.plan()
    at.worker.run_once()
    assert len(at.asked) == 1
    at.worker.run_once()
    assert len(at.asked) == 1
    at.pass_(0.2)
    assert sorted(at.asked) == ["ks_staff_8", "ks_staff_9"]
    at.pass_(24.5, step=600)
    assert len(at.asked) == 4


def test_the_look_is_on_record_and_no_account_is_in_a_job(at: Round) -> None:
    at.pass_(0.2)
    with at.house.store.begin() as db:
        seen = [look.reason_code for look in vault.accesses(db, at.staff[0])]
        assert seen == ["staff-check"]
        assert "ks_staff" not in str([row.args for row in db.scalars(sa.select(JobRow))])


def test_who_may_give_less_by_now_loses_what_goes_beyond(at: Round) -> None:
    at.known["ks_staff_7"]["staffInfo"]["scopes"] = ["user_info"]
    at.pass_(0.2)
    assert at.live() == [8, 9]


@pytest.mark.parametrize("told", [{"staffId": 7}, {"staffId": 0, "scopes": []}, 7, {}])
def test_half_an_answer_ends_nothing_and_the_others_are_asked(at: Round, told: object) -> None:
    at.known["ks_staff_7"]["staffInfo"] = told
    del at.known["ks_staff_9"]
    at.pass_(0.2)
    assert len(at.asked) == 3
    assert at.live() == [7, 8]


def test_who_belongs_to_another_shop_by_now_leaves_this_one(at: Round) -> None:
    at.known["ks_staff_7"]["sellerId"] = SELLER + 1
    at.known["ks_staff_8"]["staffInfo"] = None
    at.pass_(0.2)
    assert at.live() == [9]


DOWN: dict[str, HttpBack] = {
    "silence": HttpBack(None, b"", 5000, "timeout"),
    "trouble": HttpBack(503, b"", 20),
    "refusal": HttpBack(403, b'{"result":27}', 20),
}


@pytest.mark.parametrize("how", DOWN)
def test_a_directory_that_is_down_is_asked_once_an_hour_and_ends_nothing(
    at: Round, how: str
) -> None:
    at.back = DOWN[how]
    at.pass_(2.5)
    assert len(at.asked) == 3
    assert at.live() == [7, 8, 9]


NONSENSE = [b"", b"<html>", b"[]", b'{"result":1}', b'{"result":1,"data":[]}', b'{"result":11}']


@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_ends_nothing_and_the_others_are_asked(at: Round, body: bytes) -> None:
    at.back = HttpBack(200, body, 3)
    at.pass_(0.2)
    assert len(at.asked) == 3
    assert at.live() == [7, 8, 9]


def test_after_three_days_without_a_word_staff_hear_of_how_many(at: Round) -> None:
    at.back = HttpBack(200, b"<html>", 3)
    at.pass_(71, step=1800)
    assert at.alarm() == 0
    at.pass_(26, step=1800)
    assert at.live() == [7, 8, 9]
    assert at.alarm() == 3
    at.back = None
    at.pass_(25, step=1800)
    with at.house.store.begin() as db:
        assert rounds.watch(db) == 0


def test_who_cannot_be_asked_about_is_left_alone_and_counted(at: Round) -> None:
    with at.house.store.begin() as db:
        who = make_staff(db, staff_id=10)
        authorise(db, who, at.app, ORDERS)
    at.pass_(97, step=1800)
    assert at.live() == [7, 8, 9, 10]
    assert "ks_staff_7" in at.asked
    assert at.alarm() >= 1


def test_a_worker_that_dies_on_the_way_goes_on_with_the_next(at: Round) -> None:
    at.deadly = True
    at.worker.plan()
    with pytest.raises(Killed):
        at.worker.run_once()
    at.deadly = False
    at.house.clock.forward(minutes=10)
    at.pass_(0.2)
    assert sorted(set(at.asked)) == ["ks_staff_7", "ks_staff_8", "ks_staff_9"]
    assert len(at.asked) == 3
    assert at.live() == [7, 8, 9]

"""A developer's pages of messages: prove, choose, test, read the log, push again."""

import re
from dataclasses import dataclass, replace

import pytest
from starlette.testclient import TestClient

from shouyue.doors.portal.messages import OUTCOMES, PAGES
from shouyue.doors.portal.pages import DOOR
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import AccountState
from shouyue.people.accounts.types import Visit as Someone
from shouyue.platform.push import deliveries
from shouyue.platform.push import service as push
from shouyue.platform.push.types import Subscription
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import Failure, HttpBack, HttpOut
from tests.house import House
from tests.pages import browser
from tests.pushing import BUYER, PAID, URL, Net, Stage, order_event, stage

BAD = HttpBack(500, b"", 9)


class Line(Egress):
    """An egress on a scripted network."""

    def __init__(self, house: House, net: Net) -> None:
        box = PostBox(house.clock)
        super().__init__(box, box)
        self._net = net

    def http(self, out: HttpOut) -> HttpBack:
        return self._net(out)


@dataclass
class Desk:
    """A developer before the pages of an app."""

    shop: Stage
    client: TestClient

    @property
    def home(self) -> str:
        return f"/apps/{self.shop.app.app_id}/messages"

    def post(self, path: str, **fields: str | list[str]) -> tuple[int, str]:
        answer = self.client.post(self.home + path, data={"csrf": "word", **fields})
        return answer.status_code, answer.headers.get("location", "") or answer.text

    def subscription(self) -> Subscription | None:
        with self.shop.house.store.read() as db:
            return push.subscribed(db, self.shop.app.app_id)


def desk(house: House, *, subscribed: bool = True, stranger: bool = False) -> Desk:
    shop = stage(house, subscribed=subscribed)
    someone = Someone(
        session_id="1",
        subject=SubjectId("0" * 26) if stranger else shop.owner,
        state=AccountState.ACTIVE,
        since=house.clock(),
        stepped_up=False,
        csrf="word",
        needs_touch=False,
    )
    mine = replace(DOOR, knows=lambda _db, _token: someone)
    client = browser(house, (mine, PAGES), egress=Line(house, shop.net))
    client.cookies.set("__Host-sy_session", "any")
    return Desk(shop, client)


def test_an_address_is_proved_by_the_page_and_then_saved(house: House) -> None:
    at = desk(house, subscribed=False)
    assert at.client.get(at.home).status_code == 200
    assert at.post("/address", url=URL) == (303, f"{at.home}?done=proved")
    found = at.subscription()
    assert found is not None
    assert (found.url, found.events, found.switched_on) == (URL, (), True)
    assert URL in at.client.get(f"{at.home}?done=proved").text


def test_an_address_that_fails_is_told_and_not_saved(house: House) -> None:
    at = desk(house, subscribed=False)
    at.shop.net.always = BAD
    status, text = at.post("/address", url=URL)
    assert status == 422
    assert "推送地址没有通过验证" in text
    assert at.subscription() is None


def test_nothing_is_ticked_beforehand_and_what_is_ticked_is_subscribed(house: House) -> None:
    at = desk(house, subscribed=False)
    at.post("/address", url=URL)
    page = at.client.get(at.home).text
    assert not re.search(r'name="events"[^>]* checked', page)
    assert at.post("/types", events=[PAID], extra="yes") == (303, f"{at.home}?done=chosen")
    found = at.subscription()
    assert found is not None
    assert (found.events, found.extra) == ((PAID,), True)
    assert re.search(rf'value="{PAID}" checked', at.client.get(at.home).text)


def test_a_test_message_is_sent_and_its_result_told(house: House) -> None:
    at = desk(house)
    assert at.post("/test", event=PAID) == (303, f"{at.home}?tested=")
    assert "测试消息：成功" in at.client.get(f"{at.home}?tested=").text
    at.shop.net.always = BAD
    assert at.post("/test", event=PAID) == (303, f"{at.home}?tested=status")
    assert at.shop.envelopes() == []


def test_the_switch_stops_and_starts(house: House) -> None:
    at = desk(house)
    for on, word in (("false", "off"), ("true", "on")):
        assert at.post("/switch", on=on) == (303, f"{at.home}?done={word}")
        found = at.subscription()
        assert found is not None
        assert found.switched_on is (on == "true")
        assert at.client.get(at.home).status_code == 200


def test_the_log_shows_states_and_pushes_again(house: House) -> None:
    at = desk(house)
    assert "还没有推送" in at.client.get(f"{at.home}/log").text
    at.shop.net.always = BAD
    at.shop.take()
    at.shop.worker.run_once()
    page = at.client.get(f"{at.home}/log").text
    assert "失败，将重试" in page
    assert order_event().event_id in page
    found = re.search(r'/log/([0-9A-Z]{26})"', page)
    assert found is not None
    one = f"/log/{found[1]}"
    shown = at.client.get(at.home + one).text
    assert "状态码不是 200" in shown
    assert BUYER not in shown
    assert at.post(f"{one}/again") == (303, f"{at.home}{one}?done=again")
    for _ in range(6):
        house.clock.forward(hours=1)
        at.shop.worker.run_once()
    assert "已放弃" in at.client.get(f"{at.home}/log?lang=zh").text
    assert at.post("/log/again", hours="24") == (303, f"{at.home}/log?done=again")
    at.shop.net.then, at.shop.net.always = [], HttpBack(200, b'{"result":1}', 9)
    at.shop.worker.run_once()
    assert "已送达" in at.client.get(f"{at.home}/log").text


def test_a_suspended_address_and_gone_content_are_said_in_both_languages(house: House) -> None:
    at = desk(house)
    at.shop.take()
    house.clock.forward(days=8)
    with house.store.begin() as db:
        deliveries.expire(db)
        [row] = deliveries.log(db, at.shop.owner, at.shop.app.app_id).rows
    for lang, words in (("zh", "内容已删除"), ("en", "The content is gone")):
        assert words in at.client.get(f"{at.home}/log/{row.id}?lang={lang}").text
        assert at.client.get(f"{at.home}?lang={lang}").status_code == 200
        assert at.client.get(f"{at.home}/log?lang={lang}&page=x").status_code == 200


@pytest.mark.parametrize("path", ["", "/log", f"/log/{'0' * 26}"])
def test_a_stranger_finds_nothing(house: House, path: str) -> None:
    at = desk(house, stranger=True)
    assert at.client.get(at.home + path).status_code == 404


def test_every_failure_has_words() -> None:
    assert {failure.value for failure in Failure} <= OUTCOMES.keys()

"""From the operator's system to a real receiver and back, over loopback."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from shouyue.doors.upstreams.intake import Intake
from shouyue.ground.jobs.service import Worker
from shouyue.platform.grants import service as grants
from shouyue.platform.push import deliveries, heartbeat
from shouyue.platform.push import jobs as push_jobs
from shouyue.platform.push import service as push
from shouyue.platform.push.errors import AddressUnproved
from shouyue.platform.push.rules import LARGEST
from shouyue.platform.push.types import Delivery, DeliveryState, Wish
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import HttpBack, HttpOut
from shouyue_sandbox import wire
from shouyue_sandbox.receiver import decode
from tests.aes import decrypt_cbc
from tests.house import MONDAY, House
from tests.merchants import SELLER
from tests.pushing import BUYER, PAID, Stage, order_event, stage

SECRET = "upstream-secret"
NOW_MS = int(MONDAY.timestamp() * 1000)
Reply = tuple[int, bytes]
WELL: Reply = (200, b'{"result":1}')


@dataclass
class Receiver:
    """An app's own server: answers as told, then well; remembers bodies and headers."""

    url: str
    then: list[Reply] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def messages(self, key: str) -> list[dict[str, Any]]:
        plain = [
            json.loads(decrypt_cbc(base64.b64decode(key), base64.b64decode(body)))
            for _, body in self.got
        ]
        return [one for one in plain if not one["test"]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, answer = found.then.pop(0) if found.then else WELL
            self.send_response(status)
            if status == 302:
                self.send_header("location", found.url)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    found = Receiver(f"http://127.0.0.1:{server.server_port}/push")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Scene:
    """A shop, an app, its receiver, the worker and the intake."""

    house: House
    shop: Stage
    receiver: Receiver
    worker: Worker
    intake: Intake

    def tell(self, **other: Any) -> tuple[int, dict[str, Any]]:
        event = order_event()
        fields = {
            "event_id": event.event_id,
            "event": event.event,
            "seller_id": event.seller_id,
            "biz_id": event.biz_id,
            "info": dict(event.info),
            "at": NOW_MS,
        }
        body = json.dumps(fields | other, ensure_ascii=False).encode()
        headers = {k.lower(): v for k, v in wire.headers(SECRET, NOW_MS, body).items()}
        status, answer = self.intake(headers, body)
        return status, json.loads(answer)

    def run(self, **by: float) -> Delivery:
        self.house.clock.forward(**by)
        self.worker.run_once()
        with self.house.store.read() as db:
            [row] = deliveries.log(db, self.shop.owner, self.shop.app.app_id).rows
        return row

    def messages(self) -> list[dict[str, Any]]:
        return self.receiver.messages(self.shop.app.message_key)


@pytest.fixture
def scene(house: House, receiver: Receiver) -> Scene:
    shop = stage(house, subscribed=False)
    box = PostBox(house.clock)
    egress = Egress(box, box, loopback_allowed=True)
    wish = Wish(shop.app.app_id, receiver.url, (PAID,))
    with house.store.read() as db:
        out = push.probe(db, shop.owner, wish, loopback_allowed=True)
    back = egress.http(out)
    with house.store.begin() as db:
        push.subscribe(db, shop.owner, wish, back)
    worker = Worker(house.store, push_jobs.answers(egress.http, grants.apps_for))
    return Scene(house, shop, receiver, worker, Intake(house.store, SECRET, grants.apps_for))


def test_an_event_reaches_the_app_in_the_protocols_form(scene: Scene) -> None:
    assert scene.tell() == (200, {"result": 1})
    assert scene.run().state is DeliveryState.DELIVERED
    headers, body = scene.receiver.got[-1]
    assert headers["content-type"] == "text/plain;charset=utf-8"
    assert decode(scene.shop.app.message_key, body) == scene.messages()[0]
    [sent] = scene.messages()
    assert (sent["eventId"], sent["userId"]) == (order_event().event_id, SELLER)
    assert BUYER not in json.dumps(sent)


def test_the_probe_carries_test_true(scene: Scene) -> None:
    [(_, body)] = scene.receiver.got
    assert decode(scene.shop.app.message_key, body)["test"] is True
    assert scene.messages() == []


def test_an_address_that_answers_wrongly_is_not_saved(scene: Scene) -> None:
    box = PostBox(scene.house.clock)
    egress = Egress(box, box, loopback_allowed=True)
    scene.receiver.then = [(200, b"ok")]
    wish = Wish(scene.shop.app.app_id, scene.receiver.url + "/other", (PAID,))
    with scene.house.store.begin() as db:
        out = push.probe(db, scene.shop.owner, wish, loopback_allowed=True)
        with pytest.raises(AddressUnproved):
            push.subscribe(db, scene.shop.owner, wish, egress.http(out))
        found = push.subscribed(db, wish.app)
    assert found is not None
    assert found.url == scene.receiver.url


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((500, b'{"result":1}'), "status"),
        ((302, b""), "status"),
        ((200, b"<html>"), "answer"),
        ((200, b'{"result":0}'), "answer"),
        ((200, b" " * 70_000), "too-large"),
    ],
)
def test_a_bad_answer_is_retried_after_five_minutes(scene: Scene, reply: Reply, why: str) -> None:
    scene.receiver.then = [reply]
    scene.tell()
    first = scene.run()
    assert (first.state, first.outcome) == (DeliveryState.FAILED, why)
    assert scene.run(minutes=4, seconds=59).attempts == 1
    assert scene.run(seconds=1).state is DeliveryState.DELIVERED
    assert len({message["eventId"] for message in scene.messages()}) == 1
    assert len(scene.messages()) == 2


def test_an_answer_after_three_seconds_is_none(scene: Scene) -> None:
    def slow(_: HttpOut) -> HttpBack:
        return HttpBack(None, b"", 3000, "timeout")

    scene.tell()
    answers = push_jobs.answers(slow, grants.apps_for)
    Worker(scene.house.store, answers).run_once()
    row = scene.run()
    assert (row.state, row.outcome, row.millis) == (DeliveryState.FAILED, "timeout", 3000)
    assert scene.run(minutes=5).state is DeliveryState.DELIVERED


class Killed(BaseException):
    """The process died here."""


def test_a_worker_that_dies_after_sending_sends_the_same_event_again(scene: Scene) -> None:
    box = PostBox(scene.house.clock)
    egress = Egress(box, box, loopback_allowed=True)

    def send_and_die(out: HttpOut) -> HttpBack:
        egress.http(out)
        raise Killed

    scene.tell()
    dying = Worker(scene.house.store, push_jobs.answers(send_and_die, grants.apps_for))
    with pytest.raises(Killed):
        dying.run_once()
    assert scene.run().state is DeliveryState.WAITING
    assert scene.run(minutes=3).state is DeliveryState.DELIVERED
    first, second = scene.messages()
    assert first["eventId"] == second["eventId"]


def test_a_suspended_receiver_gets_what_it_missed_when_it_is_back(scene: Scene) -> None:
    scene.receiver.then = [(500, b"")] * 3
    for _ in range(3):
        with scene.house.store.begin() as db:
            heartbeat.begin(db)
        scene.worker.run_once()
    scene.tell()
    assert scene.run().state is DeliveryState.WAITING
    assert scene.messages() == []
    with scene.house.store.begin() as db:
        heartbeat.begin(db)
    assert scene.run().state is DeliveryState.DELIVERED


def test_the_intake_answers_a_repeated_event_well_and_pushes_it_once(scene: Scene) -> None:
    assert scene.tell() == scene.tell() == (200, {"result": 1})
    scene.run()
    assert len(scene.messages()) == 1


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"event": "kwaishop_order_nothing"}, 400, "catalogue.unknown-event"),
        ({"info": []}, 400, "push.event-malformed"),
        ({"seller_id": "x"}, 400, "push.event-malformed"),
        ({"info": {"x": "y" * LARGEST}}, 413, "push.event-oversized"),
    ],
)
def test_the_intake_refuses_with_a_permanent_code(
    scene: Scene, other: dict[str, Any], status: int, code: str
) -> None:
    found, answer = scene.tell(**other)
    assert (found, answer["sub_code"]) == (status, code)
    assert answer["result"] != 1


def test_the_intake_takes_nothing_unsigned_stale_or_changed(scene: Scene) -> None:
    body = b'{"event_id":"1"}'
    signed = wire.headers(SECRET, NOW_MS, body)
    stale = wire.headers(SECRET, NOW_MS - 600_001, body)
    forged = wire.headers("guess", NOW_MS, body)
    odd = signed | {"X-Shouyue-Timestamp": "１７"}
    for headers in ({}, stale, forged, odd):
        status, answer = scene.intake(headers, body)
        assert (status, json.loads(answer)["sub_code"]) == (403, "push.unsigned")
    assert scene.intake(signed, body + b" ")[0] == 403
    assert scene.intake(signed, body)[0] == 400

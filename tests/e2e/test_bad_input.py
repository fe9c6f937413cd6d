"""Hostile requests at every door: a clear no, never a 5xx, and not one row left behind."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from shouyue_sandbox import wire
from shouyue_sandbox.demo import merchant
from shouyue_sandbox.demo.client import sign
from shouyue_sandbox.demo.walk import Walk
from shouyue_sandbox.demo.workshop import PAID
from tests.e2e.conftest import Walked

# Order is given to the evidence, and jobs come round, without anybody asking.
_RESTLESS = {"ledger_node", "ledger_checkpoint", "ledger_turn", "job", "access_version"}
# The log of calls tells of refused ones too (2.3), so that their owner can find out why; an alarm
# counts the fields that no form asked for (2.0), by form and never by what was in them.
_TOLD = {"api_call", "api_trail", "api_hour", "api_fault", "alarm", "alarm_day"}
_HERE = {"Sec-Fetch-Site": "same-origin"}
_JSON = {"Content-Type": "application/json"}
_FOREIGN = "0" * 26


class Attack:
    """Somebody with the cookies of a person of the walk, or with none."""

    def __init__(self, walked: Walked) -> None:
        self.walk: Walk = walked.walk
        self.secret = walked.platform.upstream_secret
        self._clients: dict[str, httpx2.Client] = {}

    def by(self, person: str = "") -> httpx2.Client:
        """Return a client; it follows no redirect."""
        if person not in self._clients:
            cookies = self.walk.of(person).cookies if person else None
            self._clients[person] = httpx2.Client(
                base_url=self.walk.base, trust_env=False, timeout=30, cookies=cookies
            )
        return self._clients[person]

    def csrf(self, person: str) -> str:
        """Return the mark that the person's forms carry."""
        page = self.walk.open(person, "/ops" if person == "reviewer" else "/privacy/consents")
        return page.form("csrf").fields["csrf"]

    def form(self, person: str, path: str, **fields: Any) -> httpx2.Response:
        """POST a form as the person's own page would."""
        sent = {"csrf": self.csrf(person), **fields} if person else fields
        return self.by(person).post(path, data=sent, headers=_HERE)

    def call(self, api: str, path: str = "", **changed: str | None) -> httpx2.Response:
        """Make a signed call with some parameters changed or left out, `sign` after signing."""
        sent: dict[str, str] = {
            "access_token": self.walk.tokens.access,
            "appkey": self.walk.keys.appkey,
            "method": api,
            "param": "{}",
            "signMethod": "HMAC_SHA256",
            "timestamp": str(_now()),
            "version": "1",
        }
        for name, value in changed.items():
            if value is None:
                sent.pop(name, None)
            else:
                sent[name] = value
        if "sign" not in changed:
            sent["sign"] = sign(sent, self.walk.keys.sign_secret, sent["signMethod"])
        return self.by().post(path or "/" + api.replace(".", "/"), data=sent)

    def event(self, body: bytes, **headers: str) -> httpx2.Response:
        """Tell an event, signed unless headers say otherwise."""
        signed = {**wire.headers(self.secret, _now(), body), **headers}
        return self.by().post("/intake/events", content=body, headers=signed)

    def tokens(self, **fields: str) -> httpx2.Response:
        """Ask for tokens."""
        keys = self.walk.keys
        asked = {"grant_type": "code", "app_id": keys.appkey, "app_secret": keys.app_secret}
        return self.by().get("/oauth2/access_token", params={**asked, **fields})

    def close(self) -> None:
        """Go away."""
        for client in self._clients.values():
            client.close()


@dataclass(frozen=True, slots=True)
class Case:
    """One request and the answer that it deserves: an HTTP status, and a result where there is."""

    name: str
    send: Callable[[Attack], httpx2.Response]
    status: int
    result: int | None = None


def _now() -> int:
    return time.time_ns() // 1_000_000


def _event(walk: Walk, **changed: object) -> bytes:
    info = {"oid": 7, "sellerId": walk.seller, "status": 30, "updateTime": _now()}
    event: Mapping[str, object] = {
        "event_id": "bad_1",
        "event": PAID,
        "seller_id": walk.seller,
        "biz_id": 7,
        "info": info,
        "at": _now(),
    }
    return json.dumps({**event, **changed}).encode()


PAGES = (
    Case("oversized form", lambda a: a.form("", "/login/phone", phone="1" * 3_000_000), 413),
    Case(
        "JSON instead of a form",
        lambda a: a.by().post("/login/phone", content=b"{}", headers={**_HERE, **_JSON}),
        400,
    ),
    Case(
        "another site's form",
        lambda a: a.by().post(
            "/login/phone", data={"phone": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
        ),
        403,
    ),
    Case(
        "a field nobody asked for", lambda a: a.form("", "/login/phone", phone="1", admin="1"), 422
    ),
    Case("a phone with a NUL", lambda a: a.form("", "/login/phone", phone="199\x0000000000"), 400),
    Case("a code without a flow", lambda a: a.form("", "/login/code", code="123456"), 303),
    Case("consent without a flow", lambda a: a.form("", "/consent", token="x", agreed="yes"), 303),
    Case("a made-up state", lambda a: a.by().get("/login/platform/callback?state=x&code=y"), 422),
    Case("a wrong mark", lambda a: a.form("developer", "/apps/new", csrf="0" * 64), 403),
    Case("a NUL in a name", lambda a: a.form("developer", "/apps/new", title="a\x00b"), 400),
    Case(
        "an unknown package",
        lambda a: a.form("developer", "/apps/new", title="ab", scopes="root"),
        422,
    ),
    Case(
        "an unfit call-back",
        lambda a: a.form("developer", "/apps/new", title="ab", callback="javascript:1"),
        422,
    ),
    Case(
        "a swapped notice",
        lambda a: a.form("developer", "/privacy/wishes/P5", token="x.y", agreed="yes"),
        422,
    ),
    Case("a stranger's app", lambda a: a.by("merchant").get(f"/apps/{a.walk.keys.app}"), 404),
    Case(
        "a stranger's call-back",
        lambda a: a.form("merchant", f"/apps/{a.walk.keys.app}/callback", callback=""),
        404,
    ),
    Case(
        "a stranger's secret",
        lambda a: a.form(
            "merchant", f"/apps/{a.walk.keys.app}/credentials/app_secret", overlap="0"
        ),
        404,
    ),
    Case(
        "a stranger's log",
        lambda a: a.by("merchant").get(f"/apps/{a.walk.keys.app}/messages/log"),
        404,
    ),
    Case(
        "a receipt of nobody", lambda a: a.by("merchant").get(f"/privacy/receipt/{_FOREIGN}"), 404
    ),
    Case(
        "a consent of nobody",
        lambda a: a.form("merchant", f"/privacy/consents/{_FOREIGN}/withdraw"),
        404,
    ),
    Case("no session", lambda a: a.by().get("/apps"), 303),
    Case(
        "a made-up session",
        lambda a: a.by().get("/apps", headers={"Cookie": "sy_session=x; __Host-sy_session=y"}),
        303,
    ),
    Case("a made-up proof", lambda a: a.by().get(f"/confirm/{_FOREIGN}-1?proof=00"), 410),
    Case("bytes that are no text", lambda a: a.by("developer").get("/apps/%ff%fe"), 404),
    Case("a NUL in the path", lambda a: a.by("developer").get("/apps/%00"), 404),
    Case("a way out of the folder", lambda a: a.by().get("/static/..%2f..%2f..%2fetc/passwd"), 404),
    Case(
        "a receipt that is none",
        lambda a: a.form("", "/privacy/verify", receipt='{"leaf":1e999}'),
        200,
    ),
    Case(
        "a broken multipart",
        lambda a: a.by().post(
            "/privacy/verify",
            content=b"--x\r\nbroken",
            headers={**_HERE, "Content-Type": "multipart/form-data; boundary=x"},
        ),
        200,
    ),
    Case(
        "a call-back of one's own",
        lambda a: a.by("merchant").get(
            "/oauth2/authorize",
            params={
                "app_id": a.walk.keys.appkey,
                "redirect_uri": "https://evil.example",
                "response_type": "code",
            },
        ),
        400,
    ),
    Case("a verb nobody knows", lambda a: a.by().request("BREW", "/login"), 400),
    Case("the console without a session", lambda a: a.by().get("/ops/reviews"), 303),
    Case(
        "the console with a developer's session",
        lambda a: a.by("developer").get("/ops/reviews"),
        303,
    ),
    Case(
        "a look without a session",
        lambda a: a.form(
            "", f"/ops/reviews/{_FOREIGN}/see", item="DI-14", reason="compare-with-photo"
        ),
        401,
    ),
    Case(
        "a look without a reason",
        lambda a: a.form("reviewer", f"/ops/reviews/{a.walk.case}/see", item="DI-14", reason=""),
        422,
    ),
    Case(
        "a look at a closed case",
        lambda a: a.form(
            "reviewer", f"/ops/reviews/{a.walk.case}/see", item="DI-14", reason="compare-with-photo"
        ),
        409,
    ),
)

CALLS = (
    Case("no signature", lambda a: a.call("open.shop.info.get", sign=""), 200, 12),
    Case("a wrong signature", lambda a: a.call("open.shop.info.get", sign="AAAA"), 200, 27),
    Case("an unknown app", lambda a: a.call("open.shop.info.get", appkey="ks1"), 200, 27),
    Case("an unknown API", lambda a: a.call("open.root.get"), 200, 1026),
    Case(
        "another API's path", lambda a: a.call("open.item.get", path="/open/shop/info/get"), 200, 13
    ),
    Case("a token that is none", lambda a: a.call("open.shop.info.get", access_token="x"), 200, 24),
    Case(
        "an old request", lambda a: a.call("open.shop.info.get", timestamp="1600000000000"), 200, 13
    ),
    Case("a moment that is none", lambda a: a.call("open.shop.info.get", timestamp="²"), 200, 13),
    Case("a parameter that is no JSON", lambda a: a.call("open.item.get", param="{"), 200, 13),
    Case("a parameter too deep", lambda a: a.call("open.item.get", param="[" * 9000), 200, 13),
    Case(
        "a number beyond 64 bits",
        lambda a: a.call("open.item.get", param='{"kwaiItemId":1e400}'),
        200,
        13,
    ),
    Case(
        "a NUL in a text",
        lambda a: a.call("open.order.cursor.list", param='{"cursor":"\\u0000"}'),
        200,
        12,
    ),
    Case("a stranger's order", lambda a: a.call("open.order.detail", param='{"oid":1}'), 200, 21),
    Case(
        "two values for one name",
        lambda a: a.by().post(
            "/open/shop/info/get?appkey=ks1", data={"appkey": "ks2", "method": "open.shop.info.get"}
        ),
        200,
        13,
    ),
    Case(
        "an oversized body",
        lambda a: a.by().post("/open/shop/info/get", content=b"a=" + b"x" * 20_000_000),
        200,
        804000,
    ),
    Case("a code that is none", lambda a: a.tokens(code="x"), 200, 100200105),
    Case("a wrong secret", lambda a: a.tokens(code="x", app_secret="y"), 200, 100200101),
    Case(
        "a refresh token that is none",
        lambda a: a.tokens(grant_type="refresh_token", refresh_token="x"),
        200,
        100200102,
    ),
    Case("an unknown grant type", lambda a: a.tokens(grant_type="password"), 200, 100200104),
)

EVENTS = (
    Case("unsigned", lambda a: a.by().post("/intake/events", content=_event(a.walk)), 403, 27),
    Case(
        "signed by another",
        lambda a: a.event(_event(a.walk), **{"X-Shouyue-Signature": "0" * 64}),
        403,
        27,
    ),
    Case(
        "signed long ago",
        lambda a: a.event(
            _event(a.walk), **wire.headers(a.secret, 1_600_000_000_000, _event(a.walk))
        ),
        403,
        27,
    ),
    Case("oversized", lambda a: a.event(b"x" * 300_000), 413, 13),
    Case("no JSON", lambda a: a.event(b"{"), 400, 13),
    Case("too deep", lambda a: a.event(b"[" * 50_000), 400, 13),
    Case("an unknown type", lambda a: a.event(_event(a.walk, event="root")), 400, 13),
    Case("another shop inside", lambda a: a.event(_event(a.walk, seller_id=1)), 400, 13),
    Case("an id with a NUL", lambda a: a.event(_event(a.walk, event_id="a\x00")), 400, 13),
    Case("a number beyond 64 bits", lambda a: a.event(_event(a.walk, biz_id=2**70)), 400, 13),
)


@pytest.fixture
def attack(walked: Walked) -> Iterator[Attack]:
    """An attacker on a platform on which the errand was walked."""
    one = Attack(walked)
    yield one
    one.close()


@pytest.mark.parametrize("cases", [PAGES, CALLS, EVENTS], ids=["pages", "calls", "events"])
def test_a_hostile_request_gets_its_answer_and_leaves_no_row(
    walked: Walked, attack: Attack, cases: tuple[Case, ...]
) -> None:
    walked.platform.settle()
    before = _counted(walked)
    wrong = [said for case in cases if (said := _answered(attack, case))]
    assert not wrong, "\n".join(wrong)
    after = _counted(walked)
    more = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert more.keys() <= _TOLD
    assert sum(more.values()) <= len(_TOLD) * len(cases)


def test_answers_of_ones_own_making_grant_nothing(walked: Walked, attack: Attack) -> None:
    """The page may ask the directory anew, on record; it gives nothing."""
    given = ("merchant_grant", "oauth_code", "oauth_token", "provision", "consent_event")
    before = {name: _counted(walked)[name] for name in given}
    address = merchant.authorize_url(walked.walk)
    seen = attack.by("merchant").get(f"{address}&parties=x")
    sent = {"decision": "allow", "agreed": "yes", "token": "x", "csrf": attack.csrf("merchant")}
    for query in ("", "&parties=x"):
        answer = attack.by("merchant").post(f"{address}{query}", data=sent, headers=_HERE)
        assert answer.status_code in {303, 422}
        assert "code=" not in answer.headers.get("location", "")
    assert seen.status_code == 303
    assert {name: _counted(walked)[name] for name in given} == before


def test_a_code_used_twice_ends_what_it_gave(walked: Walked, attack: Attack) -> None:
    merchant.authorise(walked.walk)
    given = attack.tokens(code=walked.walk.code).json()
    assert given["result"] == 1
    assert attack.tokens(code=walked.walk.code).json()["result"] == 100200105
    after = attack.call("open.shop.info.get", access_token=given["access_token"]).json()
    assert after["result"] == 24


def _answered(attack: Attack, case: Case) -> str:
    answer = case.send(attack)
    result = answer.json().get("result") if case.result is not None else None
    if (answer.status_code, result) == (case.status, case.result):
        return ""
    return f"{case.name}: {answer.status_code} {result} {answer.headers.get('location', '')}"


def _counted(walked: Walked) -> dict[str, int]:
    rows = {name: n for name, n in walked.platform.rows().items() if name not in _RESTLESS}
    rows["ledger_line"] += rows.pop("ledger_leaf")  # evidence moves from one to the other
    return rows


@pytest.mark.parametrize(
    ("octets", "status", "sub_code"),
    [
        (b"GET /open/shop HTTP/1.1\r\n\r\n", 400, "gateway.malformed"),
        (b"GET /open/shop HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 700_000, 431, "gateway.too-large"),
        (
            b"POST /oauth2/access_token HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
            501,
            "gateway.malformed",
        ),
        (b"GET /legal HTTP/1.1\r\n\r\n", 400, ""),
    ],
)
def test_what_no_door_can_read_is_refused_in_words_of_its_readers(
    walked: Walked, octets: bytes, status: int, sub_code: str
) -> None:
    """A client of the gateway reads an envelope or nothing (protocol, 7.4.7)."""
    where = urlsplit(walked.walk.base)
    with socket.create_connection((where.hostname, where.port), timeout=10) as line:
        line.sendall(octets)
        head, _, body = line.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    if sub_code:
        found = json.loads(body)
        assert (found["result"] != 1, found["sub_code"]) == (True, sub_code)
    else:
        assert b"text/plain" in head

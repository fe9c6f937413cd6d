"""Pure decisions about pushed messages: their form, what an answer means, when to try again.

The form is the protocol's (sections 3.1, 3.2), to the letter: its clients decode nothing else.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Event, Shape
from shouyue.platform.push.errors import EventMalformed, EventOversized
from shouyue.platform.push.types import DeliveryState, IncomingEvent, Message
from shouyue.privacy.egress.types import HttpBack

TIMEOUT = 3.0
"""Seconds that a receiver has for its whole answer."""

LADDER = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 30, 60))
CONTENT_LIFE = timedelta(days=7)  # DI-35
RECORD_LIFE = timedelta(days=183)  # DI-35, six months
MISSES = 3
OPEN = frozenset({DeliveryState.WAITING, DeliveryState.FAILED})
LARGEST = 64 * 1024
PAGE = 20
HIDDEN = "***"

HEADERS = {"content-type": "text/plain;charset=utf-8"}

OPEN_ID, BUYER = "openId", "buyerOpenId"
_SELLER = ("sellerId", "seller_id")
# Names and free text of people stay behind: the API gives them, under its own rules and record.
_WITHHELD = frozenset({"operatorName", "note"})
_LONGEST_TEXT = 500
_FIELDS = frozenset({"event_id", "event", "seller_id", "biz_id", "info", "at"})
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LAST_MOMENT = 4_102_444_800_000  # the year 2100 in epoch milliseconds
_INT64 = 2**63
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WELL = 200


def read(body: bytes) -> IncomingEvent:
    """Return the event in a body of the intake; raise EventOversized or EventMalformed."""
    if len(body) > LARGEST:
        raise EventOversized(limit=LARGEST)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise EventMalformed(where="json") from None
    if not isinstance(given, dict) or not given.keys() >= _FIELDS:
        raise EventMalformed(where="fields")
    for name in ("event_id", "event"):
        if not isinstance(given[name], str):
            raise EventMalformed(where=name)
    at = given["at"]
    if not _whole(at) or not 0 < at < _LAST_MOMENT:
        raise EventMalformed(where="at")
    return IncomingEvent(
        event_id=given["event_id"],
        event=given["event"],
        seller_id=given["seller_id"],
        biz_id=given["biz_id"],
        info=given["info"],
        at=_EPOCH + at * _MILLISECOND,
        beyond=tuple(given.keys() - _FIELDS),
    )


def numbers(given: IncomingEvent) -> tuple[int, int]:
    """Return whose shop and which object an event is about, or raise EventMalformed."""
    if not _EVENT_ID.fullmatch(given.event_id):
        raise EventMalformed(where="event_id")
    for name, number in (("seller_id", given.seller_id), ("biz_id", given.biz_id)):
        if not _whole(number) or not 0 < number < _INT64:
            raise EventMalformed(where=name)
    return given.seller_id, given.biz_id


def check(event: Event, given: IncomingEvent) -> dict[str, Any]:
    """Return as much of the info as the catalogue declares, or raise EventMalformed.

    What is not declared is dropped. A message that names another shop, or another business object
    than the one it is about, is refused: it would tell a merchant's affairs to a stranger.
    """
    numbers(given)
    if not isinstance(given.info, dict):
        raise EventMalformed(where="info")
    info: dict[str, Any] = catalogue.project(event.info, given.info)
    for name, shape in event.info.items():
        if not _fits(shape, info.get(name)):
            raise EventMalformed(where=f"info.{name}")
    told = dict.fromkeys(_SELLER, given.seller_id) | {event.biz_id: given.biz_id}
    for name, number in told.items():
        if info.get(name) not in (None, number):
            raise EventMalformed(where=f"info.{name}")
    return {name: value for name, value in info.items() if name not in _WITHHELD}


def envelope(message: Message) -> dict[str, Any]:
    """Return the nine official fields. `test` is always there: a known receiver unboxes it."""
    return {
        "eventId": message.event_id,
        "bizId": message.biz_id,
        "userId": message.seller_id,
        "openId": message.open_id,
        "appKey": message.app_key,
        "event": message.event,
        "info": _json(message.info),
        "createTime": millis(message.at),
        "test": message.test,
    }


def unofficial(message_id: str, at: datetime) -> dict[str, Any]:
    """Return the four fields that real traffic has besides, for apps that want them."""
    return {"msgId": f"84_{message_id}", "status": 1, "updateTime": millis(at), "operator": ""}


def spell(fields: Mapping[str, Any]) -> bytes:
    """Return an envelope as UTF-8 JSON."""
    return _json(fields).encode()


def hidden(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the info with the ids of people hidden, for a page."""
    return {name: HIDDEN if name in (OPEN_ID, BUYER) else value for name, value in info.items()}


def outcome(back: HttpBack) -> str:
    """Return why an answer is no success, or an empty string: 200 and `result` 1, within 3 s."""
    if back.failure:
        return back.failure
    if back.millis > TIMEOUT * 1000:
        return "timeout"
    if back.status != _WELL:
        return "status"
    try:
        answer = json.loads(back.body)
    except (ValueError, RecursionError):
        return "answer"
    well = isinstance(answer, dict) and _whole(answer.get("result")) and answer["result"] == 1
    return "" if well else "answer"


def wait(tries: int) -> timedelta | None:
    """Return the wait after so many tries without success, or None when it is enough."""
    return LADDER[tries - 1] if tries <= len(LADDER) else None


def millis(at: datetime) -> int:
    """Return a moment in epoch milliseconds."""
    return (at - _EPOCH) // _MILLISECOND


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fits(shape: Shape, value: Any) -> bool:
    if value is None:
        return True
    if isinstance(shape, Mapping):
        return isinstance(value, dict) and all(_fits(shape[name], value[name]) for name in value)
    if isinstance(shape, tuple):
        return isinstance(value, list) and all(_fits(shape[0], one) for one in value)
    if shape == "int":
        return _whole(value) and -_INT64 <= value < _INT64
    if shape == "bool":
        return isinstance(value, bool)
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and _spellable(value)


def _spellable(text: str) -> bool:
    # JSON can name half a surrogate pair; UTF-8 cannot.
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

"""The lines of apps' own logs in the protocol's spelling (section 5.4).

What names people, orders or statements is looked at to be counted and checked, and dropped.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import ParamInvalid, ParamMissing
from shouyue.platform.catalogue.types import Api
from shouyue.platform.grants import service as grants
from shouyue.platform.handling import reading
from shouyue.platform.handling import service as handling
from shouyue.platform.handling.errors import NoLines, StrangeShop
from shouyue.platform.handling.types import Kind, Report

_ONE = "open.security.log."
_BATCH = f"{_ONE}batch"
MOST = 100
"""Lines of one call, and orders of one line."""

Line = Mapping[str, Any]
_read = msgspec.json.Decoder().decode


async def take(store: Store, app: str, api: Api, param: Line) -> None:
    """Write down what an app tells, all of it or nothing.

    Raises ParamMissing, ParamInvalid, OutOfReach, NoHost, NoClient, StrangeShop or NoLines, each
    with the place in the call: `data[3].userIp`.
    """
    kind, lines = _lines(api, param)

    def write(db: Session) -> None:
        _check_shops(db, app, kind, lines)
        now = db.clock()
        handling.record(db, app, [_report(kind, line, inside, now) for inside, line in lines])

    await asyncio.to_thread(store.do, write)


def _lines(api: Api, param: Line) -> tuple[Kind, list[tuple[str, Line]]]:
    """Return the lines of a call, each with what its names begin with."""
    if api.name != _BATCH:
        return Kind(api.name.removeprefix(_ONE)), [("", param)]
    if param["method"] not in {kind.value for kind in Kind}:
        raise ParamInvalid(name="method", wanted=" | ".join(Kind))
    kind, strange = Kind(param["method"]), list[str]()
    single, found = catalogue.find(f"{_ONE}{kind}"), list[tuple[str, Line]]()
    for place, line in enumerate(_listed(param["data"], "data")):
        inside = f"data[{place}]."
        if not isinstance(line, dict):
            raise NoLines(name="data", most=MOST)
        kept = catalogue.only_declared(single, line, strange)
        catalogue.check_params(single, kept, inside)
        found.append((inside, kept))
    return kind, found


def _listed(text: str, name: str) -> Sequence[Any]:
    try:
        found = _read(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        found = None
    if not isinstance(found, list) or not 1 <= len(found) <= MOST:
        raise NoLines(name=name, most=MOST)
    return found


def _check_shops(db: ReadSession, app: str, kind: Kind, lines: Sequence[tuple[str, Line]]) -> None:
    """Return if each line is of a shop that let this app in, today or earlier."""
    if kind is Kind.SQL:
        return  # a database serves them all
    known: set[str | int] = set()
    for inside, line in lines:
        name = next((name for name in ("openId", "sellerId") if line.get(name)), "")
        if not name:
            raise ParamMissing(name=f"{inside}openId")
        shop = str(line[name]) if name == "openId" else int(line[name])
        if shop not in known and not grants.knows(db, app, shop):
            raise StrangeShop(name=f"{inside}{name}")
        known.add(shop)


def _report(kind: Kind, line: Line, inside: str, now: datetime) -> Report:
    at = reading.moment(int(line["time"]), f"{inside}time", now)
    if kind is Kind.SQL:
        return Report(kind, at, operation=int(line["type"]))
    seen = "clientIp" if kind is Kind.OPEN else "userIp"
    client = reading.network(str(line[seen]), f"{inside}{seen}")
    if kind is Kind.LOGIN:
        return Report(kind, at, client, outcome=reading.outcome(str(line["loginResult"])))
    host = reading.host(str(line["url"]), f"{inside}url")
    orders = _orders(line, inside)
    if kind is Kind.OPEN:
        sent_to = reading.host(str(line["sendToUrl"]), f"{inside}sendToUrl")
        return Report(kind, at, client, host, sent_to, orders=orders)
    return Report(kind, at, client, host, operation=int(line["operation"]), orders=orders)


def _orders(line: Line, inside: str) -> int:
    """Return how many orders a line is about: what it says, or as many as it names."""
    named = line.get("orderIds")
    if named is None:
        if line.get("data") is None:
            raise ParamMissing(name=f"{inside}orderIds")
        named = _listed(str(line["data"]), f"{inside}data")
    return max(int(line.get("orderTotal") or 0), len(named))

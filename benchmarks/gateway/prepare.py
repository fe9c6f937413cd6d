"""A house with apps, merchants and grants, and a file of signed calls that wrk sends.

Made with the house's own verbs on a database of its own; timestamps are of now, so a run follows
within the ten minutes that a call may be old.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.kit.ids import maker
from shouyue.ground.kit.types import Means
from shouyue.ground.store import migrate, objects
from shouyue.ground.store.service import Store
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import Issued
from tests.house import FakeRoot, SeededDice
from tests.merchants import authorise, exchange, make_app, make_merchant

ITEM, ORDERS = "open.item.get", "open.order.cursor.list"
NETWORKS = ["198.51.100.7/32", "127.0.0.1/32"]
_WHEN = {"beginTime": 1795312800000, "endTime": 1795399200000}
_PARAM = {
    ITEM: {"kwaiItemId": 21300000000001},
    ORDERS: {"orderViewStatus": 1, "pageSize": 20, **_WHEN, "cursor": ""},
}


@dataclass(frozen=True, slots=True)
class Holder:
    """An app with one merchant's token."""

    app: Issued
    access: str
    seller: int


def now() -> datetime:
    """The time of the world."""
    return datetime.now(UTC)


def store_at(url: str, folder: Path) -> Store:
    """Open the house's store; the root is seeded, so that another process opens it too."""
    means = Means(now, maker(now, os.urandom), os.urandom)
    keys = KeyRing(FakeRoot(SeededDice()), os.urandom)
    return Store(url, means, keys, objects.folder(folder / "objects"))


def holders(store: Store, many: int) -> list[Holder]:
    """Make apps, each with a list of addresses and a merchant who let it in."""
    made = []
    for number in range(many):
        with store.begin() as db:
            owner, app = make_app(db, f"app{number}")
            merchant = make_merchant(db, 100_000 + number)
            apps.set_networks(db, owner, app.app_id, NETWORKS)
            tokens = exchange(db, app, authorise(db, merchant, app))
        made.append(Holder(app, tokens.access, 100_000 + number))
    return made


def calls(found: list[Holder], api: str, many: int, *, good: bool = True) -> Iterator[str]:
    """Yield signed queries, MD5 and HMAC in turn, each with a timestamp of its own."""
    stamp = int(now().timestamp() * 1000)
    for number in range(many):
        one = found[number % len(found)]
        params = {
            "access_token": one.access,
            "appkey": one.app.appkey,
            "method": api,
            "param": json.dumps(_PARAM[api]),
            "signMethod": ("HMAC_SHA256", "MD5")[number % 2],
            "timestamp": str(stamp - number % 60_000),
            "version": "1",
        }
        secret = one.app.sign_secret if good else "x"
        yield f"/{api.replace('.', '/')}?{urlencode({**params, 'sign': _sign(params, secret)})}"


def prepare(folder: Path, count: int, many: int) -> str:
    """Fill a folder: `house.db`, `calls-*.txt`, and `data.json` for peers without our database."""
    url = f"sqlite:///{folder / 'house.db'}"
    migrate.upgrade(url)
    store = store_at(url, folder)
    found = holders(store, count)
    store.close()
    for name, api, good in (("item", ITEM, True), ("orders", ORDERS, True), ("bad", ITEM, False)):
        lines = "\n".join(calls(found, api, many, good=good))
        (folder / f"calls-{name}.txt").write_text(lines)
    (folder / "data.json").write_text(json.dumps(_told(found)))
    return url


def _told(found: list[Holder]) -> dict[str, object]:
    scopes = [ITEM, ORDERS]
    return {
        "apps": {
            one.app.appkey: {"secret": one.app.sign_secret, "networks": NETWORKS} for one in found
        },
        "tokens": {
            one.access: {"app": one.app.appkey, "seller": one.seller, "scopes": scopes}
            for one in found
        },
    }


def _sign(params: dict[str, str], secret: str) -> str:
    text = "&".join(f"{name}={params[name]}" for name in sorted(params)) + f"&signSecret={secret}"
    if params["signMethod"] == "MD5":
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()

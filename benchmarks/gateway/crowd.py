"""A house with as many apps and grants as wanted, written straight into its tables.

The house's own verbs would take an hour for what is here in a minute. Rows are whole as far as a
call reads them; people, consents and evidence behind them are left out.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from benchmarks.gateway import prepare
from benchmarks.gateway.run import upstream_answers
from shouyue.ground.store import migrate
from shouyue.ground.store.service import Store
from shouyue.platform.apps.tables import AppRow, AppSecret
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.grants.tables import GrantRow, MerchantRow
from shouyue.platform.oauth.tables import TokenRow

_AT_ONCE = 20_000
_SCOPES = list(catalogue.scopes())


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many apps and grants. The grants are dealt out to the apps in turn."""

    apps: int
    grants: int


@contextmanager
def opened(crowd: Crowd, qps: int) -> Iterator[tuple[Store, Path]]:
    """Open a fresh house with a crowd in it, in a folder that has the upstream's answers too.

    An app may ask for the item `qps` times a second.
    """
    object.__setattr__(catalogue.find(prepare.ITEM), "qps", qps)
    with TemporaryDirectory() as name:
        folder = Path(name)
        upstream_answers(folder)
        migrate.upgrade(address(folder))
        store = prepare.store_at(address(folder), folder)
        try:
            fill(store, crowd)
            yield store, folder
        finally:
            store.close()


def address(folder: Path) -> str:
    """Return where the database of a folder is."""
    return f"sqlite:///{folder / 'house.db'}"


def fill(store: Store, crowd: Crowd) -> None:
    """Write the rows of a crowd into an empty database."""
    for table, rows in (
        (AppRow, _apps(crowd.apps)),
        (AppSecret, _secrets(store, crowd.apps)),
        (MerchantRow, _merchants(crowd.grants)),
        (GrantRow, _grants(crowd)),
        (TokenRow, _tokens(crowd)),
    ):
        while part := list(islice(rows, _AT_ONCE)):
            with store.begin() as db:
                db.execute(sa.insert(table.__table__), part)


_ITEM = {"kwaiItemId": 21300000000001}


def queries(
    numbers: Iterator[int],
    *,
    param: Mapping[str, Any] | None = None,
    other: Mapping[str, str] | None = None,
    token: Callable[[], str] | None = None,
) -> Iterator[str]:
    """Yield the signed query of an item's call for each app of these numbers, of this moment.

    `other` parameters replace those of a good call after it was signed; `token` makes another
    token for each before.
    """
    stamp = str(int(prepare.now().timestamp() * 1000))
    for number in numbers:
        params = {
            "access_token": token() if token else _token(number),
            "appkey": _appkey(number),
            "method": prepare.ITEM,
            "param": json.dumps(param or _ITEM),
            "signMethod": "HMAC_SHA256",
            "timestamp": stamp,
            "version": "1",
        }
        text = "&".join(f"{name}={params[name]}" for name in sorted(params))
        whole = f"{text}&signSecret={_secret(number)}".encode()
        mark = hmac.digest(_secret(number).encode(), whole, "sha256")
        params["sign"] = base64.b64encode(mark).decode()
        yield urlencode({**params, **(other or {})})


def _appkey(number: int) -> str:
    return f"ks{number:018d}"


def _secret(number: int) -> str:
    return f"{number:032d}"


def _token(number: int) -> str:
    return f"token-of-{number:010d}"


def _id(letter: str, number: int) -> str:
    return f"{letter}{number:025d}"


def _apps(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "id": _id("A", number),
            "appkey": _appkey(number),
            "owner": _id("P", number),
            "enterprise": f"E{number}",
            "title": "应用",
            "description": "",
            "state": "online",
            "callback": "https://erp.example/back",
            "scopes": _SCOPES,
            "networks": prepare.NETWORKS,
            "created": prepare.now(),
        }


def _secrets(store: Store, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = _id("S", number)
        yield {
            "id": name,
            "app": _id("A", number),
            "kind": "sign_secret",
            "sealed": store.keys.seal_named("app-secret", _secret(number).encode(), name.encode()),
            "last4": "0000",
            "state": "live",
            "created": prepare.now(),
        }


def _merchants(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"subject": _id("M", number), "seller_id": number + 1, "linked": prepare.now()}


def _grants(crowd: Crowd) -> Iterator[dict[str, Any]]:
    for number in range(crowd.grants):
        yield {
            "id": _id("G", number),
            "app": _id("A", number % crowd.apps),
            "subject": _id("M", number),
            "open_id": hashlib.sha256(str(number).encode()).hexdigest()[:32],
            "scopes": _SCOPES,
            "provision": _id("V", number),
            "state": "live",
            "given": prepare.now(),
            "until": prepare.now() + timedelta(days=90),
        }


def _tokens(crowd: Crowd) -> Iterator[dict[str, Any]]:
    for number in range(crowd.grants):
        yield {
            "fingerprint": hashlib.sha256(_token(number).encode()).hexdigest(),
            "app": _id("A", number % crowd.apps),
            "grant_id": _id("G", number),
            "kind": "access",
            "until": prepare.now() + timedelta(days=2),
            "discarded": False,
            "revoked": False,
            "created": prepare.now(),
        }

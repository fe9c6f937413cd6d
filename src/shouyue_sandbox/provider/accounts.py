"""The accounts that the stand-in knows, and the codes and tokens that it has given out."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from secrets import token_urlsafe

from shouyue_sandbox.shop import people
from shouyue_sandbox.shop.shelf import Document, Shelf

CODE_MS = 120_000
TOKEN_MS = 172_800_000
_DEVELOPERS = ("云杉软件", "拾级科技", "北斗星小店")


class NoSuchGrant(Exception):  # noqa: N818 - an expected no
    """The code or token is unknown, used or too old."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Who let whom see what."""

    account: str
    app_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    until_ms: int


class Accounts:
    """Accounts of shops and developers; grants live in memory and end with the process."""

    def __init__(self, shelf: Shelf, seed: int, clock_ms: Callable[[], int]) -> None:
        """Know the developers' accounts beside those of the shops on the shelf."""
        self._clock_ms = clock_ms
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}
        self._shelf = shelf
        dice = Random(seed + 1)  # noqa: S311 - invented people need no secrecy
        self._developers = [
            _developer(dice, number, name) for number, name in enumerate(_DEVELOPERS, 1)
        ]

    def known(self) -> dict[str, Document]:
        """Return all accounts by their ids: shops open and close while the sandbox runs."""
        shops = [_of_shop(seller) for seller in self._shelf.all("seller")]
        shops += [_of_staff(self._shelf, one) for one in self._shelf.all("staff")]
        return {one["open_id"]: one for one in [*shops, *self._developers]}

    def allow(self, account: str, app_id: str, redirect_uri: str, scopes: tuple[str, ...]) -> str:
        """Return a code, good once and for two minutes."""
        code = token_urlsafe(24)
        until = self._clock_ms() + CODE_MS
        self._codes[code] = Grant(account, app_id, redirect_uri, scopes, until)
        return code

    def exchange(self, code: str, app_id: str) -> tuple[str, Grant]:
        """Turn a code into an access token."""
        grant = self._codes.pop(code, None)
        if grant is None or grant.app_id != app_id or grant.until_ms < self._clock_ms():
            raise NoSuchGrant
        token = token_urlsafe(32)
        until = self._clock_ms() + TOKEN_MS
        self._tokens[token] = Grant(grant.account, app_id, grant.redirect_uri, grant.scopes, until)
        return token, grant

    def behind(self, token: str, scope: str) -> Document:
        """Return the account that a token with this scope speaks for."""
        grant = self._tokens.get(token)
        if grant is None or scope not in grant.scopes or grant.until_ms < self._clock_ms():
            raise NoSuchGrant
        account = self.known().get(grant.account)
        if account is None:
            raise NoSuchGrant
        return account


def _of_shop(seller: Document) -> Document:
    return {
        "open_id": seller["account"],
        "name": seller["nickname"],
        "sex": seller["sex"],
        "phone": seller["phone"],
        "shop": seller["shopName"],
    }


def _of_staff(shelf: Shelf, one: Document) -> Document:
    owner = shelf.get("seller", one["sellerId"]) or {}
    fields = {"open_id": one["account"], "name": one["nickname"]}
    fields |= {name: one[name] for name in ("sex", "phone")}
    return {**fields, "shop": f"{owner['shopName']}（子账号 sub-account）"}


def _developer(dice: Random, number: int, name: str) -> Document:
    return {
        "open_id": f"ks_dev_{number:05d}",
        "name": name,
        "sex": dice.choice("FM"),
        "phone": people.phone(dice),
        "shop": "",
    }

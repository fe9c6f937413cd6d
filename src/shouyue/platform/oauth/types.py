"""What crosses the wall of the authorisation server. Tokens never show in a repr."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId


class TokenKind(StrEnum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Tokens:
    """An answer of the token endpoint. Seconds from now; an app's own token has no refresh."""

    access: str = field(repr=False)
    expires_in: int
    scopes: tuple[str, ...] = ()
    open_id: str = ""
    refresh: str = field(default="", repr=False)
    refresh_expires_in: int = 0

    def wire(self) -> Mapping[str, object]:
        """Return the fields of protocol section 2.2, without a key `error`."""
        whole: dict[str, object] = {
            "result": 1,
            "access_token": self.access,
            "token_type": "bearer",
            "expires_in": self.expires_in,
            "scopes": list(self.scopes),
            "scope": ",".join(self.scopes),
        }
        if self.refresh:
            whole["refresh_token"] = self.refresh
            whole["refresh_token_expires_in"] = self.refresh_expires_in
            whole["open_id"] = self.open_id
        return whole


@dataclass(frozen=True, slots=True)
class Pass:
    """What an access token stands for. An app's own token has no grant and no merchant.

    `subject` and `open_id` are those of who gave it. Where that is a sub-account, `staff_id` is its
    number, and `main` and `shop_open_id` are the main account's; else both are the same.
    """

    app_id: str
    kind: TokenKind
    scopes: frozenset[str]
    until: datetime
    grant: str = ""
    provision: str = ""
    subject: SubjectId | None = None
    seller_id: int = 0
    open_id: str = ""
    is_test: bool = False
    staff_id: int = 0
    main: SubjectId | None = None
    shop_open_id: str = ""

    def own(self) -> Mapping[str, str]:
        """Return the open ids that answers name: the shop's, and that of who gave the token."""
        return {"self": self.shop_open_id or self.open_id, "giver": self.open_id}


class Standing(StrEnum):
    """What has become of a token. A replaced refresh token works for five minutes more."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a token is, for its app's owner. `open_id` and `scopes` are its grant's."""

    app_id: str
    kind: TokenKind
    state: Standing
    until: datetime
    scopes: tuple[str, ...] = ()
    open_id: str = ""


@dataclass(frozen=True, slots=True)
class Introspected:
    """What an app may know of a token of its own (RFC 7662). Of any other: that it is not live."""

    client: str
    scopes: tuple[str, ...]
    until: datetime
    since: datetime
    open_id: str = ""

    def wire(self) -> Mapping[str, object]:
        """Return the fields of RFC 7662, section 2.2; times are seconds since 1970."""
        whole: dict[str, object] = {
            "active": True,
            "client_id": self.client,
            "scope": " ".join(self.scopes),
            "exp": int(self.until.timestamp()),
            "iat": int(self.since.timestamp()),
        }
        return whole | ({"sub": self.open_id} if self.open_id else {})

"""What crosses the wall of the app room. Secrets never show in a repr."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.hazmat.requests import Verifier
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession

Certified = Callable[[ReadSession, SubjectId], str]
"""Answers the certified enterprise of a person, or raises the refusal that says what is missing."""


class AppState(StrEnum):
    """Where an app stands. Only an offline app may not call."""

    IN_DEVELOPMENT = "in_development"
    ONLINE = "online"
    OFFLINE = "offline"


class SecretKind(StrEnum):
    """What a secret is for: OAuth, the request signature, the cipher of pushed messages."""

    APP_SECRET = "app_secret"  # noqa: S105 - names of kinds
    SIGN_SECRET = "sign_secret"  # noqa: S105
    MESSAGE_KEY = "message_key"


class SecretState(StrEnum):
    """A live secret works; a frozen one may come back; an ended one is gone."""

    LIVE = "live"
    FROZEN = "frozen"
    ENDED = "ended"


class FreezeReason(StrEnum):
    """Why staff froze an app's secrets. Permanent codes: they stand in the evidence."""

    LEAK = "leak"
    ABUSE = "abuse"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class NewApp:
    """What a developer fills in. `scopes` are added to those that every app has."""

    title: str
    description: str = ""
    callback: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """A new app with its secrets: the only time they are shown."""

    app_id: str
    appkey: str
    app_secret: str = field(repr=False)
    sign_secret: str = field(repr=False)
    message_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secret:
    """What may be seen of a secret later. `last4` are its last four characters (DI-34).

    `state` is the house's, `paused` the developer's own. `last_used` is exact to the hour.
    """

    id: str
    kind: SecretKind
    last4: str
    state: SecretState
    paused: bool
    created: datetime
    last_used: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class App:
    """An app as its owner sees it; `frozen` says why staff stopped all of its secrets, or None."""

    id: str
    appkey: str
    owner: SubjectId
    enterprise: str
    title: str
    description: str
    state: AppState
    callback: str
    scopes: tuple[str, ...]
    created: datetime
    secrets: tuple[Secret, ...] = ()
    networks: tuple[str, ...] = ()
    frozen: FreezeReason | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How far access has moved: the number now, and the apps it moved for; None is any app.

    `appkeys` are theirs, or those of all apps.
    """

    version: int
    apps: Sequence[str] | None
    appkeys: Sequence[str]


@dataclass(frozen=True, slots=True)
class SignSecret:
    """A sign secret in force; `until` is its end where one was chosen."""

    id: str
    plain: str = field(repr=False)
    until: datetime | None = None


class Mixed(StrEnum):
    """What a secret is that signs nothing, for a developer who took it for the one that does."""

    APP_SECRET = "app_secret"  # noqa: S105 - a kind
    MESSAGE_KEY = "message_key"
    STOPPED = "stopped"  # a sign secret that is frozen or paused
    OVER = "over"  # a sign secret that was replaced or ended


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the gateway holds of an app. Empty `networks` means that any address may call.

    Two sign secrets are valid while an old one runs out. `frozen` says that none is, because
    they are frozen or paused.
    """

    app_id: str
    appkey: str
    enterprise: str
    state: AppState
    frozen: bool
    scopes: frozenset[str]
    networks: tuple[str, ...]
    signing: tuple[SignSecret, ...] = field(repr=False)
    verifiers: tuple[Verifier, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the secrets ready: they are used as long as a gateway holds this."""
        object.__setattr__(self, "verifiers", tuple(map(Verifier, self.sign_secrets)))

    @property
    def sign_secrets(self) -> tuple[str, ...]:
        """The sign secrets, newest first."""
        return tuple(one.plain for one in self.signing)

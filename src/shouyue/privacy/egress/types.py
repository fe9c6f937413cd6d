"""What goes out and what comes back. Addresses and contents never show in a repr."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Resolver = Callable[[str, int], Sequence[str]]
"""Answers the IP addresses of a host name, or raises OSError."""


Region = Callable[[str, str], bool]
"""Answers whether an IP address, and the host that resolved to it, may receive personal data."""

Turned = Callable[[str, str], None]
"""Takes note of an errand (`where`, `about`) that was turned back because it led abroad."""


def unheard(_where: str, _about: str) -> None:
    """Take note of nothing: for a house whose alarms nobody collects."""


@dataclass(frozen=True, slots=True)
class Border:
    """Which addresses personal data may go to, and who hears of an errand that was turned back."""

    admits: Region
    turned: Turned = unheard


class Failure(StrEnum):
    """Why nothing came back. Permanent codes, safe to store and to show a developer."""

    TIMEOUT = "timeout"
    REFUSED = "refused"  # nobody listens, the line broke, or the other side spoke no HTTP
    TLS = "tls"
    TOO_LARGE = "too-large"
    DNS = "dns"
    DESTINATION = "destination"  # the address is one that nothing may be sent to
    ABROAD = "abroad"  # the address lies outside the mainland, and personal data stay inside


@dataclass(frozen=True, slots=True)
class HttpOut:
    """One request. `timeout` is the total in seconds; a name look-up under way is not cut short."""

    url: str = field(repr=False)
    method: str = "POST"
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 5.0
    personal: bool = False
    """Question or answer holds personal data: it goes only where the region rule admits."""
    where: str = "elsewhere"
    """Which errand this is, as a word: `push`, `sms`. For an alarm, where it is turned back."""
    about: str = ""
    """Whose errand, as an id."""


@dataclass(frozen=True, slots=True)
class HttpBack:
    """What came back: a status and up to 64 KiB as sent, or a failure."""

    status: int | None
    body: bytes = field(repr=False)
    millis: int
    failure: str = ""


@dataclass(frozen=True, slots=True)
class MailOut:
    """One mail in plain text."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SmsOut:
    """One text message; `template` names it to providers that register texts."""

    to: str = field(repr=False)
    text: str = field(repr=False)
    template: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Whether the next station took the message. `failure` is a code, never a server's words."""

    ok: bool
    failure: str = ""


class Channel(StrEnum):
    """The ways a letter in the development post box was meant to go."""

    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message caught by the post box."""

    at: datetime
    channel: Channel
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


class MailPort(Protocol):
    """Where mail is handed over. Never raises for trouble on the way."""

    def mail(self, out: MailOut) -> Sent:
        """Hand one mail over."""
        ...


class SmsPort(Protocol):
    """Where text messages are handed over. Never raises for trouble on the way."""

    def sms(self, out: SmsOut) -> Sent:
        """Hand one message over."""
        ...

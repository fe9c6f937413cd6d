"""Settings of the systems beside us: who takes our mails, answers calls, keeps keys, witnesses.

Whoever keeps or handles personal data for us is a `ProviderPart` and says in which region.
"""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from shouyue.ground.hazmat import notes
from shouyue.ground.hazmat.errors import NotAuthentic

LOOPBACK = frozenset({"127.0.0.1", "::1"})
_NAMESPACE = re.compile(r"[!-~]{0,255}")
_WITNESS = re.compile(r"(?!.*[0-9]{11})[A-Za-z][A-Za-z0-9_.:/-]{0,63}")
"""A name that may stand in jobs, alarms and evidence."""

_AUTHORITY = "PEM file of the authority behind its certificate; empty: the public ones"
_REGION = "ISO 3166-1 code of where it stands and is operated from; CN, or the start is refused"


def _bare(url: str) -> str:
    if "@" in urlsplit(url).netloc:
        raise ValueError("an address without user and password is needed")
    return url


Url = Annotated[str, AfterValidator(_bare)]
"""An address. A password in it would show wherever addresses show."""


class Part(BaseModel):
    """Settings that belong together."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ProviderPart(Part):
    """A provider that keeps or handles personal data for us, and so has to be in the mainland."""

    region: str = Field(description=_REGION)


class TlsSettings(Part):
    """Certificate and key, where no proxy ends TLS before us."""

    certificate: Path = Field(description="PEM file: our certificate and the chain above it")
    key: Path = Field(description="PEM file: its private key")
    passphrase: SecretStr = Field(default=SecretStr(""), description="opens the key, if need be")


class IdentitySettings(Part):
    """Who we are to a system inside that asks (mutual TLS). Read at start: renew, then restart."""

    certificate: Path = Field(description="PEM file: our certificate there, and the chain above it")
    key: Path = Field(description="PEM file: its private key")
    passphrase: SecretStr = Field(default=SecretStr(""), description="opens the key, if need be")


class MailSettings(ProviderPart):
    """The SMTP server that takes our mails."""

    host: str = Field(description="name of the server")
    port: int = Field(default=465, description="port of the server")
    user: str = Field(default="", description="who we are there; empty: no log-in")
    password: SecretStr = Field(default=SecretStr(""), description="what proves it")
    security: Literal["tls", "starttls"] = Field(
        default="tls", description="TLS from the first byte, or after STARTTLS; never without"
    )
    sender: str = Field(description="the address that our mails come from")


class SmsSettings(ProviderPart):
    """The provider that sends our text messages, over HTTPS."""

    url: Url = Field(description="https address that takes one message")
    key: SecretStr = Field(description="what the provider knows us by")


class ProviderSettings(ProviderPart):
    """The parent platform's login: where it is, and who we are there."""

    base_url: Url = Field(description="https address of the log-in")
    app_id: str = Field(description="our id there")
    app_secret: SecretStr = Field(description="our secret there")


class UpstreamSettings(ProviderPart):
    """The operator's own systems behind the gateway and before the event intake."""

    base_url: Url = Field(description="https address that API calls are sent on to")
    secret: SecretStr = Field(description="signs calls to it, and the events that it sends")
    authority: Path | None = Field(default=None, description=_AUTHORITY)
    identity: IdentitySettings | None = None


class FurtherUpstreamSettings(UpstreamSettings):
    """A further system of the operator's, which answers some of the APIs in its place."""

    apis: tuple[str, ...] = Field(
        description="APIs that it answers: names, or beginnings that end with a dot"
    )


class KeyServiceSettings(ProviderPart):
    """A key service for the roots: the transit engine of OpenBao or Vault."""

    url: Url = Field(description="https address of the service; http only on this machine")
    token: SecretStr = Field(description="what it knows us by")
    mount: str = Field(default="transit", description="where the transit engine is mounted")
    key: str = Field(
        default="shouyue", description="name of our key there; `-custody` is added for custody"
    )
    namespace: str = Field(
        default="", description="namespace that mount and token are in; empty: the service's first"
    )
    authority: Path | None = Field(default=None, description=_AUTHORITY)
    identity: IdentitySettings | None = None

    @field_validator("namespace")
    @classmethod
    def _a_header(cls, given: str) -> str:
        if not _NAMESPACE.fullmatch(given):
            raise ValueError("a path of up to 255 characters of ASCII without blanks")
        return given

    @field_validator("url")
    @classmethod
    def _guarded(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("https, or http to an agent on this machine")
        return url

    @model_validator(mode="after")
    def _sealed(self) -> Self:
        if self.identity is not None and not self.url.startswith("https:"):
            raise ValueError("an identity is shown over https alone")
        return self


class WitnessSettings(ProviderPart):
    """A witness of the evidence log, which signs that it only grew (C2SP tlog-witness)."""

    url: Url = Field(description="https address before `/add-checkpoint`")
    key: str = Field(description="its verifier key, from the witness itself: name, hint, key")

    @field_validator("key")
    @classmethod
    def _named(cls, key: str) -> str:
        try:
            name = notes.cosigner(key)
        except NotAuthentic:
            raise ValueError("a verifier key of type 4 (Ed25519) or 6 (ML-DSA-44)") from None
        if not _WITNESS.fullmatch(name):
            raise ValueError("a name of up to 64 letters, digits and _ . : / -")
        return key

    @property
    def name(self) -> str:
        """Its name, as its signature lines say it."""
        return notes.cosigner(self.key)

"""Settings: what an operator decides. Read once, from `shouyue.toml` and then the environment.

The environment's names are `SHOUYUE_` and the key, nested keys after two underscores
(`SHOUYUE_MAIL__HOST`); `PORT` stands for `SHOUYUE_PORT`. No secret has a default, and none shows in
a repr, a dump or a fault. A provider outside the mainland stops the start (5.6).
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    AliasChoices,
    BaseModel,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from shouyue.assembly import addresses
from shouyue.assembly.systems import (
    LOOPBACK,
    FurtherUpstreamSettings,
    KeyServiceSettings,
    MailSettings,
    ProviderPart,
    ProviderSettings,
    SmsSettings,
    TlsSettings,
    UpstreamSettings,
    WitnessSettings,
)
from shouyue.doors.wire.proxies import network
from shouyue.privacy.egress.regions import MAINLAND, Mainland

_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True)
class Placed:
    """What keeps or handles personal data, which setting says where, and the region it says."""

    what: str
    setting: str
    region: str


class Settings(BaseSettings):
    """Everything that can be set. Unknown keys stop the start."""

    model_config = SettingsConfigDict(
        env_prefix="SHOUYUE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(default=Path("shouyue-home"), description="folder of all data")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(
        default=8000,
        validation_alias=AliasChoices("PORT", "SHOUYUE_PORT", "port"),
        description="port to listen on",
    )
    base_url: str = Field(default="", description="how browsers and clients reach us; https")
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="addresses or networks whose X-Forwarded-For is believed; empty: nobody's",
    )
    connections_per_address: int = Field(
        default=256,
        ge=1,
        description="open connections of one address (IPv6: of one /64); trusted proxies: any",
    )
    tolerance_minutes: int = Field(
        default=10, ge=1, le=60, description="how far a call's timestamp may be from our clock"
    )
    tls: TlsSettings | None = None
    region: str = Field(
        default="",
        description="region of this machine, and of what it keeps itself; CN outside development",
    )
    mainland_networks: tuple[str, ...] = Field(
        default=(),
        description="networks that you vouch for as in the mainland, staff's among them; the rule",
    )
    mainland_hosts: tuple[str, ...] = Field(
        default=(), description="hosts that you vouch for as in the mainland; the rule"
    )
    database: SecretStr = Field(
        default=SecretStr(""), description="SQLAlchemy address; empty: SQLite in the home"
    )
    database_region: str = Field(
        default="", description="region of the database where it is not on this machine"
    )
    redis_url: SecretStr = Field(
        default=SecretStr(""),
        description="Redis in which gateways share limits by the second; empty: each has its own",
    )
    redis_region: str = Field(
        default="", description="region of that Redis, which holds ids of apps and merchants"
    )
    journal: Path | None = Field(
        default=None,
        description="folder of the erasure journal, best on another disk; empty: in the home",
    )
    suite: Literal["aes-256-gcm", "sm4-gcm"] = Field(
        default="aes-256-gcm", description="suite of everything sealed from now on"
    )
    key_passphrase: SecretStr = Field(
        default=SecretStr(""),
        description="opens the root key; empty: the file `passphrase` in the home",
    )
    key_service: KeyServiceSettings | None = Field(
        default=None, description="keeps the roots in place of the file `root.key`"
    )
    policy_overlay: Path | None = Field(
        default=None, description="folder of the operator's own policy"
    )
    catalogue_overlay: Path | None = Field(
        default=None, description="folder of the operator's own APIs, one file each"
    )
    development: bool = Field(
        default=False, description="loopback only: post box, sandbox, http call-backs"
    )
    mail: MailSettings | None = None
    sms: SmsSettings | None = None
    provider: ProviderSettings | None = None
    upstream: UpstreamSettings | None = None
    upstreams: dict[str, FurtherUpstreamSettings] = Field(default={})
    witnesses: tuple[WitnessSettings, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.development:
            if self.host not in LOOPBACK:
                raise ValueError("development mode listens on 127.0.0.1 only")
            if self.tls is not None:
                raise ValueError("development mode speaks plain http on 127.0.0.1; leave tls out")
            return self
        if not self.base_url.startswith("https://"):
            raise ValueError("base_url must be an https address outside development")
        for part in ("mail", "sms", "provider", "upstream"):
            if getattr(self, part) is None:
                raise ValueError(f"{part} must be set outside development")
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _believed(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(network, given)):
            raise ValueError("addresses or networks, as 10.0.0.1 or 10.0.0.0/8")
        return given

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, given: SecretStr) -> SecretStr:
        addresses.check_redis(given.get_secret_value())
        return given

    @field_validator("database")
    @classmethod
    def _rows(cls, given: SecretStr) -> SecretStr:
        addresses.check_database(given.get_secret_value())
        return given

    @field_validator("witnesses")
    @classmethod
    def _different(cls, given: tuple[WitnessSettings, ...]) -> tuple[WitnessSettings, ...]:
        if len({one.name for one in given}) != len(given):
            raise ValueError("each witness once, under a name of its own")
        return given

    @field_validator("upstreams")
    @classmethod
    def _apart(
        cls, given: dict[str, FurtherUpstreamSettings]
    ) -> dict[str, FurtherUpstreamSettings]:
        if any(not _NAME.fullmatch(name) for name in given):
            raise ValueError("names of up to 20 small letters, digits and -")
        apis = [api for one in given.values() for api in one.apis]
        if len(set(apis)) != len(apis):
            raise ValueError("each API or beginning at one upstream")
        return given

    @model_validator(mode="after")
    def _at_home(self) -> Self:
        _ = self.mainland
        if not self.development:
            for placed in self.placed():
                _check(placed)
        return self

    @property
    def origin(self) -> str:
        """Scheme, host and port as a browser writes them, without a slash at the end."""
        return self.base_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def database_url(self) -> str:
        """Where the rows are."""
        given = self.database.get_secret_value()
        return given or f"sqlite:///{(self.home / 'shouyue.db').absolute()}"

    @property
    def journal_folder(self) -> Path:
        """Where erasures are written down outside the database."""
        return self.journal or self.home / "journal"

    @property
    def mainland(self) -> Mainland:
        """The rule of which addresses count as the mainland."""
        return Mainland.of(self.mainland_networks, self.mainland_hosts, loopback=self.development)

    def placed(self) -> Iterator[Placed]:
        """Yield whatever keeps or handles personal data for us, with its region."""
        for what in ("machine", "sealed files", "root key", "queue", "log"):
            yield Placed(what, "region", self.region)
        away = bool(self.database.get_secret_value())
        where = ("database_region", self.database_region) if away else ("region", self.region)
        yield Placed("database", *where)
        if self.redis_url.get_secret_value():
            yield Placed("shared limits", "redis_region", self.redis_region)
        for name in type(self).model_fields:
            yield from _placed(name, getattr(self, name))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file `shouyue.toml` in the home."""
        del dotenv_settings, file_secret_settings
        first = {**env_settings(), **init_settings()}
        file = TomlConfigSettingsSource(settings_cls, settings_file(first.get("home")))
        return init_settings, env_settings, file


def settings_file(home: object = None) -> Path:
    """Return where the file of the settings is looked for: in the home, which it cannot name."""
    given = home or os.environ.get("SHOUYUE_HOME", "shouyue-home")  # noqa: TID251 - read here alone
    return Path(str(given)) / "shouyue.toml"


def _placed(name: str, value: object) -> Iterator[Placed]:
    """Yield the providers in one setting: a part, several, or none."""
    if isinstance(value, ProviderPart):
        yield Placed(name, f"{name}.region", value.region)
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _placed(f"{name}.{key}", one)
    if isinstance(value, tuple | list):
        for place, one in enumerate(value):
            yield from _placed(f"{name}.{place}", one)
    if isinstance(value, BaseModel):
        for inner in type(value).model_fields:
            yield from _placed(f"{name}.{inner}", getattr(value, inner))


def _check(placed: Placed) -> None:
    if placed.region != MAINLAND:
        said = f"is {placed.region[:8]!r}" if placed.region else "is not set"
        raise ValueError(
            f"{placed.setting} {said}: personal data are kept and handled in mainland China alone. "
            "Write CN where that is so; HK, MO and TW count as outside (clause 5.6)"
        )

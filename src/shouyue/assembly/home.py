"""The home folder: root key, database, sealed documents, and in development the agreed secrets."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from shouyue.assembly.errors import PassphraseWrong, Unusable
from shouyue.assembly.settings import Settings
from shouyue.assembly.succession import Succession
from shouyue.assembly.systems import IdentitySettings, KeyServiceSettings
from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import RootKey
from shouyue.ground.hazmat.rootfile import SealedFile
from shouyue.ground.hazmat.suites import Suite
from shouyue.privacy.egress.identities import Identity, inside
from shouyue.privacy.egress.keyline import KeyService
from shouyue.privacy.egress.transit import Transit


@dataclass(frozen=True, slots=True, repr=False)
class Keeper:
    """Who keeps the roots. A key service has to be told the pepper, which it seals for us."""

    root: RootKey
    service: Transit | None = None
    handed_down: bytes = b""  # by the file that the service succeeds


def open_root(settings: Settings, silent: Callable[[str], None]) -> Keeper:
    """Open the root key, or make it at the first start; or go to the key service that keeps it.

    Where both are there, the service takes over from the file. `silent` hears of each time that
    the service fails. Raises PassphraseWrong, Unusable.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.home / "root.key"
    if settings.key_service is None:
        return Keeper(_file(settings, path))
    service = _key_service(settings.key_service, silent)
    if not path.exists():
        return Keeper(service, service)
    file = _file(settings, path)
    file.succeeded = True
    return Keeper(Succession(service, file), service, file.pepper())


def _file(settings: Settings, path: Path) -> SealedFile:
    given = settings.key_passphrase.get_secret_value()
    if path.exists():
        root = _opened(path, given or _kept_passphrase(settings.home))
    else:
        root = SealedFile.create(path, given or _passphrase(settings.home), os.urandom)
    root.suite = Suite(settings.suite)
    return root


def _key_service(given: KeyServiceSettings, silent: Callable[[str], None]) -> Transit:
    token = given.token.get_secret_value()
    there = KeyService(given.url, token, given.mount, given.key, given.namespace)
    return Transit(there, inside(given.authority, identity(given.identity)), silent)


def identity(given: IdentitySettings | None) -> Identity | None:
    """Return who we are to a system inside, if its settings say."""
    if given is None:
        return None
    return Identity(given.certificate, given.key, given.passphrase.get_secret_value())


def _opened(path: Path, passphrase: str) -> SealedFile:
    try:
        return SealedFile.open(path, passphrase, os.urandom)
    except NotAuthentic:
        raise PassphraseWrong from None
    except KeyUnavailable:
        raise Unusable(what=path.name, why="it cannot be read") from None


def _passphrase(home: Path) -> str:
    path = home / "passphrase"
    if not path.exists():
        write_private(path, tokens.mint(os.urandom))
    return _kept_passphrase(home)


def _kept_passphrase(home: Path) -> str:
    path = home / "passphrase"
    if not path.exists():  # a new one would open nothing, and hide that one is missing
        raise PassphraseWrong
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


@dataclass(frozen=True, slots=True)
class Agreed:
    """Secrets that the platform and the sandbox agree on, in development mode only."""

    upstream_secret: str
    provider_secret: str
    staff_name: str
    staff_password: str
    staff_otp: str
    officer_name: str = "privacy"
    officer_password: str = ""
    officer_otp: str = ""

    @classmethod
    def read(cls, home: Path) -> Self:
        """Read them from the home, or make them."""
        path = home / "development.json"
        if not path.exists():
            made = cls(
                tokens.mint(os.urandom),
                tokens.mint(os.urandom),
                "reviewer",
                tokens.mint(os.urandom, 9),
                "",
            )
            made.write(home)
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, home: Path) -> None:
        """Keep them for the next start."""
        write_private(home / "development.json", json.dumps(asdict(self), indent=1))

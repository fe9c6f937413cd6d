"""Custody of the root key in one file, sealed under a passphrase.

The passphrase goes through scrypt (RFC 7914) to the key that seals the roots and the pepper.
Keys are wrapped with AES-SIV (RFC 5297), which needs no nonce: equal keys under one binding
wrap alike, and data keys are random; in the suite of SM4 with SM4-GCM. A wrapped key begins with
its root version, four bytes, and its suite, one.
"""

import fcntl
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.hazmat.suites import NONCE_BYTES, Suite
from shouyue.ground.kit.canonical import Plain, canonical
from shouyue.ground.kit.types import Dice

_FORMAT = "shouyue-root-1"
_VERSION_BYTES = 4
_FRONT_BYTES = _VERSION_BYTES + 1
_ROOT_BYTES = 64  # AES-256-SIV takes two keys
_PEPPER_BYTES = 32
_SALT_BYTES = 16
_COST = 17  # scrypt N = 2^17: 128 MiB, a good third of a second
_COST_MOST = 20


Roots = Mapping[Chamber, Mapping[int, bytes]]


@dataclass(frozen=True, slots=True, repr=False)
class _Content:
    cost: int
    roots: Roots
    pepper: bytes


class SealedFile:
    """A RootKey kept in a file of mode 0600. Its content lives in memory while it is open.

    Keys are wrapped in `suite` and unwrapped in the one that they name. Each chamber has random
    roots of its own. Several processes may share one file: each looks at it anew when it has
    changed. Once another keeper has `succeeded` it, even its last root may go.
    """

    def __init__(self, path: Path, passphrase: str, dice: Dice, content: _Content) -> None:
        self._path = path
        self._passphrase = passphrase
        self._dice = dice
        self._content = content
        self._seen = _print_of(path)
        self.suite = Suite.AES
        self.succeeded = False
        self._lock = threading.Lock()

    @classmethod
    def create(cls, path: Path, passphrase: str, dice: Dice, *, cost: int = _COST) -> Self:
        """Write a new file with root version 1; an existing file raises FileExistsError.

        `cost` is the binary logarithm of scrypt's N.
        """
        roots = {chamber: {1: dice(_ROOT_BYTES)} for chamber in Chamber}
        content = _Content(cost, roots, dice(_PEPPER_BYTES))
        fresh = _written(path, _sealed(content, passphrase, dice))
        try:
            path.hardlink_to(fresh)  # unlike a rename, this never replaces a root in use
        finally:
            fresh.unlink()
        _settle(path.parent)
        return cls(path, passphrase, dice, content)

    @classmethod
    def open(cls, path: Path, passphrase: str, dice: Dice) -> Self:
        """Read a file: NotAuthentic for a wrong passphrase or damage, KeyUnavailable if missing."""
        return cls(path, passphrase, dice, _opened(path, passphrase))

    def wrap(self, chamber: Chamber, key: bytes, bound: bytes) -> bytes:
        """Return the key wrapped under the newest root in the file's suite, both named in front."""
        roots = self._roots(chamber)
        version = max(roots)
        front = version.to_bytes(_VERSION_BYTES, "big") + bytes([self.suite.code])
        if self.suite is Suite.AES:
            return front + AESSIV(roots[version]).encrypt(key, [front, bound])
        nonce = self._dice(NONCE_BYTES)
        return front + suites.seal(Suite.SM4, _sm4(roots[version]), nonce, key, front + bound)

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        """Return the key; NotAuthentic where it does not fit, KeyUnavailable without its root."""
        front, sealed = wrapped[:_FRONT_BYTES], wrapped[_FRONT_BYTES:]
        root = self._roots(chamber).get(_version(wrapped))
        if root is None:
            raise KeyUnavailable
        if front[-1] == Suite.SM4.code:
            return suites.unseal(Suite.SM4, _sm4(root), sealed, front + bound)
        try:
            return AESSIV(root).decrypt(sealed, [front, bound])
        except InvalidTag:
            raise NotAuthentic from None

    def rewrap(self, chamber: Chamber, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """Return the keys under the newest root, None for one that does not open."""
        return [self._rewrapped(chamber, wrapped, bound) for wrapped, bound in keys]

    def name_of(self, wrapped: bytes) -> str:
        """Return the name of the root version that wrapped a key (`1`), or raise NotAuthentic."""
        return str(_version(wrapped))

    def names(self, chamber: Chamber) -> list[str]:
        """Return the root versions held, oldest first."""
        return [str(version) for version in sorted(self._roots(chamber))]

    def rotate(self) -> None:
        """Add a root to each chamber; the pepper and the older roots stay."""
        with self._turn() as content:
            roots = {
                chamber: {**held, max(held) + 1: self._dice(_ROOT_BYTES)}
                for chamber, held in content.roots.items()
            }
            self._keep(replace(content, roots=roots))

    def retire(self, chamber: Chamber, name: str) -> None:
        """Drop a root and all before it.

        The newest stays, unless the file is succeeded: KeyUnavailable otherwise.
        """
        with self._turn() as content:
            left = {at: root for at, root in content.roots[chamber].items() if at > int(name)}
            if not left and not self.succeeded:
                raise KeyUnavailable
            self._keep(replace(content, roots={**content.roots, chamber: left}))

    def pepper(self) -> bytes:
        """Return the secret behind all named keys; it never changes."""
        return self._content.pepper

    def _rewrapped(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes | None:
        try:
            return self.wrap(chamber, self.unwrap(chamber, wrapped, bound), bound)
        except NotAuthentic:
            return None

    def _roots(self, chamber: Chamber) -> Mapping[int, bytes]:
        seen = _print_of(self._path)
        if seen != self._seen:
            with self._lock, suppress(NotAuthentic, KeyUnavailable):
                # What cannot be read leaves us with what we have: no reason to stop the house.
                self._seen = seen
                self._content = _opened(self._path, self._passphrase)
        return self._content.roots[chamber]

    @contextmanager
    def _turn(self) -> Iterator[_Content]:
        """Read the file as it is now and let nobody else change it meanwhile."""
        number = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            yield _opened(self._path, self._passphrase)
        finally:
            os.close(number)

    def _keep(self, content: _Content) -> None:
        _written(self._path, _sealed(content, self._passphrase, self._dice)).replace(self._path)
        _settle(self._path.parent)
        self._content, self._seen = content, _print_of(self._path)


def _version(wrapped: bytes) -> int:
    if len(wrapped) <= _FRONT_BYTES:
        raise NotAuthentic
    return int.from_bytes(wrapped[:_VERSION_BYTES], "big")


def _sm4(root: bytes) -> bytes:
    return suites.derive(Suite.SM4, root, "wrap:sm4", Suite.SM4.key_bytes)


def _print_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _sealed(content: _Content, passphrase: str, dice: Dice) -> bytes:
    salt = dice(_SALT_BYTES)
    head: dict[str, str | int] = {"format": _FORMAT, "cost": content.cost, "salt": salt.hex()}
    roots = {
        chamber.value: {str(version): root.hex() for version, root in roots.items()}
        for chamber, roots in content.roots.items()
    }
    inside: dict[str, Plain] = {"roots": roots, "pepper": content.pepper.hex()}
    key = _stretched(passphrase, salt, content.cost)
    body = suites.seal(Suite.AES, key, dice(NONCE_BYTES), canonical(inside), canonical(head))
    return canonical({**head, "sealed": body.hex()})


def _opened(path: Path, passphrase: str) -> _Content:
    try:
        text = path.read_bytes()
    except OSError:
        raise KeyUnavailable from None
    try:
        head = json.loads(text)
        body = bytes.fromhex(head.pop("sealed"))
        cost, salt = int(head["cost"]), bytes.fromhex(head["salt"])
        if head["format"] != _FORMAT or not 1 <= cost <= _COST_MOST:
            raise NotAuthentic
        key = _stretched(passphrase, salt, cost)
        inside = json.loads(suites.unseal(Suite.AES, key, body, canonical(head)))
    except (ValueError, TypeError, AttributeError, KeyError):
        raise NotAuthentic from None
    roots = {
        Chamber(chamber): {int(version): bytes.fromhex(root) for version, root in roots.items()}
        for chamber, roots in inside["roots"].items()
    }
    return _Content(cost, roots, bytes.fromhex(inside["pepper"]))


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, Suite.AES.key_bytes, n=2**cost, r=8, p=1).derive(passphrase.encode())


def _written(path: Path, text: bytes) -> Path:
    """Return a durable new file of mode 0600 beside `path`, ready to take its name."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(number, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _settle(folder: Path) -> None:
    # A rename is durable once its folder is.
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

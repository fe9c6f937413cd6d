"""The key ring: wraps the keys of people under a root key, and derives keys for named uses.

The root stays behind a RootKey provider. A derived key never changes when the root rotates,
because it comes from a pepper that is itself wrapped under the root.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.suites import NONCE_BYTES, Suite
from shouyue.ground.kit.types import Dice

_REMEMBERED = 64


class Chamber(StrEnum):
    """Two roots: a key that one of them wrapped does not open under the other."""

    LIVE = "live"
    CUSTODY = "custody"  # restricted storage (PIPL 47)


class RootKey(Protocol):
    """Keeper of the roots: a sealed file, or a key service over HTTP.

    Every verb may raise KeyUnavailable, after a bounded wait.
    """

    def wrap(self, chamber: Chamber, key: bytes, bound: bytes) -> bytes:
        """Return the key wrapped under the newest root version, which is named in the result."""
        ...

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        """Return the key, or raise NotAuthentic where it does not fit."""
        ...

    def rewrap(
        self, chamber: Chamber, keys: Sequence[tuple[bytes, bytes]]
    ) -> Sequence[bytes | None]:
        """Return wrapped keys, given with what they are bound to, under the newest version.

        None stands for one that does not open.
        """
        ...

    def name_of(self, wrapped: bytes) -> str:
        """Return the name of the root version that wrapped a key, or raise NotAuthentic."""
        ...

    def names(self, chamber: Chamber) -> Sequence[str]:
        """Return the names of the versions that can unwrap, oldest first."""
        ...

    def rotate(self) -> None:
        """Add a version to each chamber; keys are wrapped under it from now on."""
        ...

    def retire(self, chamber: Chamber, name: str) -> None:
        """Destroy a version and all before it, for good. Doing it twice is safe."""
        ...

    def pepper(self) -> bytes:
        """Return the 32-byte secret from which named keys are derived."""
        ...


class KeyRing:
    """What a unit of work may do with keys."""

    def __init__(
        self,
        root: RootKey,
        dice: Dice,
        suite: Suite = Suite.AES,
        named: dict[str, bytes] | None = None,
        ready: dict[tuple[Suite, str], suites.Keyed] | None = None,
    ) -> None:
        """Use `suite` for everything sealed from now on; older suites stay readable."""
        self.suite = suite
        self.founded = suite
        self.root = root
        self._dice = dice
        self._named = {} if named is None else named
        self._ready = {} if ready is None else ready
        self._opened: dict[tuple[bytes, bytes], bytes] = {}

    def for_one_act(self) -> "KeyRing":
        """Return a ring for one unit of work, with nothing opened yet.

        Within the act an opened data key is remembered: a key service is asked once for each
        key, not once for each value. It ends with the act, and so cannot outlive an erasure.
        """
        ring = KeyRing(self.root, self._dice, self.suite, self._named, self._ready)
        ring.founded = self.founded
        return ring

    def new_key(self, chamber: Chamber, bound: bytes) -> bytes:
        """Return a fresh data key of the ring's suite, wrapped; `bound` says whose it is."""
        key = self._dice(self.suite.key_bytes)
        wrapped = self.root.wrap(chamber, key, bound)
        if chamber is Chamber.LIVE:
            self._remember(wrapped, bound, key)
        return wrapped

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        """Return a data key, or raise NotAuthentic or KeyUnavailable."""
        if chamber is Chamber.CUSTODY:
            return self.root.unwrap(chamber, wrapped, bound)
        if (wrapped, bound) not in self._opened:
            self._remember(wrapped, bound, self.root.unwrap(chamber, wrapped, bound))
        return self._opened[wrapped, bound]

    def seal(self, suite: Suite, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """Seal under a data key with a fresh nonce."""
        return suites.seal(suite, key, self._dice(NONCE_BYTES), plain, bound)

    def named(self, label: str, length: int = 32) -> bytes:
        """Return the key for one named use (`sms-code`, `blind-index:DI-01`, …)."""
        if label not in self._named:
            self._named[label] = suites.derive(Suite.AES, self.root.pepper(), label, length)
        return self._named[label]

    def mac(self, label: str, message: bytes) -> bytes:
        """Return a 32-byte MAC under the named key, in the suite in which the house was founded.

        Ids and marks made so are kept for years by others, and must not change with the suite.
        """
        return self.keyed(self.founded, label).mac(message)

    def keyed(self, suite: Suite, label: str) -> suites.Keyed:
        """Return the HMAC of a suite under the named key, ready for many messages."""
        found = self._ready.get((suite, label))
        if found is None:
            found = self._ready[suite, label] = suites.Keyed(suite, self.named(label))
        return found

    def seal_named(self, label: str, plain: bytes, bound: bytes = b"") -> bytes:
        """Seal for the house itself (tickets, secrets of apps), not for a person.

        One byte in front names the suite, so that what an older one sealed stays readable.
        """
        key, front = self._named_seal(self.suite, label), bytes([self.suite.code])
        nonce = self._dice(NONCE_BYTES)
        return front + suites.seal(self.suite, key, nonce, plain, bound + label.encode())

    def unseal_named(self, label: str, sealed: bytes, bound: bytes = b"") -> bytes:
        """Open what `seal_named` sealed, or raise NotAuthentic."""
        suite = next((suite for suite in Suite if sealed[:1] == bytes([suite.code])), None)
        if suite is None:
            raise NotAuthentic
        key = self._named_seal(suite, label)
        return suites.unseal(suite, key, sealed[1:], bound + label.encode())

    def signer(self, label: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key for one named use (`ledger`)."""
        return Ed25519PrivateKey.from_private_bytes(self.named(f"sign:{label}"))

    def _remember(self, wrapped: bytes, bound: bytes, key: bytes) -> None:
        if len(self._opened) >= _REMEMBERED:
            self._opened.clear()
        self._opened[wrapped, bound] = key

    def _named_seal(self, suite: Suite, label: str) -> bytes:
        return self.named(f"seal:{suite}:{label}", suite.key_bytes)

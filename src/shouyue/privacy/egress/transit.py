"""Custody of the roots in a key service: the transit engine of OpenBao or Vault, over HTTPS.

The service seals data keys and never gives its roots away; we keep neither. Two keys there, one a
chamber, so that an operator can grant and watch custody by itself. What the service says is
checked before it is believed. Clause 5.1.1.
"""

import base64
import binascii
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.privacy.egress import packing
from shouyue.privacy.egress.keyline import Denied, KeyService, Line, unheard

_MARK = "s"
"""In names of versions: those of a sealed file are bare numbers."""

_BATCH_FACTOR = 5.0
"""So many times the patience for one key is the patience for a batch."""


class Transit:
    """A RootKey in a key service. Threads may share one."""

    def __init__(
        self, service: KeyService, tls: ssl.SSLContext, silent: Callable[[str], None] = unheard
    ) -> None:
        """Ask nothing yet. The address is the operator's own and may be private.

        `silent` hears of each time that the service fails, with a word for how.
        """
        self.line = Line(service, tls, silent)
        self._mount, self._key = service.mount, service.key
        self._pepper = b""

    def wrap(self, chamber: Chamber, key: bytes, bound: bytes) -> bytes:
        """Return the key as the service seals it."""
        answer = self._told("encrypt", chamber, {"plaintext": _spell(packing.pack(key, bound))})
        return _wrapped(answer)

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        """Return the key; NotAuthentic where it does not fit, KeyUnavailable without its root."""
        self.name_of(wrapped)
        try:
            answer = self._ask("decrypt", chamber, {"ciphertext": wrapped.decode()})
        except Denied as no:
            # A version that the service gave up is told apart from a seal that does not fit.
            raise (KeyUnavailable if "version" in str(no) else NotAuthentic) from None
        return packing.unpack(_octets(answer.get("plaintext")), bound)

    def rewrap(self, chamber: Chamber, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """Return the keys under the newest version, None for one that does not open.

        Each answer is opened before it is believed: what it replaces is gone for good.
        """
        fresh = self._batch("rewrap", chamber, [wrapped for wrapped, _ in keys])
        texts = [_text(one.get("ciphertext")) for one in fresh]
        opened = iter(self._batch("decrypt", chamber, [text for text in texts if text]))
        return [
            _proven(text, next(opened), bound) if text else None
            for text, (_, bound) in zip(texts, keys, strict=True)
        ]

    def name_of(self, wrapped: bytes) -> str:
        """Return the name of the version that wrapped a key (`s1`), or raise NotAuthentic."""
        return f"{_MARK}{packing.version(wrapped)}"

    def names(self, chamber: Chamber) -> list[str]:
        """Return the versions that the service still opens, oldest first."""
        return [f"{_MARK}{version}" for version in self._versions(chamber)]

    def rotate(self) -> None:
        """Have the service add a version in each chamber."""
        for chamber in Chamber:
            self._told("keys", chamber, {}, "/rotate")

    def retire(self, chamber: Chamber, name: str) -> None:
        """Have the service delete a version and all before it; another keeper's is not here."""
        if not name.startswith(_MARK):
            return
        kept = int(name.removeprefix(_MARK)) + 1
        if self._versions(chamber)[-1] < kept:
            raise KeyUnavailable
        oldest = {"min_decryption_version": kept, "min_encryption_version": kept}
        self._told("keys", chamber, oldest, "/config")
        self._told("keys", chamber, {"min_available_version": kept}, "/trim")

    def pepper(self) -> bytes:
        """Return the secret that was remembered; KeyUnavailable before."""
        if not self._pepper:
            raise KeyUnavailable
        return self._pepper

    def remember(self, pepper: bytes) -> None:
        """Take the secret for named keys: the service seals it and does not keep it."""
        self._pepper = pepper

    def _versions(self, chamber: Chamber) -> list[int]:
        answer = self._told("keys", chamber)
        try:
            oldest = int(answer["min_decryption_version"])
            return sorted(at for at in map(int, answer["keys"]) if at >= oldest)
        except (KeyError, TypeError, ValueError):
            raise KeyUnavailable from None

    def _batch(
        self, verb: str, chamber: Chamber, wrapped: Sequence[bytes]
    ) -> list[Mapping[str, Any]]:
        if not wrapped:
            return []
        asked = {"batch_input": [{"ciphertext": one.decode("latin-1")} for one in wrapped]}
        answer = self._told(verb, chamber, asked)
        results = answer.get("batch_results")
        if not isinstance(results, list) or len(results) != len(wrapped):
            raise KeyUnavailable
        return [one if isinstance(one, dict) else {} for one in results]

    def _told(
        self,
        verb: str,
        chamber: Chamber,
        asked: Mapping[str, object] | None = None,
        then: str = "",
    ) -> Mapping[str, Any]:
        """Return the answer where a no means that the service does not serve us."""
        try:
            return self._ask(verb, chamber, asked, then)
        except Denied:
            raise KeyUnavailable from None

    def _ask(
        self,
        verb: str,
        chamber: Chamber,
        asked: Mapping[str, object] | None = None,
        then: str = "",
    ) -> Mapping[str, Any]:
        name = self._key + ("-custody" if chamber is Chamber.CUSTODY else "")
        patience = _BATCH_FACTOR if asked is not None and "batch_input" in asked else 1.0
        return self.line.ask(f"{self._mount}/{verb}/{name}{then}", asked, patience)


def _wrapped(answer: Mapping[str, Any]) -> bytes:
    text = _text(answer.get("ciphertext"))
    try:
        packing.version(text)
    except NotAuthentic:
        raise KeyUnavailable from None
    return text


def _proven(text: bytes, opened: Mapping[str, Any], bound: bytes) -> bytes | None:
    try:
        packing.version(text)
        packing.unpack(_octets(opened.get("plaintext")), bound)
    except (NotAuthentic, KeyUnavailable):
        return None
    return text


def _text(value: object) -> bytes:
    return value.encode(errors="replace") if isinstance(value, str) else b""


def _spell(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(value: object) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error:
        raise KeyUnavailable from None

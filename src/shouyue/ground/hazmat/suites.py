"""Cipher suites: AES-256-GCM with SHA-256, and SM4-GCM with SM3 (GB/T 32907, GB/T 32905).

Additional data are never optional: what a ciphertext belongs to is bound to it, so that it
cannot be moved. The nonce comes from the caller's dice.
"""

from binascii import b2a_base64
from collections.abc import Iterable
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shouyue.ground.hazmat.errors import NotAuthentic

NONCE_BYTES = 12
TAG_BYTES = 16
_SAFE = bytes.maketrans(b"+/", b"-_")


class Suite(StrEnum):
    """A named, permanent pair of cipher and digest. The name is written beside ciphertext."""

    AES = "aes-256-gcm"
    SM4 = "sm4-gcm"

    @property
    def key_bytes(self) -> int:
        """Length of the suite's key."""
        return 32 if self is Suite.AES else 16

    @property
    def code(self) -> int:
        """One byte that names the suite in front of a ciphertext."""
        return 1 if self is Suite.AES else 2


def _hash(suite: Suite) -> hashes.HashAlgorithm:
    return hashes.SHA256() if suite is Suite.AES else hashes.SM3()


def seal(suite: Suite, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """Return nonce, ciphertext and tag in one piece; `bound` is authenticated, not stored."""
    if suite is Suite.AES:
        return nonce + AESGCM(key).encrypt(nonce, plain, bound)
    sealer = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealer.authenticate_additional_data(bound)
    return nonce + sealer.update(plain) + sealer.finalize() + sealer.tag


def unseal(suite: Suite, key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Return the plain bytes or raise NotAuthentic."""
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    if len(nonce) < NONCE_BYTES or len(body) < TAG_BYTES:
        raise NotAuthentic
    try:
        if suite is Suite.AES:
            return AESGCM(key).decrypt(nonce, body, bound)
        text, tag = body[:-TAG_BYTES], body[-TAG_BYTES:]
        opener = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(bound)
        return opener.update(text) + opener.finalize()
    except InvalidTag:
        raise NotAuthentic from None


def digest(suite: Suite, *parts: bytes) -> bytes:
    """Return the suite's 32-byte digest of the parts, one after the other."""
    hasher = hashes.Hash(_hash(suite))
    for part in parts:
        hasher.update(part)
    return hasher.finalize()


def mac(suite: Suite, key: bytes, message: bytes) -> bytes:
    """Return the suite's 32-byte HMAC (RFC 2104)."""
    return Keyed(suite, key).mac(message)


class Keyed:
    """An HMAC with its key worked in: where many messages are marked under one key."""

    __slots__ = ("_ready",)

    def __init__(self, suite: Suite, key: bytes) -> None:
        """Mark in this suite under this key."""
        self._ready = hmac.HMAC(key, _hash(suite))

    def mac(self, message: bytes) -> bytes:
        """Return what `mac` returns for this suite and key."""
        one = self._ready.copy()
        one.update(message)
        return one.finalize()

    def begin(self) -> hmac.HMAC:
        """Return one to `update` with a message in pieces and to `finalize` once."""
        return self._ready.copy()


def spell(pieces: Iterable[bytes]) -> list[str]:
    """Return each piece in base64 for addresses (RFC 4648, 5), unpadded; all pieces in one go."""
    lines = b"".join(map(b2a_base64, pieces))  # it ends each with a line feed
    return lines.translate(_SAFE, b"=").decode().splitlines()


def derive(suite: Suite, secret: bytes, label: str, length: int) -> bytes:
    """Return key material for one named use (HKDF, RFC 5869)."""
    return HKDF(_hash(suite), length, salt=None, info=label.encode()).derive(secret)

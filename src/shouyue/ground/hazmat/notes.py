"""Signed notes and checkpoints of a transparency log, with Ed25519; witnesses may use ML-DSA-44.

The text forms of C2SP signed-note, tlog-checkpoint and tlog-cosignature, which witnesses, monitors
and Go's `sumdb/note` read. The key that signs a checkpoint is named by the log's origin line.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.merkle import HASH_BYTES

_ED25519 = b"\x01"
_COSIGNATURE = b"\x04"
_SUBTREE = b"\x06"
_TIME_BYTES = 8
_KEY_BYTES = {_ED25519: 32, _COSIGNATURE: 32, _SUBTREE: 1312}
_SIGNATURE_BYTES = {_ED25519: 64, _COSIGNATURE: 64, _SUBTREE: 2420}
_MOST_NAME = 255
_HINT_BYTES = 4
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class _Key:
    """A verifier key, read: its type, its name, the public key."""

    kind: bytes
    name: str
    public: bytes


def verifier_key(signer: Ed25519PrivateKey, name: str) -> str:
    """Return the line by which others know the key: name, hint in hex, type and public key."""
    public = signer.public_key().public_bytes_raw()
    return f"{name}+{_hint(name, _ED25519, public).hex()}+{_b64(_ED25519 + public)}"


def sign_note(signer: Ed25519PrivateKey, name: str, text: str) -> str:
    """Return the text, which ends in a line break, with one signature line under it."""
    if not _NAME.fullmatch(name) or not text.endswith("\n"):
        raise ValueError(name)
    hint = _hint(name, _ED25519, signer.public_key().public_bytes_raw())
    return f"{text}\n— {name} {_b64(hint + signer.sign(text.encode()))}\n"


def open_note(note: str, verifier: str) -> str:
    """Return the text if the verifier's key has signed it; raise NotAuthentic otherwise.

    Lines of other keys are passed over, as the standard asks; a bad line of this key is not.
    """
    key = _parsed(verifier, _ED25519)
    text, lines = _split(note)
    for line in lines:
        if (signature := _signature(line, key)) is not None:
            _check(key, signature, text.encode())
            return text
    raise NotAuthentic


def sign_checkpoint(signer: Ed25519PrivateKey, origin: str, size: int, root: bytes) -> str:
    """Return the signed checkpoint: origin, size and Base64 root, a line each."""
    return sign_note(signer, origin, f"{origin}\n{size}\n{_b64(root)}\n")


def verify_checkpoint(note: str, verifier: str) -> Checkpoint:
    """Return the checkpoint if the verifier's key signed it as its own log's; else NotAuthentic.

    Extension lines are allowed and passed over.
    """
    said = _checkpoint(open_note(note, verifier))
    if said.origin != _parsed(verifier, _ED25519).name:
        raise NotAuthentic
    return said


def log_name(verifier: str) -> str:
    """Return the name in the verifier key of a log; raise NotAuthentic if it is none."""
    return _parsed(verifier, _ED25519).name


def cosigner(verifier: str) -> str:
    """Return the name in the verifier key of a witness; raise NotAuthentic if it is none.

    Type 4 is Ed25519, type 6 ML-DSA-44, as C2SP tlog-cosignature has them.
    """
    return _parsed(verifier, _COSIGNATURE, _SUBTREE).name


def cosigned_line(note: str, lines: str, verifier: str) -> tuple[str, datetime]:
    """Return the line under which a witness has signed the note's text, and when, by its clock.

    `lines` is what a witness has answered. Lines of other keys are passed over, as the standard
    asks; NotAuthentic where none is of this key, or one is that does not hold.
    """
    key = _parsed(verifier, _COSIGNATURE, _SUBTREE)
    text, _ = _split(note)
    for line in _lines(lines):
        if (signature := _signature(line, key)) is not None:
            return f"{line}\n", _cosigned(key, signature, text)
    raise NotAuthentic


def cosigned(note: str, verifiers: Sequence[str]) -> list[datetime]:
    """Return when each witness has signed, where the lines after the first are theirs in order.

    Raises NotAuthentic for a line too many, too few, out of order or of another key, and for a
    witness that is named twice: every byte of the lines is vouched for.
    """
    text, lines = _split(note)
    if len(lines) != 1 + len(verifiers) or len(set(verifiers)) != len(verifiers):
        raise NotAuthentic
    pairs = zip(lines[1:], verifiers, strict=True)
    return [cosigned_line(f"{text}\n{lines[0]}\n", f"{line}\n", key)[1] for line, key in pairs]


def _split(note: str) -> tuple[str, list[str]]:
    """Return the text with its last line break, and the signature lines."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap:
        raise NotAuthentic
    return f"{text}\n", _lines(lines)


def _lines(lines: str) -> list[str]:
    if not lines.endswith("\n"):
        raise NotAuthentic
    return lines[:-1].split("\n")


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - three lines and the end
        raise NotAuthentic
    root = _octets(lines[2])
    if len(root) != HASH_BYTES:
        raise NotAuthentic
    return Checkpoint(lines[0], int(lines[1]), root)


def _signature(line: str, key: _Key) -> bytes | None:
    """Return the signature in a line of this key, None in a line of another."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise NotAuthentic
    octets = _octets(found[2])
    hint = _hint(key.name, key.kind, key.public)
    ours = found[1] == key.name and octets[:_HINT_BYTES] == hint
    return octets[_HINT_BYTES:] if ours else None


def _cosigned(key: _Key, signature: bytes, text: str) -> datetime:
    seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotAuthentic from None
    if key.kind == _COSIGNATURE:
        told = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    else:
        told = _whole_tree(key.name, seconds, _checkpoint(text))
    _check(key, signature[_TIME_BYTES:], told)
    return at


def _whole_tree(name: str, seconds: int, said: Checkpoint) -> bytes:
    """Return what an ML-DSA cosignature covers: the subtree from leaf nought to the size."""
    parts = [b"subtree/v1\n\0", _counted(name), seconds.to_bytes(8, "big"), _counted(said.origin)]
    return b"".join([*parts, bytes(8), said.size.to_bytes(8, "big"), said.root])


def _counted(text: str) -> bytes:
    octets = text.encode(errors="surrogatepass")
    if len(octets) > _MOST_NAME:
        raise NotAuthentic
    return bytes([len(octets)]) + octets


def _parsed(verifier: str, *kinds: bytes) -> _Key:
    name, _, rest = verifier.partition("+")
    hint, _, key = rest.partition("+")
    octets = _octets(key)
    kind, public = octets[:1], octets[1:]
    if not _NAME.fullmatch(name) or kind not in kinds or len(public) != _KEY_BYTES[kind]:
        raise NotAuthentic
    if hint != _hint(name, kind, public).hex():
        raise NotAuthentic
    return _Key(kind, name, public)


def _check(key: _Key, signature: bytes, told: bytes) -> None:
    if len(signature) != _SIGNATURE_BYTES[key.kind]:
        raise NotAuthentic
    public = MLDSA44PublicKey if key.kind == _SUBTREE else Ed25519PublicKey
    try:
        public.from_public_bytes(key.public).verify(signature, told)
    except (InvalidSignature, ValueError):
        raise NotAuthentic from None


def _hint(name: str, kind: bytes, public: bytes) -> bytes:
    named = name.encode(errors="surrogatepass") + b"\n" + kind + public
    return hashlib.sha256(named).digest()[:_HINT_BYTES]


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(text: str) -> bytes:
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotAuthentic from None
    if _b64(octets) != text:  # one value, one spelling
        raise NotAuthentic
    return octets

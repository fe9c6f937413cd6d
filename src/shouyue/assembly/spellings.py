"""The forms in which a known value could stand in a file: encodings, escapes, plain digests."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote

from shouyue.ground.hazmat import tokens

SHORTEST = 6
"""Bytes. What is shorter is found by chance in any large file."""

_DROPPED = {0: 0, 1: 2, 2: 3}  # characters of Base64 that bits of a neighbour reach into


def spellings(value: str) -> dict[str, set[bytes]]:
    """Return the forms of a value by name; without those that are too short, none twice."""
    plain = value.encode()
    escaped = json.dumps(value)[1:-1].encode()
    named = {
        "utf-8": {plain},
        "utf-16": {value.encode("utf-16-le"), value.encode("utf-16-be")},
        "gb18030": {value.encode("gb18030")},
        "json": {escaped, _upper_escapes(escaped)},
        "percent": {quote(value, safe="").encode(), quote(value, safe="").lower().encode()},
        "base64": set(_base64(plain)),
        "hex": {plain.hex().encode(), plain.hex().upper().encode()},
        "sha-256": {
            tokens.fingerprint(value).encode(),
            bytes.fromhex(tokens.fingerprint(value)),
        },
    }
    seen: set[bytes] = set()
    kept = {}
    for name, forms in named.items():
        fresh = {form for form in forms if len(form) >= SHORTEST} - seen
        seen |= fresh
        if fresh:
            kept[name] = fresh
    return kept


def _base64(plain: bytes) -> Iterator[bytes]:
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * shift + plain).rstrip(b"=")
            cut = 1 if (shift + len(plain)) % 3 else 0
            yield whole[_DROPPED[shift] : len(whole) - cut]


def _upper_escapes(escaped: bytes) -> bytes:
    parts = escaped.split(b"\\u")
    return parts[0] + b"".join(b"\\u" + part[:4].upper() + part[4:] for part in parts[1:])

"""Keys as a key service seals them: bound to their owner inside, under a version it names.

A key service may not know additional data, or silently pass over them, and none wraps anew what
carries them. So the binding goes inside the sealed part: 32 bytes of digest, then the key. Whoever
cannot forge the seal cannot move a key to another owner. The wrapped form is the service's own
text, `vault:v3:…`.
"""

import re

from shouyue.ground.hazmat import suites, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.suites import Suite

_DIGEST_BYTES = 32
_WRAPPED = re.compile(rb"vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/]{16,512}={0,2}")


def pack(key: bytes, bound: bytes) -> bytes:
    """Return what is handed to the key service."""
    return suites.digest(Suite.AES, bound) + key


def unpack(packed: bytes, bound: bytes) -> bytes:
    """Return the key, or raise NotAuthentic where it is bound to something else."""
    mark, key = packed[:_DIGEST_BYTES], packed[_DIGEST_BYTES:]
    if not key or not tokens.same(mark, suites.digest(Suite.AES, bound)):
        raise NotAuthentic
    return key


def version(wrapped: bytes) -> int:
    """Return the version that the service has named, or raise NotAuthentic."""
    found = _WRAPPED.fullmatch(wrapped)
    if found is None:
        raise NotAuthentic
    return int(found[1])

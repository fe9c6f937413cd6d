"""Counts that gateways share in one Redis: parts of a limit are given out, each second anew.

One script call for all limits that are asked about together. Keys hold ids and live three seconds;
nothing is kept. Needs the extra `redis`.
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shouyue.doors.wire.errors import NoAnswer
from shouyue.platform.quotas.shares import Want
from shouyue.privacy.egress.identities import SUITES

_SECONDS = 0.25
_LIFE = 3
_SCRIPT = """
local given = {}
for at, key in ipairs(KEYS) do
  local owed, wanted, most = ARGV[3 * at - 2], tonumber(ARGV[3 * at - 1]), tonumber(ARGV[3 * at])
  local used = redis.call('INCRBY', key, owed)
  given[at] = math.max(0, math.min(wanted, most - used))
  redis.call('INCRBY', key, given[at])
  redis.call('EXPIRE', key, ARGV[#ARGV])
end
return given
"""


class Counters:
    """One connection to one Redis (no cluster: a script call touches many keys)."""

    def __init__(self, url: str, seconds: float = _SECONDS) -> None:
        """Open nothing yet. An answer that takes longer than `seconds` is none."""
        self._redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **_bounds(url))
        self._script = self._redis.register_script(_SCRIPT)
        self._seconds = seconds

    async def lease(self, wants: Sequence[Want]) -> list[int]:
        """Return how many were given for each, in the same order; raise NoAnswer."""
        keys = [f"shouyue:{one.second}:{':'.join(one.key)}" for one in wants]
        numbers = [number for one in wants for number in (one.owed, one.wanted, one.most)]
        try:
            async with asyncio.timeout(self._seconds):
                given = await self._script(keys=keys, args=[*numbers, _LIFE])
        except TimeoutError:
            raise NoAnswer("timeout", sent=True) from None
        except (RedisError, OSError):
            raise NoAnswer("closed", sent=True) from None
        if not isinstance(given, list) or len(given) != len(wants):
            raise NoAnswer("garbled", sent=True)
        return [int(count) for count in given]

    async def close(self) -> None:
        """Let the connection go."""
        await self._redis.aclose()


def _bounds(url: str) -> dict[str, Any]:
    # As our own door has them. Certificates stand in the address: `ssl_certfile` and its like.
    if not url.startswith("rediss:"):
        return {}
    return {"ssl_min_version": ssl.TLSVersion.TLSv1_2, "ssl_ciphers": SUITES}

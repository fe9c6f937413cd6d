"""Ids: 26 characters of Crockford base 32, ten of time and sixteen of chance (the ULID form)."""

from shouyue.ground.kit.types import Clock, Dice, NewId

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_CHANCE_BYTES = 10
_CHANCE_SHIFTS = range(70, -1, -10)


def maker(clock: Clock, dice: Dice) -> NewId:
    """Return an id maker. Ids sort by millisecond; within one they do not promise an order."""
    front = (-1, "")  # the newest millisecond and its spelling, as one value: threads meet here

    def new_id() -> str:
        nonlocal front
        moment = int(clock().timestamp() * 1000)
        at, spelled = front
        if at != moment:
            spelled = _spell(moment, 5)
            front = (moment, spelled)
        chance = int.from_bytes(dice(_CHANCE_BYTES), "big")
        return spelled + "".join([_PAIRS[chance >> shift & 1023] for shift in _CHANCE_SHIFTS])

    return new_id


def family(identity: str, count: int) -> list[str]:
    """Return so many ids of things made together: a fresh id, its last four characters counted.

    At most 2**20. Between families, the sixty bits of chance that stay keep them apart.
    """
    stem = identity[:-4]
    return [stem + _PAIRS[number >> 10] + _PAIRS[number & 1023] for number in range(count)]


def _spell(number: int, pairs: int) -> str:
    """Return the number in so many pairs of characters; two at a time, for each call needs one."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(10 * pairs - 10, -1, -10)])

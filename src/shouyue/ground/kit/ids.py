"""Ids: 26 characters of Crockford base 32, ten of time and sixteen of chance (the ULID form)."""

from shouyue.ground.kit.types import Clock, Dice, NewId

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_CHANCE_BYTES = 10
_CHANCE_PAIRS = 8
_AT_ONCE = 64


def maker(clock: Clock, dice: Dice) -> NewId:
    """Return an id maker. Ids sort by millisecond; within one they do not promise an order.

    Chance is drawn for many ids at once: to ask the system for each costs as much as all the rest.
    A process that forks makes a maker of its own.
    """
    front = (-1, "")  # the newest millisecond and its spelling, as one value: threads meet here
    drawn: list[str] = []  # whoever takes one takes it alone

    def new_id() -> str:
        nonlocal front
        moment = int(clock().timestamp() * 1000)
        at, spelled = front
        if at != moment:
            spelled = _spell(moment, 5)
            front = (moment, spelled)
        try:
            return spelled + drawn.pop()
        except IndexError:
            first, *rest = _chances(dice)
            drawn.extend(rest)
            return spelled + first

    return new_id


def _chances(dice: Dice) -> list[str]:
    octets = dice(_CHANCE_BYTES * _AT_ONCE)
    return [
        _spell(int.from_bytes(octets[at : at + _CHANCE_BYTES], "big"), _CHANCE_PAIRS)
        for at in range(0, len(octets), _CHANCE_BYTES)
    ]


def _spell(number: int, pairs: int) -> str:
    """Return the number in so many pairs of characters; two at a time, for each call needs one."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(10 * pairs - 10, -1, -10)])

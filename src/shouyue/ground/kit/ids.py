"""Ids: 26 characters of Crockford base 32, ten of time and sixteen of chance (the ULID form)."""

from shouyue.ground.kit.types import Clock, Dice, NewId

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_CHARS = 10
_CHANCE_BYTES = 10
_CHANCE_CHARS = 16


def maker(clock: Clock, dice: Dice) -> NewId:
    """Return an id maker. Ids sort by millisecond; within one they do not promise an order."""

    def new_id() -> str:
        moment = int(clock().timestamp() * 1000)
        chance = int.from_bytes(dice(_CHANCE_BYTES), "big")
        return _spell(moment, _TIME_CHARS) + _spell(chance, _CHANCE_CHARS)

    return new_id


def _spell(number: int, width: int) -> str:
    chars = []
    for _ in range(width):
        number, digit = divmod(number, 32)
        chars.append(_ALPHABET[digit])
    return "".join(reversed(chars))

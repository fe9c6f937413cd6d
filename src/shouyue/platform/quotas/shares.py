"""What one gateway may admit of a limit that several share in a second: pure, without waiting.

The limits lie in one pot that all gateways reach. Each takes a part of a limit at a time, so that
most calls ask nobody; before its first part is there it may use a twentieth on its own, told with
the next question. So all together pass a limit by a twentieth for each gateway at most, and one
below twenty not at all. Where the pot cannot be reached each has the whole limit for itself: a
good call is never refused for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_PART = 20
Key = tuple[str, ...]
Bound = tuple[Key, int, str]
"""What is counted, how many may be, and how the protocol names it."""


@dataclass(frozen=True, slots=True)
class Want:
    """A question to the pot: what was used unasked, how many more are wanted, the limit."""

    key: Key
    second: int
    owed: int
    wanted: int
    most: int


@dataclass(slots=True)
class _Share:
    """What a gateway holds of one limit in this second."""

    most: int
    free: int
    left: int = 0
    owed: int = 0
    waiting: int = 0
    is_drained: bool = False


class Shares:
    """One per gateway, used from its event loop alone."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.is_alone = False
        """The pot cannot be reached."""
        self._second = -1
        self._shares: dict[Key, _Share] = {}
        self._wanting: set[Key] = set()

    @property
    def is_wanting(self) -> bool:
        """Whether there is something to ask the pot."""
        return bool(self._wanting)

    def lacks(self, bounds: Sequence[Bound], second: int) -> bool:
        """Tell whether the pot must be asked before these may be used; it is told so then."""
        if second != self._second:
            self._second, self._shares, self._wanting = second, {}, set()
        found = False
        for key, most, _ in bounds:
            share = self._share(key, most)
            if share.left or share.is_drained:
                continue
            self._wanting.add(key)
            if not share.free and not self.is_alone:
                share.waiting += 1
                found = True
        return found

    def over(self, bounds: Sequence[Bound]) -> Bound | None:
        """Return the first limit of which nothing is left for anybody."""
        if self.is_alone:
            return None
        return next((one for one in bounds if self._is_over(self._share(one[0], one[1]))), None)

    def use(self, bounds: Sequence[Bound]) -> None:
        """Use one of each."""
        for key, most, _ in bounds:
            share = self._share(key, most)
            if share.left:
                share.left -= 1
                continue
            # Unasked, or the part that a call waited for went to others: owed, and told soon.
            share.free -= 1 if share.free else 0
            share.owed += 1

    def wants(self) -> Sequence[Want]:
        """Return what is to be asked of the pot now."""
        keys, self._wanting = self._wanting, set()
        return [self._want(key, self._shares[key]) for key in keys]

    def given(self, wants: Sequence[Want], given: Sequence[int]) -> None:
        """Take over what the pot gave for each question."""
        self.is_alone = False
        for want, count in zip(wants, given, strict=True):
            share = self._shares.get(want.key)
            if share is not None and want.second == self._second:
                share.left += count
                share.is_drained = count < want.wanted

    def silent(self, wants: Sequence[Want]) -> bool:
        """Go on alone, the pot gave no answer; tell whether that is new."""
        is_new, self.is_alone = not self.is_alone, True
        for want in wants:
            if want.second == self._second and (share := self._shares.get(want.key)):
                share.owed += want.owed
        return is_new

    def _share(self, key: Key, most: int) -> _Share:
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = _Share(most, free=most // _PART)
        return share

    def _want(self, key: Key, share: _Share) -> Want:
        wanted = max(share.waiting, share.most // _PART, 1)
        owed, share.owed, share.waiting = share.owed, 0, 0
        return Want(key, self._second, owed, wanted, share.most)

    @staticmethod
    def _is_over(share: _Share) -> bool:
        return share.is_drained and not share.left

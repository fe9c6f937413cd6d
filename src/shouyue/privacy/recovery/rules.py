"""What the lines of the erasure journal say together."""

from collections.abc import Iterable, Sequence

from shouyue.ground.store.journal import SPARED, Line
from shouyue.privacy.keys.types import MOVED, Cause

_ERASURES = frozenset(Cause)
"""Other causes are of other rooms: the founding, a consent taken back, a legal hold."""


class Verdict:
    """Which keys are gone and which items; a later line takes an earlier one back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Read all lines once."""
        self._standing: dict[tuple[str, str], Line] = {}
        self._restricted: dict[tuple[str, str], Line] = {}
        latest: dict[tuple[str, str], dict[tuple[str, str], Line]] = {}
        for line in lines:
            at = (line.key, line.item)
            if line.cause == SPARED:
                latest.get(at, self._standing).pop(at, None)
            elif line.cause in _ERASURES:
                # An item that was erased, kept again and then restricted stands in both.
                moved = line.item and line.cause == Cause.RESTRICTED
                latest[at] = self._restricted if moved else self._standing
                latest[at][at] = line
        self._heirs = {
            line.key: line.heir
            for line in self._standing.values()
            if not line.item and line.cause in MOVED
        }

    def listed(self) -> set[str]:
        """Return every key that the journal counts as destroyed, moved ones among them."""
        return {key for key, item in self._standing if not item}

    def dead(self) -> list[str]:
        """Return the keys whose values are gone. A moved key is, once its heir is."""
        return sorted(key for key in self.listed() if self._is_dead(key))

    def items(self) -> list[tuple[list[str], Line]]:
        """Return erased items, each with the keys under which the value may stand in a backup.

        An item that went into custody is erased once it has ended there.
        """
        over = [line for line in self._restricted.values() if self._is_over(line)]
        erased = [line for line in self._standing.values() if line.item]
        return [self._with_keys(line) for line in [*erased, *over]]

    def restricted(self) -> list[tuple[list[str], Line]]:
        """Return items that are kept in custody, each with the keys of the days before."""
        kept = [line for line in self._restricted.values() if not self._is_over(line)]
        return [self._with_keys(line) for line in kept]

    def _with_keys(self, line: Line) -> tuple[list[str], Line]:
        return [line.key, *self._before(line.key)], line

    def _is_over(self, line: Line) -> bool:
        key, seen = line.heir, set[str]()
        while key not in seen:
            seen.add(key)
            end = self._standing.get((key, line.item))
            if end is not None and end.at >= line.at:
                return True
            if key not in self._heirs:
                return (key, "") in self._standing
            key = self._heirs[key]
        return False

    def _is_dead(self, key: str) -> bool:
        seen: set[str] = set()
        while key in self._heirs and key not in seen:
            seen.add(key)
            key = self._heirs[key]
        return (key, "") in self._standing and key not in self._heirs

    def _before(self, key: str) -> Sequence[str]:
        found: list[str] = []
        waiting = [key]
        while waiting:
            heir = waiting.pop()
            older = [one for one, to in self._heirs.items() if to == heir and one not in found]
            found += older
            waiting += older
        return found

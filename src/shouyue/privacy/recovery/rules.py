"""What the lines of the erasure journal say together."""

from collections.abc import Iterable, Sequence

from shouyue.ground.store.journal import FOUNDED, SPARED, Line
from shouyue.privacy.keys.types import MOVED, Cause


class Verdict:
    """Which keys are gone and which items; a later line takes an earlier one back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Read all lines once."""
        last = {(line.key, line.item): line for line in lines if line.cause != FOUNDED}
        self._standing = {at: line for at, line in last.items() if line.cause != SPARED}
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
        return [found for found in self._by_item() if self._is_over(found[1])]

    def restricted(self) -> list[tuple[list[str], Line]]:
        """Return items that are kept in custody, each with the keys of the days before."""
        return [found for found in self._by_item() if not self._is_over(found[1])]

    def _by_item(self) -> list[tuple[list[str], Line]]:
        lines = [line for line in self._standing.values() if line.item]
        return [([line.key, *self._before(line.key)], line) for line in lines]

    def _is_over(self, line: Line) -> bool:
        if line.cause != Cause.RESTRICTED:
            return True
        key, seen = line.heir, set[str]()
        while key not in seen:
            seen.add(key)
            end = self._standing.get((key, line.item))
            if end is not None and end.cause != Cause.RESTRICTED and end.at >= line.at:
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

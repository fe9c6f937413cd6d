"""One keeper of roots after another: a key service that takes over from the sealed file.

New keys are wrapped by the new keeper, the old one still opens what it wrapped, and every key
moves over as it does after a rotation. What is left of the old keeper then goes root by root.
"""

from collections.abc import Sequence

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber, RootKey


class Succession:
    """A RootKey of two. Whose a wrapped key is shows in its form."""

    def __init__(self, new: RootKey, old: RootKey) -> None:
        """Ask nothing yet."""
        self._new = new
        self._old = old

    def wrap(self, chamber: Chamber, key: bytes, bound: bytes) -> bytes:
        """Return the key wrapped by the new keeper."""
        return self._new.wrap(chamber, key, bound)

    def unwrap(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes:
        """Return the key from whichever keeper wrapped it."""
        return self._keeper(wrapped).unwrap(chamber, wrapped, bound)

    def rewrap(
        self, chamber: Chamber, keys: Sequence[tuple[bytes, bytes]]
    ) -> Sequence[bytes | None]:
        """Return the keys wrapped by the new keeper, None for one that does not open."""
        return [self._over(chamber, wrapped, bound) for wrapped, bound in keys]

    def name_of(self, wrapped: bytes) -> str:
        """Return the name that the keeper of a wrapped key gives to its root version."""
        return self._keeper(wrapped).name_of(wrapped)

    def names(self, chamber: Chamber) -> Sequence[str]:
        """Return the versions of both, the old keeper's first."""
        return [*self._old.names(chamber), *self._new.names(chamber)]

    def rotate(self) -> None:
        """Add a version at the new keeper."""
        self._new.rotate()

    def retire(self, chamber: Chamber, name: str) -> None:
        """Destroy a version at whichever keeper has it."""
        keeper = self._new if name in self._new.names(chamber) else self._old
        keeper.retire(chamber, name)

    def pepper(self) -> bytes:
        """Return the pepper as the new keeper has it."""
        return self._new.pepper()

    def _over(self, chamber: Chamber, wrapped: bytes, bound: bytes) -> bytes | None:
        keeper = self._keeper(wrapped)
        if keeper is self._new:
            return self._new.rewrap(chamber, [(wrapped, bound)])[0]
        try:
            return self._new.wrap(chamber, self._old.unwrap(chamber, wrapped, bound), bound)
        except NotAuthentic:
            return None

    def _keeper(self, wrapped: bytes) -> RootKey:
        try:
            self._new.name_of(wrapped)
        except NotAuthentic:
            return self._old
        return self._new

"""Files on their way through the house: too large for memory, and nobody's to keep.

What passes a piece's length lies in a file without a name, sealed under a key that only this
process has and forgets with the file. So a disk that is copied or a process that is killed leaves
nothing to read (clause 5.1.1). One event loop uses a place; nothing here waits but for the disk.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import structlog

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import Dice
from shouyue.ground.spools.errors import NoRoom

PIECE = 64 * 1024
MOST = 2 * 1024 * 1024 * 1024
"""Octets of all files together, unless assembly says otherwise."""

_log = structlog.get_logger("shouyue.spools")


class Spools:
    """The place for them."""

    def __init__(
        self, folder: Path, dice: Dice, suite: Suite = Suite.AES, most: int = MOST
    ) -> None:
        """Use a folder of our own; make it where there is none."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self.dice, self.suite = folder, dice, suite
        self.held = 0
        self._most = most

    def open(self) -> "Spool":
        """Begin a file; whoever asks closes it."""
        return Spool(self)

    def take(self, octets: int) -> None:
        """Count so many octets more; raise NoRoom."""
        if self.held + octets > self._most:
            _log.warning("spools.full", held=self.held)
            raise NoRoom
        self.held += octets


class Spool:
    """One file. It is written from the beginning to the end, and read as often as need be."""

    def __init__(self, place: Spools) -> None:
        """Hold nothing yet."""
        self._place = place
        self._rest = bytearray()
        self._key = b""
        self._size = self._sealed = 0
        self._file: int | None = None

    def __len__(self) -> int:
        """How many octets were written."""
        return self._size

    def write(self, octets: bytes) -> None:
        """Add to its end; raise NoRoom where the place or the disk is full."""
        self._place.take(len(octets))
        self._size += len(octets)
        self._rest += octets
        while len(self._rest) >= PIECE:
            self._put(bytes(self._rest[:PIECE]))
            del self._rest[:PIECE]

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it, from the beginning."""
        for number in range(self._sealed):
            yield self._get(number)
        yield bytes(self._rest)

    def close(self) -> None:
        """Forget it."""
        self._place.held -= self._size
        self._size = self._sealed = 0
        self._key, self._rest = b"", bytearray()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _put(self, piece: bytes) -> None:
        try:
            if self._file is None:
                self._key = self._place.dice(self._place.suite.key_bytes)
                with TemporaryFile(dir=self._place.folder, buffering=0) as file:
                    self._file = os.dup(file.fileno())
            sealed = suites.seal(self._place.suite, self._key, self._nonce(), piece, b"spool")
            while sealed:
                sealed = sealed[os.write(self._file, sealed) :]
        except OSError as error:
            _log.error("spools.no-room", error=error.errno)
            raise NoRoom from None
        self._sealed += 1

    def _get(self, number: int) -> bytes:
        if self._file is None:
            raise ValueError("the file is closed")
        length = suites.NONCE_BYTES + PIECE + suites.TAG_BYTES
        sealed = os.pread(self._file, length, number * length)
        return suites.unseal(self._place.suite, self._key, sealed, b"spool")

    def _nonce(self) -> bytes:
        # The key is this file's alone, so a number that never comes twice will do.
        return self._sealed.to_bytes(suites.NONCE_BYTES, "big")


class Kept:
    """The same for what is whole in memory already, and no larger than memory may be."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._octets = bytearray()

    def __len__(self) -> int:
        """How many octets were written."""
        return len(self._octets)

    def write(self, octets: bytes) -> None:
        """Add to its end."""
        self._octets += octets

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it."""
        yield bytes(self._octets)

    def close(self) -> None:
        """Forget it."""
        self._octets.clear()

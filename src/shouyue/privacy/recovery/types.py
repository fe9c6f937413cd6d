"""What crosses the wall: what a backup says of itself, and what a replay did."""

from dataclasses import dataclass

from shouyue.ground.store.journal import Position

FORM = 1
MANIFEST = "manifest.json"
"""Written last: a folder without it is no backup."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is, and the digest of each file in it."""

    id: str
    at: str
    dialect: str
    revision: str
    ledger: int
    note: str
    journal: Position
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What went again after a restore; `restricted` values are in custody again.

    `holds` are legal holds that are as they were, `withdrawn` consents that were taken back again.
    """

    keys: int
    rows: int
    restricted: int
    holds: int = 0
    withdrawn: int = 0

"""What the commands about keys do. Two people destroy keys on the console, not here."""

from collections.abc import Callable
from typing import TypeVar

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.kit.canonical import Plain
from shouyue.ground.store.service import Store
from shouyue.privacy.keys import certificates, roots

T = TypeVar("T")


def status(settings: Settings) -> dict[str, Plain]:
    """Return roots and suites with the number of keys that rest on each."""

    def look(store: Store) -> dict[str, Plain]:
        with store.read() as db:
            return {
                "suite": settings.suite,
                "roots": [
                    {
                        "root": root.id,
                        "since": root.since.isoformat(),
                        "keys": root.keys,
                        "newest": root.newest,
                        "idle": root.idle,
                    }
                    for root in roots.status(db)
                ],
                "kept": {
                    chamber.value: list(store.keys.root.names(chamber)) for chamber in Chamber
                },
                "keys_by_suite": roots.keys_by_suite(db),
                "destroyed_keys": certificates.count(db),
            }

    return _in_house(settings, look)


def rotate(settings: Settings) -> list[str]:
    """Add a root version in each chamber and return their ids; the worker does the rest."""

    def turn(store: Store) -> list[str]:
        with store.begin() as db:
            return roots.rotate(db)

    return _in_house(settings, turn)


def certificate(settings: Settings, key_id: str) -> bytes:
    """Return the receipt of a key's destruction."""

    def find(store: Store) -> bytes:
        with store.read() as db:
            return certificates.receipt(db, key_id)

    return _in_house(settings, find)


def _in_house(settings: Settings, deed: Callable[[Store], T]) -> T:
    house = wiring.build(settings)
    try:
        return deed(house.store)
    finally:
        house.store.close()

"""What a buyer's name, phone and address look like when they leave (protocol, section 5.1)."""

from collections.abc import Callable

from shouyue.ground.hazmat.fields import FieldType, Protector
from shouyue.ground.store.service import Store
from shouyue.privacy.policy.types import Mask
from shouyue.privacy.vault import masks

Veil = tuple[Callable[[str, str], str], Callable[[str], str]]
"""What makes the ciphertext of a value bound to one order, and what makes its mask."""


def veils(store: Store, scope: str) -> dict[str, Veil]:
    """Return the veils of one answer by kind: `name`, `phone`, `address`.

    `scope` is the seller and the app: within it, equal values can be searched for. Two orders never
    share a ciphertext.
    """
    protector = Protector(store.keys, store.means.dice, scope)
    return {name: (protector.of(kind), masks.of(mask)) for name, kind, mask in _KINDS}


_KINDS = [(kind.name.lower(), kind, Mask(kind.name.lower())) for kind in FieldType]

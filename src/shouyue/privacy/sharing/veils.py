"""What a buyer's name, phone and address look like when they leave (protocol, section 5.1)."""

from shouyue.ground.hazmat.fields import FieldType, Protector
from shouyue.ground.store.service import Store
from shouyue.privacy.policy.types import Mask
from shouyue.privacy.sharing.types import Veiled
from shouyue.privacy.vault import masks

_KINDS = {kind.name.lower(): (kind, Mask(kind.name.lower())) for kind in FieldType}


class Veils:
    """Veils the values of one answer, searchable within `scope`: the seller and the app."""

    def __init__(self, store: Store, scope: str) -> None:
        """Make the keys ready."""
        self._protector = Protector(store.keys, store.means.dice, scope)

    def veil(self, kind: str, plain: str, order: str) -> Veiled:
        """Return ciphertext bound to one order, and the mask.

        `kind` is `name`, `phone` or `address`. Two orders never share a ciphertext.
        """
        field, mask = _KINDS[kind]
        return Veiled(self._protector.protect(field, plain, order), masks.mask(mask, plain))

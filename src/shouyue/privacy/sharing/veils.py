"""What a buyer's name, phone and address look like when they leave (protocol, section 5.1)."""

from shouyue.ground.hazmat import fields
from shouyue.ground.hazmat.fields import FieldType
from shouyue.ground.store.service import Store
from shouyue.privacy.policy.types import Mask
from shouyue.privacy.sharing.types import Veiled
from shouyue.privacy.vault import masks


def veil(store: Store, kind: str, plain: str, *, order: str, scope: str) -> Veiled:
    """Return ciphertext bound to one order, searchable within `scope`, and the mask.

    `kind` is `name`, `phone` or `address`. Two orders never share a ciphertext.
    """
    cipher = fields.protect(
        store.keys, FieldType[kind.upper()], plain, order, store.means.dice, scope=scope
    )
    return Veiled(cipher, masks.mask(Mask(kind), plain))

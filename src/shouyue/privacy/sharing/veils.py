"""What a buyer's name, phone and address look like when they leave (protocol, section 5.1)."""

from shouyue.ground.hazmat import fields
from shouyue.ground.hazmat.fields import FieldType
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.policy.types import Mask
from shouyue.privacy.sharing.types import Unveiled, Veiled
from shouyue.privacy.vault import masks


def scope(seller_id: int, app_id: str) -> str:
    """Return within what a search index is the same: one shop as one app sees it."""
    return f"{seller_id}:{app_id}"


def veil(unit: Store | ReadSession, kind: str, plain: str, *, order: str, scope: str) -> Veiled:
    """Return ciphertext bound to one order, searchable within `scope`, and the mask.

    `kind` is `name`, `phone` or `address`. Two orders never share a ciphertext.
    """
    cipher = fields.protect(
        unit.keys, FieldType[kind.upper()], plain, order, unit.means.dice, scope=scope
    )
    return Veiled(cipher, masks.mask(Mask(kind), plain))


def is_veiled(text: str) -> bool:
    """Tell whether a text has the form of a ciphertext."""
    return fields.is_protected(text)


def unveil(unit: Store | ReadSession, cipher: str, *, scope: str) -> Unveiled:
    """Return what a ciphertext hides and of which order; raise NotAuthentic in another scope.

    Whoever calls records a release before the value leaves.
    """
    order, plain = fields.unprotect(unit.keys, cipher, scope=scope)
    kind = FieldType(cipher[0]).name.lower()
    return Unveiled(order, plain, masks.mask(Mask(kind), plain))


def index(unit: Store | ReadSession, kind: str, plain: str, *, scope: str) -> str:
    """Return the search index of a value, as it stands in every ciphertext of the scope."""
    return fields.index(unit.keys, FieldType[kind.upper()], plain, scope)

"""What a buyer's name, phone and address look like when they leave (protocol, section 5.1)."""

from collections.abc import Iterator, Sequence

from shouyue.ground.hazmat import fields
from shouyue.ground.hazmat.fields import FieldType
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.policy.types import Mask
from shouyue.privacy.shapes import masks
from shouyue.privacy.sharing.types import Unveiled, Veiled


def scope(seller_id: int, app_id: str) -> str:
    """Return within what a search index is the same: one shop as one app sees it."""
    return f"{seller_id}:{app_id}"


def veil_all(
    unit: Store | ReadSession, kind: str, values: Sequence[tuple[str, str]], *, scope: str
) -> Iterator[tuple[str, str]]:
    """Yield ciphertext and mask of values of one kind: `name`, `phone` or `address`.

    Each value comes with its order. `scope` is the seller and the app: within it, equal values can
    be searched for. Two orders never share a ciphertext.
    """
    field, show = _KINDS[kind]
    ciphers = fields.protect(unit.keys, unit.means.dice, field, values, scope)
    return zip(ciphers, [show(plain) for plain, _ in values], strict=True)


def veil(unit: Store | ReadSession, kind: str, plain: str, *, order: str, scope: str) -> Veiled:
    """Return one value's ciphertext, bound to its order, and its mask."""
    return Veiled(*next(veil_all(unit, kind, [(plain, order)], scope=scope)))


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


_KINDS = {kind.name.lower(): (kind, masks.of(Mask(kind.name.lower()))) for kind in FieldType}

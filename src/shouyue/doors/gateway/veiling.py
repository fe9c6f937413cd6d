"""Takes people's plain values out of an answer and puts ciphertext and mask in their place.

Which fields these are is the catalogue's knowledge; how they look, the sharing room's.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from shouyue.doors.gateway.errors import UpstreamFailed
from shouyue.doors.gateway.types import Admitted, Shown
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.service import Store
from shouyue.platform.apps.types import Credentials
from shouyue.platform.catalogue import answers
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Guard, Personal, Whose
from shouyue.platform.oauth.types import Pass
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing import veils


def show(store: Store, call: Admitted, content: Any) -> Shown:
    """Return the answer as it may leave and whose data it holds. Changes `content`.

    Fields that the result does not declare are dropped. Raises UpstreamFailed where a value
    belongs to no order.
    """
    api, holder = call.api, call.holder
    if holder is None:
        return Shown(answers.leave(api, content))
    if not api.personal and not api.records.buyer:
        return Shown(answers.leave(api, content, holder.open_id))
    veiler = _Veiler(store, api, holder, call.app)
    for record in _records(content, api.records.each):
        veiler.take(record)
    return Shown(
        answers.leave(api, content, holder.open_id),
        frozenset(veiler.items),
        tuple(veiler.subjects),
        tuple(veiler.refs),
    )


class _Veiler:
    """Goes through the records of one answer and remembers whose data it met."""

    def __init__(self, store: Store, api: Api, holder: Pass, app: Credentials) -> None:
        self.items: set[Item] = set()
        self.subjects: dict[SubjectId, None] = {}
        self.refs: dict[str, None] = {}
        self._keys = store.keys
        self._enterprise = app.enterprise
        self._records = api.records
        self._groups = _groups(api)
        self._subject = holder.subject
        self._veils = veils.Veils(store, f"{holder.seller_id}:{app.app_id}")
        self._known: dict[str, tuple[str, str]] = {}

    def take(self, record: Any) -> None:
        """Veil every personal field of one record."""
        order = _text(_inside(record, self._records.bound))
        at = _inside(record, self._records.buyer[:-1])
        named = self._records.buyer and isinstance(at, dict)
        known = _text(at.get(self._records.buyer[-1])) if named else ""
        ref, alias = self._of(known or order)
        for path, fields in self._groups:
            parent = _inside(record, path)
            if isinstance(parent, dict):
                for one, name, leaving in fields:
                    if name in parent:
                        self._field(parent, one, leaving, order, ref)
        if known:  # one buyer has another id with each developer, so that two cannot compare
            at[self._records.buyer[-1]] = alias

    def _field(
        self, parent: dict[str, Any], one: Personal, leaving: tuple[str, ...], order: str, ref: str
    ) -> None:
        name = one.path[-1]
        plain = _text(parent[name])
        if one.guard is not Guard.OPEN:
            del parent[name]
            parent[leaving[0]] = parent[leaving[1]] = ""
            if plain:
                if not order:
                    raise UpstreamFailed
                veiled = self._veils.veil(one.guard.value, plain, order)
                parent[leaving[0]], parent[leaving[1]] = veiled.cipher, veiled.mask
        if plain:
            self.items.add(one.item)
            if one.whose is Whose.MERCHANT and self._subject is not None:
                self.subjects[self._subject] = None
            else:
                self.refs[ref] = None

    def _of(self, buyer: str) -> tuple[str, str]:
        found = self._known.get(buyer)
        if found is None:
            ref = sharing.buyer_ref(self._keys, buyer)
            found = ref, sharing.buyer_alias(self._keys, self._enterprise, buyer)
            self._known[buyer] = found
        return found


_Fields = list[tuple[Personal, str, tuple[str, ...]]]


@lru_cache(maxsize=1024)
def _groups(api: Api) -> list[tuple[tuple[str, ...], _Fields]]:
    """Return the personal fields by the object they lie in, each with its names."""
    groups: dict[tuple[str, ...], _Fields] = {}
    for one in api.personal:
        field = (one, one.path[-1], catalogue.leaving(one))
        groups.setdefault(one.path[:-1], []).append(field)
    return list(groups.items())


def _records(content: Any, path: tuple[str, ...]) -> Iterator[Any]:
    found = _inside(content, path)
    yield from found if isinstance(found, list) else [found]


def _inside(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

"""Takes people's plain values out of an answer and puts ciphertext and mask in their place.

Which fields these are is the catalogue's knowledge; how they look, the sharing room's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shouyue.doors.gateway.errors import UpstreamFailed
from shouyue.doors.gateway.types import Admitted, Shown
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.service import Store
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import ParamInvalid
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
    if call.holder is None:
        return Shown(catalogue.project(call.api.result, content))
    scope = veils.scope(call.holder.seller_id, call.app.app_id)
    veiler = _Veiler(store, call.api, call.holder, call.app.enterprise, scope)
    for record in _records(content, call.api.records.each):
        veiler.take(record)
    return Shown(
        content=catalogue.project(call.api.result, content, call.holder.open_id),
        items=frozenset(veiler.items),
        subjects=tuple(veiler.subjects),
        refs=tuple(veiler.refs),
    )


def asked(store: Store, call: Admitted) -> Mapping[str, Any]:
    """Return the parameters as the operator knows them: a buyer by the operator's own id.

    Raises ParamInvalid for an id that no order named to this developer.
    """
    param = dict(call.param)
    for name in (one.name for one in call.api.params if one.buyer and param.get(one.name)):
        param[name] = sharing.buyer_of(store.keys, call.app.enterprise, str(param[name]))
        if not param[name]:
            raise ParamInvalid(name=name, wanted="a buyer's id as orders name it")
    return param


@dataclass(slots=True)
class _Veiler:
    """Goes through the records of one answer and remembers whose data it met."""

    store: Store
    api: Api
    holder: Pass
    enterprise: str
    scope: str
    items: set[Item] = field(default_factory=set)
    subjects: dict[SubjectId, None] = field(default_factory=dict)
    refs: dict[str, None] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    def take(self, record: Any) -> None:
        """Veil every personal field of one record."""
        order = _text(_inside(record, self.api.records.bound))
        buyer = _text(_inside(record, self.api.records.buyer)) or order
        for one in self.api.personal:
            parent = _inside(record, one.path[:-1])
            if isinstance(parent, dict) and one.path[-1] in parent:
                self._field(parent, one, order, buyer)
        self._alias(record)

    def _alias(self, record: Any) -> None:
        # One buyer has another id with each developer, so that two cannot put theirs together.
        path = self.api.records.buyer
        parent = _inside(record, path[:-1])
        if path and isinstance(parent, dict) and (known := _text(parent.get(path[-1]))):
            alias = sharing.buyer_alias(self.store.keys, self.enterprise, known)
            parent[path[-1]] = alias

    def _field(self, parent: dict[str, Any], one: Personal, order: str, buyer: str) -> None:
        name = one.path[-1]
        plain = _text(parent[name])
        if one.guard is not Guard.OPEN:
            del parent[name]
            parent.update(self._veiled(one, plain, order))
        if plain:
            self.items.add(one.item)
            self._whose(one, buyer)

    def _veiled(self, one: Personal, plain: str, order: str) -> dict[str, str]:
        cipher_name, mask_name = catalogue.leaving(one)
        if not plain:
            return {cipher_name: "", mask_name: ""}
        if not order:
            raise UpstreamFailed
        veiled = veils.veil(self.store, one.guard.value, plain, order=order, scope=self.scope)
        return {cipher_name: veiled.cipher, mask_name: veiled.mask}

    def _whose(self, one: Personal, buyer: str) -> None:
        if one.whose is Whose.MERCHANT and self.holder.subject is not None:
            self.subjects[self.holder.subject] = None
        else:
            if buyer not in self.marks:
                self.marks[buyer] = sharing.buyer_ref(self.store.keys, buyer)
            self.refs[self.marks[buyer]] = None


def _records(content: Any, path: tuple[str, ...]) -> Iterator[Any]:
    found = _inside(content, path)
    yield from found if isinstance(found, list) else [found]


def _inside(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

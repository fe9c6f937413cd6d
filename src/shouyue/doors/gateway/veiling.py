"""Takes people's plain values out of an answer and puts ciphertext and mask in their place.

Which fields these are is the catalogue's knowledge; how they look, the sharing room's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shouyue.doors.gateway.errors import UnknownBuyer
from shouyue.doors.gateway.types import Admitted, Shown
from shouyue.doors.upstreams.errors import UpstreamFailed
from shouyue.ground.store.service import Store
from shouyue.platform.apps.types import Credentials
from shouyue.platform.catalogue import answers
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Guard, Whose
from shouyue.platform.oauth.types import Pass
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing import veils

_Spot = tuple[int, str]
"""An object of a record, by its number among those that are visited, and the name of a field."""

_Field = tuple[int, str, str, str, str]
"""A field's place in `Api.personal`, its name, its guard (none if open), its two names outside."""

_Value = tuple[str, str]
"""A person's value, and the order that it belongs to."""

_Place = tuple[dict[str, Any], str, str]
"""An object of the answer, and the two fields in it for ciphertext and mask."""


def show(store: Store, call: Admitted, content: Any) -> Shown:
    """Return the answer as it may leave and whose data it holds. Changes `content`.

    Fields that the result does not declare are dropped. Raises UpstreamFailed where a value
    belongs to no order.
    """
    api, holder = call.api, call.holder
    if holder is None:
        return Shown(answers.leave(api, content))
    if not api.personal and not api.records.buyer:
        return Shown(answers.leave(api, content, holder.own()))
    page = _Page(api, holder)
    records = _inside(content, api.records.each)
    for record in records if isinstance(records, list) else [records]:
        page.take(record)
    page.veil(store, veils.scope(holder.seller_id, call.app.app_id))
    page.rename(store, call.app)
    return page.shown(store, answers.leave(api, content, holder.own()), holder)


def asked(store: Store, call: Admitted) -> Mapping[str, Any]:
    """Return the parameters as the operator knows them: a buyer by the operator's own id.

    Raises UnknownBuyer for an id that no order named to this developer.
    """
    names = [one.name for one in call.api.params if one.buyer and call.param.get(one.name)]
    if not names:
        return call.param
    param = dict(call.param)
    for name in names:
        param[name] = sharing.buyer_of(store.keys, call.app.enterprise, str(param[name]))
        if not param[name]:
            raise UnknownBuyer(name=name)
    return param


@dataclass(frozen=True, slots=True)
class _Map:
    """The way through a record: which objects are visited, each from one that was before."""

    steps: Sequence[_Spot]
    order: _Spot | None
    buyer: _Spot | None
    fields: Sequence[tuple[int, Sequence[_Field]]]
    merchants: frozenset[int]


class _Page:
    """Takes the plain values out of all records of an answer; then they are veiled together."""

    def __init__(self, api: Api, holder: Pass) -> None:
        self._api, self._map = api, _map(api)
        self._merchants = frozenset() if holder.subject is None else self._map.merchants
        self._met: set[int] = set()
        self._plain: defaultdict[str, tuple[list[_Value], list[_Place]]] = defaultdict(_nothing)
        self._buyers: dict[str, None] = {}
        self._named: list[tuple[dict[str, Any], str, str]] = []

    def take(self, record: Any) -> None:
        """Take the personal values of one record out, and remember whose they are."""
        found, objects = self._map, [record]
        for above, name in found.steps:
            upper = objects[above]
            objects.append(upper.get(name) if isinstance(upper, dict) else None)
        order, buyer = _text_at(objects, found.order), _text_at(objects, found.buyer)
        if buyer and found.buyer:
            self._named.append((objects[found.buyer[0]], found.buyer[1], buyer))
        for where, fields in found.fields:
            parent = objects[where]
            if isinstance(parent, dict) and self._take(parent, fields, order):
                self._buyers[buyer or order] = None

    def veil(self, store: Store, scope: str) -> None:
        """Put ciphertexts and masks where the values were."""
        for guard, (values, places) in self._plain.items():
            made = veils.veil_all(store, guard, values, scope=scope)
            for (parent, cipher, mask), veiled in zip(places, made, strict=True):
                parent[cipher], parent[mask] = veiled

    def rename(self, store: Store, app: Credentials) -> None:
        """Give buyers other ids: one has another with each developer, so two cannot compare."""
        known = list({buyer: None for _, _, buyer in self._named})
        made = sharing.buyer_aliases(store.keys, app.enterprise, known)
        alias = dict(zip(known, made, strict=True))
        for parent, name, buyer in self._named:
            parent[name] = alias[buyer]

    def shown(self, store: Store, content: Any, holder: Pass) -> Shown:
        """Return what may leave, and whose data were met in it."""
        items = frozenset([self._api.personal[at].item for at in self._met])
        # By a sub-account's token leave its own data and the main account's: both see it.
        givers = () if self._met.isdisjoint(self._merchants) else (holder.main, holder.subject)
        subjects = tuple(one for one in givers if one is not None)
        return Shown(content, items, subjects, tuple(sharing.buyer_refs(store.keys, self._buyers)))

    def _take(self, parent: dict[str, Any], fields: Sequence[_Field], order: str) -> bool:
        """Take the fields of one object, and tell whether a buyer's data were there."""
        buyers = False
        for at, name, guard, cipher, mask in fields:
            if name not in parent:
                continue
            plain = _text(parent[name])
            if guard:
                del parent[name]
                if not plain:
                    parent[cipher] = parent[mask] = ""
                elif order:
                    values, places = self._plain[guard]
                    values.append((plain, order))
                    places.append((parent, cipher, mask))
                else:
                    raise UpstreamFailed
            if plain:
                self._met.add(at)
                buyers = buyers or at not in self._merchants
        return buyers


def _nothing() -> tuple[list[_Value], list[_Place]]:
    return [], []


@lru_cache(maxsize=1024)
def _map(api: Api) -> _Map:
    numbers: dict[tuple[str, ...], int] = {(): 0}
    steps: list[_Spot] = []

    def spot(path: tuple[str, ...]) -> _Spot:
        for length in range(1, len(path)):
            if path[:length] not in numbers:
                steps.append((numbers[path[: length - 1]], path[length - 1]))
                numbers[path[:length]] = len(steps)
        return numbers[path[:-1]], path[-1]

    fields: defaultdict[int, list[_Field]] = defaultdict(list)
    for at, one in enumerate(api.personal):
        where, name = spot(one.path)
        guard = "" if one.guard is Guard.OPEN else one.guard.value
        outside = catalogue.leaving(one)
        fields[where].append((at, name, guard, outside[0], outside[-1]))
    order, buyer = (spot(path) if path else None for path in (api.records.bound, api.records.buyer))
    merchants = frozenset(at for at, one in enumerate(api.personal) if one.whose is Whose.MERCHANT)
    return _Map(steps, order, buyer, list(fields.items()), merchants)


def _inside(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text_at(objects: Sequence[Any], spot: _Spot | None) -> str:
    parent = objects[spot[0]] if spot else None
    return _text(parent.get(spot[1])) if spot and isinstance(parent, dict) else ""


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

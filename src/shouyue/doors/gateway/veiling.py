"""Takes people's plain values out of an answer and puts ciphertext and mask in their place.

Which fields these are is the catalogue's knowledge; how they look, the sharing room's.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from shouyue.doors.gateway.types import Admitted, Shown
from shouyue.doors.upstreams.errors import UpstreamFailed
from shouyue.ground.store.service import Store
from shouyue.platform.apps.types import Credentials
from shouyue.platform.catalogue import answers
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import ParamInvalid
from shouyue.platform.catalogue.types import Api, Whose
from shouyue.platform.oauth.types import Pass
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing import veils

_Field = tuple[int, str, str, str, str]
"""A personal field's place in `Api.personal`, its name, its two names outside, and its guard."""

_Veiled = tuple[int, str, str, str, veils.Veil | None]
"""The same, with what veils it in one answer; None where it leaves as it is."""


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
    veiler = _Veiler(store, api, holder, call.app)
    for record in _records(content, api.records.each):
        veiler.take(record)
    return veiler.shown(answers.leave(api, content, holder.own()), holder)


def asked(store: Store, call: Admitted) -> Mapping[str, Any]:
    """Return the parameters as the operator knows them: a buyer by the operator's own id.

    Raises ParamInvalid for an id that no order named to this developer.
    """
    names = [one.name for one in call.api.params if one.buyer and call.param.get(one.name)]
    if not names:
        return call.param
    param = dict(call.param)
    for name in names:
        param[name] = sharing.buyer_of(store.keys, call.app.enterprise, str(param[name]))
        if not param[name]:
            raise ParamInvalid(name=name, wanted="a buyer's id as orders name it")
    return param


class _Veiler:
    """Goes through the records of one answer and remembers whose data it met."""

    def __init__(self, store: Store, api: Api, holder: Pass, app: Credentials) -> None:
        self._api = api
        self._mark = sharing.marks(store.keys, app.enterprise)
        made = veils.veils(store, veils.scope(holder.seller_id, app.app_id))
        self._groups = [
            (way, [(*field[:4], made.get(field[4])) for field in fields])
            for way, fields in _groups(api)
        ]
        self._merchants = _merchants(api) if holder.subject is not None else frozenset()
        self._met: set[int] = set()
        self._refs: dict[str, None] = {}
        self._known: dict[str, tuple[str, str]] = {}

    def take(self, record: Any) -> None:
        """Veil every personal field of one record."""
        order = _text(_inside(record, self._api.records.bound))
        path = self._api.records.buyer
        at = _inside(record, path[:-1]) if path else None
        known = _text(at.get(path[-1])) if isinstance(at, dict) else ""
        buyer = known or order
        # By which mark a buyer is known here, and by which id with this developer.
        marks = self._known.get(buyer)
        if marks is None:
            marks = self._known[buyer] = self._mark(buyer)
        for way, fields in self._groups:
            parent = _inside(record, way)
            if isinstance(parent, dict) and self._veil(parent, fields, order):
                self._refs[marks[0]] = None
        if known and isinstance(at, dict):
            # One buyer has another id with each developer: two cannot put theirs together.
            at[path[-1]] = marks[1]

    def shown(self, content: Any, holder: Pass) -> Shown:
        """Return what may leave, and whose data were met in it."""
        items = frozenset(self._api.personal[at].item for at in self._met)
        merchants = self._met & self._merchants
        # By a sub-account's token leave its own data and the main account's: both see it.
        givers = (holder.main, holder.subject) if merchants else ()
        subjects = tuple(one for one in givers if one is not None)
        return Shown(content, items, subjects, tuple(self._refs))

    def _veil(self, parent: dict[str, Any], fields: list[_Veiled], order: str) -> bool:
        """Veil the fields of one object, and tell whether a buyer's data were there."""
        buyers = False
        for at, name, cipher, mask, veil in fields:
            if name not in parent:
                continue
            plain = _text(parent[name])
            if veil is not None:
                del parent[name]
                parent[cipher] = parent[mask] = ""
                if plain and not order:
                    raise UpstreamFailed
                if plain:
                    parent[cipher], parent[mask] = veil[0](plain, order), veil[1](plain)
            if plain:
                self._met.add(at)
                buyers = buyers or at not in self._merchants
        return buyers


@lru_cache(maxsize=1024)
def _groups(api: Api) -> list[tuple[tuple[str, ...], list[_Field]]]:
    """Return the personal fields by the object they lie in."""
    groups: dict[tuple[str, ...], list[_Field]] = {}
    for at, one in enumerate(api.personal):
        names = catalogue.leaving(one)
        field = (at, one.path[-1], names[0], names[-1], one.guard.value)
        groups.setdefault(one.path[:-1], []).append(field)
    return list(groups.items())


@lru_cache(maxsize=1024)
def _merchants(api: Api) -> frozenset[int]:
    return frozenset(at for at, one in enumerate(api.personal) if one.whose is Whose.MERCHANT)


def _records(content: Any, path: tuple[str, ...]) -> Iterator[Any]:
    found = _inside(content, path)
    yield from found if isinstance(found, list) else [found]


def _inside(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

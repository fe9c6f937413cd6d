"""Answers the signed calls whose `handler` in the catalogue is the house and not an upstream.

The gateway has checked app, signature, token and parameters before; what comes back leaves in its
envelope. Clauses: 2.3, 4.1, 5.1.2.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shouyue.doors.answers import batches, orders
from shouyue.doors.answers.orders import Ask
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import Session
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.types import Caller, Cipher, Told, Value

_Outcomes = list[str | Refusal]
_Verb = Callable[[Session, Caller, Sequence[Any], Told], _Outcomes]


def _index(db: Session, caller: Caller, batch: Sequence[Value], _told: Told) -> _Outcomes:
    return decryption.index(db, caller, batch)


_VERBS: Mapping[str, tuple[Callable[[batches.Item], Any], _Verb]] = {
    "open.order.decrypt.batch": (batches.cipher, decryption.decrypt),
    "open.order.desensitise.batch": (batches.cipher, decryption.desensitise),
    "open.order.encrypt.batch": (batches.value, decryption.encrypt),
    "open.order.search.index.batch": (batches.searched, _index),
}


async def answer(
    store: Store, caller: Caller, param: Mapping[str, Any], ask: Ask
) -> Mapping[str, Any]:
    """Return the fields of the answer, once what they release is committed.

    Raises OrdersSilent, what `ask` raises, and what `sharing.record` raises: then nothing leaves.
    """
    form, (reader, verb) = batches.FORMS[caller.via], _VERBS[caller.via]
    items = param[form.asked]
    batch = batches.read(items, reader)
    fit: list[Cipher | Value] = [one for one in batch if not isinstance(one, Refusal)]
    told = await orders.told({one.order for one in fit if one.order}, ask)
    done = iter(await asyncio.to_thread(store.do, lambda db: verb(db, caller, fit, told)))
    outcomes = [one if isinstance(one, Refusal) else next(done) for one in batch]
    return batches.write(form, items, outcomes)

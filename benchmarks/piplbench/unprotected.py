"""The same code with its protection taken off: values in clear, no evidence, no record of looks."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from shouyue.privacy.keys import service as keys
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.vault import evidence

_LEAF = "0" * 26


@contextmanager
def unprotected() -> Iterator[None]:
    """Take it off for as long as this is open."""
    with ExitStack() as stack:
        for room, verb, instead in (
            (keys, "seal", lambda _db, _key, _place, plain: plain),
            (keys, "unseal", lambda _db, _key, _place, sealed: sealed),
            (ledger, "append", lambda _db, _fact: _LEAF),
            (evidence, "looked_all", lambda *_: None),
        ):
            stack.enter_context(mock.patch.object(room, verb, instead))
        yield

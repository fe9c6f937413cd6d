"""Receipts as C2SP `tlog-proof` text, which other people's tools read.

Source: c2sp.org/tlog-proof. The extra line holds what an application needs to rebuild the leaf:
leaf, opening, the log's key and its witnesses', which the signatures and the commitment cover.
"""

import base64
import json

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.canonical import canonical
from shouyue.privacy.ledger import rules
from shouyue.privacy.ledger.types import Receipt

HEAD = "c2sp.org/tlog-proof@v1\n"
_EXTRA, _INDEX = "extra ", "index "


def write(receipt: Receipt) -> bytes:
    """Return the receipt as a tlog-proof: head, extra, index, path and checkpoint, in lines."""
    rest = rules.plain(receipt)
    names = ("v", "leaf", "opening", "verifier", "witnesses")
    extra = {name: rest[name] for name in names if name in rest}
    lines = [f"{_EXTRA}{_b64(canonical(extra))}", f"{_INDEX}{receipt.index}"]
    lines += map(_b64, receipt.proof)
    head = "\n".join(lines)
    return f"{HEAD}{head}\n\n{receipt.checkpoint}".encode()


def read(text: bytes) -> Receipt:
    """Return the receipt if the bytes are exactly what `write` makes of it, else NotAuthentic."""
    if len(text) > rules.RECEIPT_BYTES:
        raise NotAuthentic
    try:
        head, _, checkpoint = text.decode().removeprefix(HEAD).partition("\n\n")
        extra, index, *path = head.split("\n")
        bundle = {
            **json.loads(base64.b64decode(extra.removeprefix(_EXTRA))),
            "index": int(index.removeprefix(_INDEX)),
            "proof": [base64.b64decode(part).hex() for part in path],
            "checkpoint": checkpoint,
        }
        receipt = rules.read(canonical(bundle))
    except (ValueError, TypeError, RecursionError):
        raise NotAuthentic from None
    # One proof, one spelling: whatever this reading passed over shows here.
    if write(receipt) != text:
        raise NotAuthentic
    return receipt


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()

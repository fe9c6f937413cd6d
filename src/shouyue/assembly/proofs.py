"""What a receipt that was checked proves, in lines that a person reads."""

from collections.abc import Iterator

from shouyue.privacy.ledger.types import Verified


def told(found: Verified, *, pinned: bool) -> Iterator[str]:
    """Yield what happened when, where it stands in the log, its facts, and who vouches for it."""
    leaf = found.leaf
    yield f"verified: {leaf.kind} at {leaf.at.isoformat()}"
    yield f"log: {found.origin}, leaf {found.index} of {found.size}, id {leaf.id}"
    if found.opening is None:
        yield "facts: none in this file, so it proves the kind and the time alone"
    else:
        if found.opening.subject is not None:
            yield f"subject: {found.opening.subject}"
        for name, value in found.opening.facts.items():
            yield f"fact {name}: {value}"
    for one in found.witnesses:
        yield f"witness: {one.name} at {one.at.isoformat()}, key {one.key}"
    if not pinned:
        yield f"key: {found.verifier}"
        yield "No --key was given: that key is the file's own, and anybody could have made it."

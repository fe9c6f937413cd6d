"""Root versions: which there are, which keys rest on them, and how keys move to the newest.

The keeper holds the roots; these rows say what depends on them. A key points to the root that
wrapped it, so a root that is still needed cannot be let go, also when two processes meet.
"""

from shouyue.ground.hazmat.errors import KeyUnavailable
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.keys import queries, rules
from shouyue.privacy.keys.errors import RootNeeded
from shouyue.privacy.keys.tables import RetiredRoot, RootVersion
from shouyue.privacy.keys.types import Anew, Root, Wrapped
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

REWRAP = "keys.rewrap"
_MET = "shouyue.keys.roots"
"""Where a unit of work remembers which roots it has seen; the foreign key has the last word."""

_AT_ONCE = 50
"""Even with a slow key service, asked once for each, they are done within a job's lease."""


def of_wrapped(db: Session, chamber: Chamber, wrapped: bytes) -> str:
    """Return the id of the root version that wrapped a key, written down when it is first met.

    Raises KeyUnavailable for a retired one: this process holds a root that it should not.
    """
    root_id = rules.root_id(chamber, db.keys.root.name_of(wrapped))
    if root_id in db.info.setdefault(_MET, set()):
        return root_id
    if not queries.has_root(db, root_id):
        register(db, chamber)
        if not queries.has_root(db, root_id):
            raise KeyUnavailable
    db.info[_MET].add(root_id)
    return root_id


def register(db: Session, chamber: Chamber) -> str:
    """Write the keeper's newest root down, unless it is there, and return its id.

    Raises KeyUnavailable for a retired one.
    """
    probe = db.keys.root.wrap(chamber, rules.PROBE, rules.PROBE_BOND)
    root_id = rules.root_id(chamber, db.keys.root.name_of(probe))
    if queries.has_root(db, root_id):
        return root_id
    if queries.retired(db, root_id):
        raise KeyUnavailable
    place = 1 + max((row.place for row in queries.roots(db) if row.chamber == chamber), default=0)
    row = RootVersion(id=root_id, chamber=chamber.value, place=place, probe=probe, since=db.clock())
    queries.add(db, row)
    return root_id


@control(Clause.C5_1_1, says="Roots are renewed while the house is open, and keys follow.")
def rotate(db: Session) -> list[str]:
    """Have the keeper add a root to each chamber, and ask for every key to follow.

    Returns the ids of the new roots. Once the keeper has answered, a failure here loses nothing:
    a root is written down when it is first met.
    """
    db.keys.root.rotate()
    fresh = [register(db, chamber) for chamber in Chamber]
    for root_id in fresh:
        ledger.append(db, Fact("keys.rotated", None, {"root": root_id}))
    jobs.enqueue(db, REWRAP, once=REWRAP)
    return fresh


def status(db: ReadSession) -> list[Root]:
    """Return the roots by chamber, oldest first, with how many keys rest on each."""
    counts, newest, rows = queries.keys_by_root(db), queries.newest(db), queries.roots(db)
    oldest = set({row.chamber: row.id for row in reversed(rows)}.values()) - newest
    return [
        Root(
            row.id,
            row.since,
            counts.get(row.id, 0),
            newest=row.id in newest,
            idle=row.id in oldest - counts.keys(),
        )
        for row in rows
    ]


def keys_by_suite(db: ReadSession) -> dict[str, int]:
    """Return how many keys there are of each suite."""
    return queries.keys_by_suite(db)


def behind(db: ReadSession, after: str = "") -> list[Wrapped]:
    """Return the next keys, by id, that an older root has wrapped; a bounded number."""
    newest = queries.newest(db)
    found = [
        Wrapped(row.id, rules.chamber(row.custody), row.wrapped, rules.key_bond(queries.value(row)))
        for row in queries.behind(db, newest, after, _AT_ONCE)
    ]
    row = queries.pepper(db)
    if row is not None and not after and row.root not in newest:
        found.insert(0, Wrapped("", Chamber.LIVE, row.wrapped, rules.PEPPER_BOND))
    return found


def rewrapped(ring: KeyRing, keys: list[Wrapped]) -> list[Anew]:
    """Return the keys as the newest root wraps them. Asks the keeper; touches no database."""
    done = []
    for chamber in Chamber:
        ours = [key for key in keys if key.chamber is chamber]
        if ours:
            fresh = ring.root.rewrap(chamber, [(key.wrapped, key.bond) for key in ours])
            done += [Anew(key, new) for key, new in zip(ours, fresh, strict=True)]
    return done


def settle(db: Session, done: list[Anew]) -> int:
    """Put the newly wrapped keys in place, and return how many did not open.

    A key that was destroyed or wrapped anew meanwhile is left as it is.
    """
    for key, fresh in ((one.old, one.fresh) for one in done):
        if fresh is not None:
            queries.replace(db, key, fresh, of_wrapped(db, key.chamber, fresh))
    return sum(one.fresh is None for one in done)


def retire(db: Session, root_id: str) -> str:
    """Let a root version go on which nothing rests, and return the ledger leaf of its end.

    Raises RootNeeded where it is the newest, or not the oldest of its chamber, or keys rest on
    it. The keeper destroys it afterwards (`KeyRing.root.retire`); doing it twice is safe.
    """
    gone = queries.retired(db, root_id)
    if gone is not None:
        return gone.leaf
    check_retirable(db, root_id)
    leaf = ledger.append(db, Fact("keys.root-destroyed", None, {"root": root_id}))
    queries.drop_root(db, root_id)
    db.add(RetiredRoot(id=root_id, at=db.clock(), leaf=leaf))
    db.flush()
    return leaf


def check_retirable(db: ReadSession, root_id: str) -> None:
    """Return if nothing rests on the root and it is the oldest of several; raise RootNeeded."""
    found = {root.id: root for root in status(db)}.get(root_id)
    if found is None or not found.idle:
        raise RootNeeded(root=root_id, keys=found.keys if found else 0)

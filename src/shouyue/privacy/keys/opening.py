"""What is checked and found when a house opens: its roots, its founding suite, its pepper.

Assembly asks, before anybody comes in; doors may not.
"""

from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import queries, roots, rules
from shouyue.privacy.keys.errors import RootNeeded, WrongRoot
from shouyue.privacy.keys.tables import Founding, RootVersion, SealedPepper
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_PEPPER_BYTES = 32


@control(Clause.C5_1_1, says="The house opens only on a database whose roots it holds.")
def greet(db: Session) -> None:
    """Check that the keeper holds every root that this database needs, and write its newest down.

    One that was destroyed after this database was copied, and that no key rested on even then, is
    let go here too. Raises WrongRoot for another keeper's database or one of which the keeper lacks
    a root, KeyUnavailable where the keeper is silent.
    """
    rows, needed = queries.roots(db), queries.keys_by_root(db)
    gone = [row.id for row in rows if not _is_held(db, row)]
    if lacking := [one for one in gone if one in needed or len(gone) == len(rows)]:
        raise WrongRoot(root=lacking[0])
    for chamber in Chamber:
        roots.register(db, chamber)
    for root_id in gone:
        try:
            roots.retire(db, root_id)
        except RootNeeded:
            raise WrongRoot(root=root_id) from None
    if roots.behind(db):
        # A rotation that was killed after the keeper's part is taken up here.
        jobs.enqueue(db, roots.REWRAP, once=roots.REWRAP)


def _is_held(db: Session, row: RootVersion) -> bool:
    """Tell whether the keeper has the root; one that answers and has not never will."""
    chamber = Chamber(row.chamber)
    try:
        db.keys.unwrap(chamber, row.probe, rules.PROBE_BOND)
    except (NotAuthentic, KeyUnavailable) as no:
        if row.id not in {rules.root_id(chamber, name) for name in db.keys.root.names(chamber)}:
            return False
        if isinstance(no, KeyUnavailable):
            raise
        raise WrongRoot(root=row.id) from None
    return True


def founding(db: Session) -> Suite:
    """Return the suite in which this house was founded: at the first call, the one in force."""
    row = queries.founding(db)
    if row is None:
        row = Founding(id=1, suite=db.keys.suite.value)
        db.add(row)
        db.flush()
    return Suite(row.suite)


def pepper(db: Session, handed_down: bytes = b"") -> bytes:
    """Return the secret for named keys from its row, made at the first call.

    For a keeper that stores nothing of ours, such as a key service. What an earlier keeper hands
    down becomes the row.
    """
    row = queries.pepper(db)
    if row is None:
        wrapped = db.keys.root.wrap(
            Chamber.LIVE, handed_down or db.dice(_PEPPER_BYTES), rules.PEPPER_BOND
        )
        row = SealedPepper(id=1, wrapped=wrapped, root=roots.of_wrapped(db, Chamber.LIVE, wrapped))
        db.add(row)
        db.flush()
    return db.keys.unwrap(Chamber.LIVE, row.wrapped, rules.PEPPER_BOND)

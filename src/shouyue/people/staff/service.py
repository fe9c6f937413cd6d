"""Staff: password and second factor, short sessions, roles that say what each may do (5.1.2).

Every failed sign-in gives the same answer in about the same time, whatever was wrong.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from shouyue.ground.hazmat import otp, passwords, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts.types import Tried
from shouyue.people.staff import passkeys, queries, rules
from shouyue.people.staff.errors import BadStaff, NoStaff, StaffRefused
from shouyue.people.staff.tables import StaffRow, StaffSessionRow
from shouyue.people.staff.types import (
    Assertion,
    Enrolled,
    StaffMember,
    StaffRole,
    StaffVisit,
)
from shouyue.privacy.clearance import grants
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_ISSUER = "Shouyue"
_SEAL = "staff-otp"


def create_staff(db: Session, login: str, password: str, roles: Collection[StaffRole]) -> Enrolled:
    """Return the second factor of a new member, to be shown once. Raises BadStaff."""
    fit = rules.fit(login, password) and roles
    if not fit or queries.by_login(db, login):
        raise BadStaff
    staff_id, secret = db.new_id(), otp.new_secret(db.dice)
    row = StaffRow(
        id=staff_id,
        login=login,
        password_hash=passwords.hash_password(password),
        otp_sealed=db.keys.seal_named(_SEAL, secret.encode(), staff_id.encode()),
        otp_step=0,
        roles=sorted(role.value for role in roles),
        active=True,
        failures=0,
        made_at=db.clock(),
    )
    db.add(row)
    db.flush()
    _record(db, "staff.created", row)
    return Enrolled(staff_id, secret, otp.provisioning_uri(secret, login, _ISSUER))


@control(Clause.C5_1_2, says="Staff enter with two factors; five failures lock for 15 minutes.")
def sign_in(db: Session, login: str, password: str, second: str | Assertion) -> Tried[str]:
    """Return a session token. `second` is a one-time code or a passkey's answer.

    Commit first, then `take`: a failure must stay counted. StaffRefused for every cause.
    """
    row = queries.by_login(db, login)
    known = _password_fits(row, password)
    if row is None:
        return Tried(refusal=StaffRefused())
    # A hundred tries at once are still five: each is judged after the one before was counted.
    row = queries.in_turn(db, row)
    if not row.active or _locked(row, db.clock()):
        return Tried(refusal=StaffRefused())
    if not known or not _second_fits(db, row, second):
        queries.count_failure(db, row, db.clock())
        return Tried(refusal=StaffRefused())
    row.failures, row.locked_until = 0, None
    _record(db, "staff.entered", row)
    return Tried(_start(db, row))


@control(Clause.C5_1_2, says="A staff session ends after 30 idle minutes and after 8 hours.")
def visit(db: ReadSession, token: str) -> StaffVisit | None:
    """Return who is signed in, or None. Reads only: call `touch` when it asks."""
    found = queries.session(db, tokens.fingerprint(token), db.clock())
    if found is None:
        return None
    session, row = found
    return StaffVisit(
        session_id=session.id,
        staff_id=row.id,
        name=row.login,
        roles=frozenset(StaffRole(role) for role in row.roles),
        since=session.made_at,
        csrf=db.keys.mac("csrf", session.id.encode()).hex(),
        needs_touch=db.clock() - session.last_seen >= rules.TOUCH_EVERY,
    )


def touch(db: Session, token: str) -> None:
    """Write down that the session is in use; the idle limit runs from here."""
    found = queries.session(db, tokens.fingerprint(token), db.clock())
    if found:
        found[0].last_seen = db.clock()
        db.flush()


def end(db: Session, token: str) -> None:
    """Sign out."""
    found = queries.session(db, tokens.fingerprint(token), db.clock())
    if found:
        found[0].ended_at = db.clock()
        db.flush()


def everybody(db: ReadSession) -> list[StaffMember]:
    """Return all members, by login name."""
    return [queries.as_member(row) for row in queries.all_rows(db)]


def named(db: ReadSession, login: str) -> str:
    """Return the id of the member with a login name; raise NoStaff."""
    row = queries.by_login(db, login)
    if row is None:
        raise NoStaff
    return row.id


def set_roles(db: Session, staff_id: str, roles: Collection[StaffRole]) -> None:
    """Replace a member's roles; effective at the next page. Grants of a lost role end."""
    row = queries.by_id(db, staff_id)
    if not roles:
        raise BadStaff
    row.roles = sorted(role.value for role in roles)
    grants.leave(db, staff_id, kept=row.roles)
    _record(db, "staff.roles", row)


@control(Clause.C5_1_2, says="Who leaves loses every session and grant at once.")
def deactivate(db: Session, staff_id: str) -> None:
    """End a member's access."""
    row = queries.by_id(db, staff_id)
    row.active = False
    queries.end_sessions(db, staff_id, db.clock())
    grants.leave(db, staff_id)
    _record(db, "staff.deactivated", row)


def _start(db: Session, row: StaffRow) -> str:
    token, now = tokens.mint(db.dice), db.clock()
    session = StaffSessionRow(
        id=db.new_id(),
        staff=row.id,
        fingerprint=tokens.fingerprint(token),
        made_at=now,
        last_seen=now,
    )
    db.add(session)
    db.flush()
    return token


def _password_fits(row: StaffRow | None, password: str) -> bool:
    # An unknown name costs the same quarter of a second as a known one.
    hashed = row.password_hash if row else _decoy()
    try:
        passwords.check_password(hashed, password)
    except NotAuthentic:
        return False
    return row is not None


def _second_fits(db: Session, row: StaffRow, second: str | Assertion) -> bool:
    if isinstance(second, Assertion):
        return passkeys.fits(db, row.id, second)
    secret = db.keys.unseal_named(_SEAL, row.otp_sealed, row.id.encode()).decode()
    try:
        step = otp.check_code(secret, second, db.clock(), row.otp_step)
    except NotAuthentic:
        return False
    return queries.use_step(db, row.id, step)


def _locked(row: StaffRow, at: datetime) -> bool:
    return row.locked_until is not None and at < row.locked_until


@cache
def _decoy() -> str:
    return passwords.hash_password("nobody has this password")


def _record(db: Session, kind: str, row: StaffRow) -> None:
    db.flush()
    ledger.append(db, Fact(kind, None, {"staff": row.id, "roles": ",".join(row.roles)}))

"""Phone codes: six digits, five minutes, five tries, one use (2.1.1.a, INV-32).

Neither phone nor code is stored: a keyed digest finds the phone again, a MAC bound to the
challenge knows the code. Whether the phone belongs to anybody is not looked up here, so the
answer cannot tell.
"""

from shouyue.ground.hazmat import tokens
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import queries, rules, tickets
from shouyue.people.accounts.errors import BadPhone, CodeCapReached, CodeTooSoon, WrongCode
from shouyue.people.accounts.tables import ChallengeRow
from shouyue.people.accounts.types import Asked, Client, Tried
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault.sealed import Sealed

_MINUTE = 60


@control(
    Clause.C2_1_1_a,
    Clause.C5_1_1,
    says="A code is asked for at most once a minute and ten times a day; no phone is stored.",
)
def ask_code(db: Session, phone: str, client: Client) -> Asked:
    """Return a fresh code to send after the commit. Earlier codes of the phone end here.

    Raises BadPhone, CodeTooSoon, CodeCapReached; never says whether the phone is known.
    """
    number = rules.normal_phone(phone)
    target, source = _target(db, number), _source(db, client)
    queries.take_turn(db, target, source)  # two who ask at once are counted one after the other
    _within_caps(db, target, source)
    queries.close_codes(db, target, db.clock())
    challenge, code = db.new_id(), tokens.digits(db.dice)
    added = queries.add_once(
        db,
        ChallengeRow,
        id=challenge,
        target=target,
        client=source,
        code_mac=_code_mac(db, challenge, target, code),
        slot=int(db.clock().timestamp()) // _MINUTE,
        at=db.clock(),
        tries=0,
    )
    if not added:
        raise CodeTooSoon(seconds=_MINUTE)
    why = Purpose.P1, Basis.CONTRACT_SELF
    return Asked(
        challenge,
        Sealed(number, None, Item.DI_01, why=why),
        Sealed(code, None, Item.DI_02, why=why),
    )


@control(
    Clause.C2_1_1_a,
    says="A code works once, within five minutes and five tries, for the phone it was sent to.",
)
def prove_phone(db: Session, challenge_id: str, phone: str, code: str) -> Tried[str]:
    """Return a ticket for the phone, or WrongCode. Commit first, then `take`: tries must stay."""
    try:
        number = rules.normal_phone(phone)
    except BadPhone as refusal:
        return Tried(refusal=refusal)
    challenge = queries.spend_try(db, challenge_id, db.clock())
    if challenge is None:
        return Tried(refusal=WrongCode())
    expected = _code_mac(db, challenge.id, _target(db, number), code)
    if not tokens.same(challenge.code_mac, expected):
        return Tried(refusal=WrongCode())
    challenge.used_at = db.clock()
    db.flush()
    return Tried(tickets.issue(db, number))


def _within_caps(db: ReadSession, target: str, source: str) -> None:
    now = db.clock()
    wait = rules.seconds_to_wait(queries.last_code_at(db, target), now)
    if wait:
        raise CodeTooSoon(seconds=wait)
    since = now - rules.CODE_WINDOW
    too_many = queries.codes_to(db, target, since) >= rules.CODES_PER_PHONE
    if too_many or queries.codes_from(db, source, since) >= rules.CODES_PER_CLIENT:
        raise CodeCapReached


def _target(db: ReadSession, number: str) -> str:
    return db.keys.mac("challenge-phone", number.encode()).hex()


def _source(db: ReadSession, client: Client) -> str:
    return db.keys.mac("challenge-client", rules.source(client.address).encode()).hex()


def _code_mac(db: ReadSession, challenge: str, target: str, code: str) -> str:
    return db.keys.mac("sms-code", f"{challenge}:{target}:{code}".encode()).hex()

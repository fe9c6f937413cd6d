"""Passkeys as the second factor of staff; the browser carries the challenge, sealed, used once.

`party` says who asks: this host, under the platform's name.
"""

import base64
import binascii
import json
from datetime import datetime
from urllib.parse import urlsplit

from shouyue.ground.hazmat import passkeys
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.passkeys import Party, Passkey
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import Lang
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import tickets
from shouyue.people.staff import queries, rules
from shouyue.people.staff.errors import StaffRefused
from shouyue.people.staff.tables import StaffPasskeyRow
from shouyue.people.staff.types import Asking, Assertion
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy

_LABEL = "passkey-challenge"


def party(origin: str, lang: Lang) -> Party:
    """Return who asks for a passkey at the site that browsers reach as `origin`."""
    name = policy.active().operator["platform_name"].say(lang)
    return Party(urlsplit(origin).hostname or "", name, origin)


def begin_registration(db: ReadSession, party: Party, staff_id: str) -> Asking:
    """Return what the browser needs to make a passkey for a signed-in member."""
    challenge = passkeys.new_challenge(db.dice)
    known = [_bytes(row.credential) for row in queries.passkeys(db, staff_id)]
    options = passkeys.registration_options(party, staff_id, staff_id, challenge, known)
    return Asking(options, _seal(db, challenge))


def register(db: Session, party: Party, staff_id: str, sealed: str, answer: str) -> None:
    """Keep the new passkey of a signed-in member. Raises StaffRefused."""
    try:
        made = passkeys.verify_registration(party, answer, _use(db, sealed))
    except NotAuthentic:
        raise StaffRefused from None
    if queries.passkey(db, _text(made.id)):
        raise StaffRefused
    row = StaffPasskeyRow(
        credential=_text(made.id),
        staff=queries.by_id(db, staff_id).id,
        public_key=made.public_key,
        sign_count=made.uses,
        made_at=db.clock(),
    )
    queries.add_passkey(db, row)
    ledger.append(db, Fact("staff.passkey-added", None, {"staff": staff_id}))


def held(db: ReadSession, staff_id: str) -> list[datetime]:
    """Return when each of a member's passkeys was made, oldest first."""
    return [row.made_at for row in queries.passkeys(db, staff_id)]


def begin_sign_in(db: ReadSession, party: Party) -> Asking:
    """Return what the browser needs to answer; it names no key, so it tells of no member."""
    challenge = passkeys.new_challenge(db.dice)
    return Asking(passkeys.authentication_options(party, challenge), _seal(db, challenge))


def fits(db: Session, staff_id: str, assertion: Assertion) -> bool:
    """Tell whether a passkey of this member answered this challenge, once."""
    try:
        challenge = _use(db, assertion.sealed)
        row = queries.passkey(db, _claimed(assertion.answer))
        if row is None or row.staff != staff_id:
            return False
        held = Passkey(_bytes(row.credential), row.public_key, row.sign_count)
        row.sign_count = passkeys.verify_authentication(
            assertion.party, assertion.answer, challenge, held
        )
    except NotAuthentic:
        return False
    db.flush()
    return True


def _seal(db: ReadSession, challenge: bytes) -> str:
    facts = {"id": db.new_id(), "at": db.clock().isoformat(), "challenge": challenge.hex()}
    return base64.urlsafe_b64encode(db.keys.seal_named(_LABEL, canonical(facts))).decode()


def _use(db: Session, sealed: str) -> bytes:
    try:
        opened = db.keys.unseal_named(_LABEL, base64.urlsafe_b64decode(sealed.encode("ascii")))
    except (UnicodeEncodeError, binascii.Error):
        raise NotAuthentic from None
    facts = json.loads(opened)
    late = db.clock() - datetime.fromisoformat(facts["at"]) >= rules.CHALLENGE_LIFE
    if late or not tickets.use_once(db, facts["id"]):
        raise NotAuthentic
    return bytes.fromhex(facts["challenge"])


def _claimed(answer: str) -> str:
    try:
        claimed = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError):
        raise NotAuthentic from None
    return str(claimed)


def _text(credential: bytes) -> str:
    return base64.urlsafe_b64encode(credential).rstrip(b"=").decode()


def _bytes(credential: str) -> bytes:
    return base64.urlsafe_b64decode(credential + "=" * (-len(credential) % 4))

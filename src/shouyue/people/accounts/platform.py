"""Log-in with a platform account: four things come in, the rest is dropped (2.1.1.b).

The door sends the browser away with `begin` and does the HTTP through egress; here the answers
are read strictly. A platform account and a person become one only by proof.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import rules, tickets
from shouyue.people.accounts.errors import AlreadyLinked, BadPhone, PlatformRefused, TicketInvalid
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.custody import service as custody
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep

_LABEL = "platform-state"
_SOURCE = "platform-account"
_SUCCESS = 1
_LONGEST = 64 * 1024
_LONGEST_FIELD = 512
# What the platform's documents list of its answers. We take four of these; the rest is dropped.
_TOKEN = frozenset(
    {
        "result",
        "access_token",
        "expires_in",
        "refresh_token",
        "refresh_token_expires_in",
        "open_id",
        "scopes",
        "token_type",
    }
)
_USER = frozenset({"result", "user_info"})
_PROFILE = frozenset({"name", "sex", "fan", "follow", "head", "bigHead", "city"})
_PHONE = frozenset({"result", "phone"})


@dataclass(frozen=True, slots=True)
class Site:
    """The platform's log-in as assembly knows it: page, our app id there, scopes asked for."""

    authorize_url: str
    app_id: str
    scopes: tuple[str, ...] = ("user_info", "user_phone")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to leave in its cookie until it comes back."""

    url: str
    sealed: str


def begin(db: ReadSession, site: Site, redirect: str) -> Begun:
    """Return the platform's page with a fresh state; the browser must bring both back."""
    nonce = tokens.mint(db.dice, 16)
    facts = canonical({"nonce": nonce, "at": db.clock().isoformat()})
    sealed = base64.urlsafe_b64encode(db.keys.seal_named(_LABEL, facts)).decode()
    asked = urlencode(
        {
            "app_id": site.app_id,
            "scope": ",".join(site.scopes),
            "response_type": "code",
            "ua": "pc",
            "redirect_uri": redirect,
            "state": nonce,
        }
    )
    return Begun(f"{site.authorize_url}?{asked}", sealed)


def check_state(db: ReadSession, sealed: str, state: str) -> None:
    """Return if this browser began the log-in within ten minutes; raise TicketInvalid."""
    try:
        opened = db.keys.unseal_named(_LABEL, base64.urlsafe_b64decode(sealed.encode("ascii")))
    except (NotAuthentic, UnicodeEncodeError, binascii.Error):
        raise TicketInvalid from None
    facts = json.loads(opened)
    late = db.clock() - datetime.fromisoformat(facts["at"]) >= rules.TICKET_LIFE
    if late or not tokens.same(facts["nonce"], state):
        raise TicketInvalid


def access_token(token_json: bytes) -> str:
    """Return the token that opens the two other answers; raise PlatformRefused."""
    return _text(_answer(token_json), "access_token")


@control(Clause.C2_1_1_b, Clause.C2_0, says="Of a platform account only four fields are read.")
def read_identity(
    token_json: bytes, user_json: bytes, phone_json: bytes, note: Note = fields.unheard
) -> PlatformIdentity:
    """Return id, phone, avatar and nickname from the platform's three answers; drop the rest.

    What its documents list and we do not take is dropped; what they do not list is noted too.
    Raises PlatformRefused for anything but a success in the documented form.
    """
    token, user, said = _answer(token_json), _answer(user_json), _answer(phone_json)
    profile = user.get("user_info")
    if not isinstance(profile, Mapping):
        raise PlatformRefused
    for answer, known in ((token, _TOKEN), (user, _USER), (said, _PHONE), (profile, _PROFILE)):
        fields.notice(note, "platform log-in", answer.keys() - known)
    try:
        phone = rules.normal_phone(_text(said, "phone"))
    except BadPhone:
        raise PlatformRefused from None
    return PlatformIdentity(
        id=_text(token, "open_id"),
        phone=phone,
        avatar=_text(profile, "head", optional=True),
        nickname=_text(profile, "name", optional=True),
    )


def prove_platform(db: ReadSession, identity: PlatformIdentity) -> str:
    """Return a ticket for an identity that the platform has vouched for."""
    return tickets.issue(db, identity.phone, identity)


@control(Clause.C2_1_1_b, says="Avatar and nickname are kept only where that was ticked.")
def keep_identity(db: Session, subject: SubjectId, identity: PlatformIdentity) -> None:
    """Keep the platform's id, and the profile if the person agreed to show it (P1b)."""
    own = Keep(subject, Item.DI_03, identity.id, Purpose.P1, Basis.CONTRACT_SELF, _SOURCE)
    custody.keep(db, own)
    if consents.state(db, subject, Purpose.P1b) is not ConsentState.GIVEN:
        return
    for item, value in ((Item.DI_04, identity.avatar), (Item.DI_05, identity.nickname)):
        if value:
            custody.keep(db, Keep(subject, item, value, Purpose.P1b, Basis.CONSENT, _SOURCE))


@control(Clause.C2_1_1_b, says="Two ways in become one person only when both are proven.")
def link(db: Session, subject: SubjectId, ticket: str) -> None:
    """Let the signed-in person also enter with the platform account that the ticket proves.

    Raises TicketInvalid, AlreadyLinked.
    """
    proof = tickets.read(db, ticket)
    if proof.platform is None:
        raise PlatformRefused
    owner = vault.find(db, Item.DI_03, proof.platform.id)
    if owner not in {None, subject} or (owner is None and is_linked(db, subject)):
        raise AlreadyLinked
    tickets.spend(db, proof)
    keep_identity(db, subject, proof.platform)
    ledger.append(db, Fact("account.linked", subject, {"way": "platform"}))


@control(Clause.C2_1_1_b, Clause.C6_2_1, says="Unlinking erases what came from the platform.")
def unlink(db: Session, subject: SubjectId) -> None:
    """Forget the platform account; the phone stays the way in."""
    consents.withdraw(db, subject, Purpose.P1b)
    custody.erase(db, subject, [Item.DI_03, Item.DI_04, Item.DI_05])
    ledger.append(db, Fact("account.unlinked", subject, {"way": "platform"}))


@control(Clause.C2_1_1_b, Clause.C6_2_1, says="A withdrawn profile is erased, the log-in stays.")
def forget_profile(db: Session, subject: SubjectId) -> None:
    """Erase avatar and nickname unless showing them has been agreed to again meanwhile."""
    if consents.state(db, subject, Purpose.P1b) is not ConsentState.GIVEN:
        custody.erase(db, subject, [Item.DI_04, Item.DI_05])


def is_linked(db: ReadSession, subject: SubjectId) -> bool:
    """Tell whether the person can enter with a platform account."""
    return any(one.item is Item.DI_03 for one in vault.held(db, [subject]))


def _answer(body: bytes) -> Mapping[str, object]:
    if len(body) > _LONGEST:
        raise PlatformRefused
    try:
        answer = json.loads(body)
    except ValueError:
        raise PlatformRefused from None
    if not isinstance(answer, Mapping) or answer.get("result") != _SUCCESS:
        raise PlatformRefused
    return answer


def _text(answer: Mapping[str, object], name: str, *, optional: bool = False) -> str:
    value = answer.get(name)
    if value is None and optional:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST_FIELD or not (value or optional):
        raise PlatformRefused
    return value

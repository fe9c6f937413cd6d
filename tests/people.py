"""Sample people for tests: phones that exist in no network, and the way in for them."""

from collections.abc import Collection

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import challenges, entry
from shouyue.people.accounts.types import Client, ConsentGiven, Entered
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.house import plain

PHONE = "13800138000"
OTHER_PHONE = "13900139000"
CLIENT = Client("203.0.113.7", "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36")


def ticket_for(db: Session, phone: str = PHONE, client: Client = CLIENT) -> str:
    """Prove a phone by its code."""
    asked = challenges.ask_code(db, phone, client)
    return challenges.prove_phone(db, asked.challenge_id, phone, plain(asked.code)).take()


def agreed(
    db: ReadSession, lang: str = "zh", *, platform: bool = False, chosen: Collection[Purpose] = ()
) -> ConsentGiven:
    """The registration form as a willing adult sends it."""
    notice = consents.show(db, offers.registration(lang, platform=platform))
    return ConsentGiven(notice.token, ticked=True, of_age=True, chosen=chosen)


def sign_up(db: Session, phone: str = PHONE, chosen: Collection[Purpose] = ()) -> Entered:
    """Register somebody by phone."""
    return entry.enter(db, ticket_for(db, phone), CLIENT, agreed(db, chosen=chosen))


def newcomer(db: Session) -> SubjectId:
    """Somebody who is party to the contract of an account, without the way in."""
    subject = vault.new_subject(db)
    grounds.become_party(db, subject)
    return subject

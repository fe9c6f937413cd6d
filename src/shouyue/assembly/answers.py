"""Who answers which bell, and what comes round by itself."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from shouyue.doors.gateway.service import Gateway
from shouyue.ground.jobs.service import Answer, Trip
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import announcements
from shouyue.people.accounts import jobs as accounts
from shouyue.people.alarms import jobs as alarms
from shouyue.people.notices import jobs as notices
from shouyue.people.notices import service as notices_service
from shouyue.people.overview import jobs as overview
from shouyue.people.staff import jobs as staff
from shouyue.platform.apps import jobs as apps
from shouyue.platform.decryption import jobs as decryption
from shouyue.platform.directory import jobs as directory
from shouyue.platform.directory.types import Directory
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.types import Cause
from shouyue.platform.handling import jobs as handling
from shouyue.platform.oauth import jobs as oauth
from shouyue.platform.onboarding import cases
from shouyue.platform.onboarding import jobs as onboarding
from shouyue.platform.push import jobs as push
from shouyue.platform.quotas import jobs as quotas
from shouyue.platform.reviews import jobs as reviews
from shouyue.platform.traffic import jobs as traffic
from shouyue.privacy.clearance import jobs as clearance
from shouyue.privacy.consent import jobs as consent
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.custody import jobs as custody
from shouyue.privacy.custody import service as custody_service
from shouyue.privacy.editions import jobs as editions
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.grounds import holder as proof
from shouyue.privacy.grounds import jobs as grounds
from shouyue.privacy.grounds.emergencies import OVER
from shouyue.privacy.keys import jobs as keys
from shouyue.privacy.ledger import jobs as ledger
from shouyue.privacy.looks import jobs as looks
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.recovery import jobs as recovery
from shouyue.privacy.vault import documents, resealing, usage
from shouyue.privacy.vault import holder as vault
from shouyue.privacy.witnesses import jobs as watching
from shouyue.privacy.witnesses.types import Witness

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ENDED = {
    "consent.withdrawn": Cause.OWN,
    "consent.void": Cause.VOID,
    "consent.expired": Cause.LAPSED,
    "consent.stale": Cause.STALE,
}

SCHEDULE: Mapping[str, timedelta] = {
    "ledger.integrate": timedelta(seconds=2),
    "consent.expire": timedelta(minutes=5),
    "accounts.sweep": _HOUR,
    **staff.SCHEDULE,
    **clearance.SCHEDULE,
    **looks.SCHEDULE,
    "vault.expire": _DAY,
    **grounds.SCHEDULE,
    **editions.SCHEDULE,
    **keys.SCHEDULE,
    **custody.SCHEDULE,
    **resealing.SCHEDULE,
    **usage.SCHEDULE,
    **recovery.SCHEDULE,
    **watching.SCHEDULE,
    alarms.EXPIRE: _DAY,
    notices.EXPIRE: _DAY,
    traffic.EXPIRE: _DAY,
    handling.EXPIRE: _DAY,
    decryption.EXPIRE: _DAY,
    quotas.EXPIRE: _DAY,
    oauth.EXPIRE: _DAY,
    **onboarding.SCHEDULE,
    **push.SCHEDULE,
    **directory.SCHEDULE,
}


def answers(
    egress: Egress,
    base_url: str,
    gateway: Gateway,
    shops: Directory,
    witnesses: Sequence[Witness] = (),
) -> Mapping[str, Answer | Trip[Any, Any]]:
    """Return what the worker does for each job of the house."""
    return {
        "ledger.integrate": ledger.integrate,
        "consent.expire": consent.expire,
        "accounts.sweep": accounts.sweep,
        **staff.ANSWERS,
        **clearance.ANSWERS,
        **looks.ANSWERS,
        "vault.expire": _vault_expire,
        notices_service.DELIVER: notices.deliver(egress, base_url),
        notices.EXPIRE: notices.expire,
        traffic.EXPIRE: traffic.expire,
        handling.EXPIRE: handling.expire,
        decryption.EXPIRE: decryption.expire,
        quotas.EXPIRE: quotas.expire,
        oauth.EXPIRE: oauth.expire,
        alarms.RAISED: alarms.raised,
        alarms.EXPIRE: alarms.expire,
        **grounds.ANSWERS,
        OVER: notices.emergency_over,
        **editions.ANSWERS,
        **keys.ANSWERS,
        **documents.ANSWERS,
        **resealing.ANSWERS,
        **usage.ANSWERS,
        **recovery.ANSWERS,
        **watching.answers(egress.http, witnesses),
        **custody.ANSWERS,
        custody_service.KEPT: kept,
        **onboarding.ANSWERS,
        **reviews.ANSWERS,
        **push.answers(egress.http, grants.apps_for),
        **directory.answers(egress.http, shops),
        **dict.fromkeys(_ENDED, consent_ended),
        "account.moved": apps.owner_moved,
        announcements.ANNOUNCED: announcements.tell,
        "access.changed": lambda _db, job: gateway.snapshot.forget(str(job.args["app"])),
    }


def consent_ended(db: Session, job: Job) -> None:
    """Tell every room that acts on the end of a consent, in one transaction.

    News comes late after a crash. Where the person has said yes again meanwhile, nothing ends but
    the grants of before.
    """
    _let_go(db, job)
    purpose, recipient = Purpose(str(job.args["purpose"])), str(job.args.get("recipient", ""))
    if consents.state(db, SubjectId(job.subject_ref), purpose, recipient) is ConsentState.GIVEN:
        return
    for answer in (accounts.forget_profile, onboarding.withdrawn):
        answer(db, job)


def kept(db: Session, job: Job) -> None:
    """A company reads nothing: who applied for it is told what law keeps of it."""
    subject = SubjectId(job.subject_ref)
    overview.kept(db, subject, cases.speaks_for(db, subject))


def _let_go(db: Session, job: Job) -> None:
    """A merchant's consent to an app ends with the grant that rests on it."""
    if recipient := job.args.get("recipient"):
        grants.unfounded(db, SubjectId(job.subject_ref), str(recipient), _ENDED[job.name])


def _vault_expire(db: Session, _job: Job) -> None:
    vault.expire(db)
    proof.expire(db)

"""Looks of staff outside a certification: masks of what a grant reaches, one value at a time.

Clause 5.1.2. Papers are opened where their certification is reviewed.
"""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.desk.types import Line, Seen
from shouyue.privacy.clearance import grants
from shouyue.privacy.clearance.errors import NoGrant
from shouyue.privacy.clearance.types import Grant, Member, Stage
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Attempt, Reader
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault


@control(Clause.C5_1_2, says="Who looks under a grant sees masks of what it reaches, and no more.")
def lines(db: ReadSession, grant_id: str, member: Member) -> list[Line]:
    """Return what the member's live grant reaches, masked. Raises NoSuchGrant, NoGrant."""
    found = []
    for subject, items in _own(db, grant_id, member).reach.items():
        masks = vault.masked(db, subject, items)
        found += [Line(subject, item, masks.get(item, "")) for item in items]
    return found


@control(Clause.C5_1_2, says="Each look under a grant opens one value of one person.")
def see(db: Session, grant_id: str, member: Member, subject: SubjectId, item: Item) -> Seen:
    """Open one value under the member's live grant.

    Raises NoSuchGrant, NoGrant, and the vault's refusals.
    """
    grant = _own(db, grant_id, member, (subject, item))
    who, why = (member.id, grant.post), (grant.purpose, _basis(grant.purpose))
    reader = Reader(*who, *why, grant.case, grant.need)
    return Seen(item, vault.reveal(db, subject, [item], reader)[item])


def _own(
    db: ReadSession, grant_id: str, member: Member, what: tuple[SubjectId, Item] | None = None
) -> Grant:
    grant = grants.one(db, grant_id)
    whose, items = (what[0], (what[1],)) if what else (None, grant.items)
    with refused.traced(
        Attempt(member.id, grant.post, grant.purpose.value, items, grant.case, whose)
    ):
        _check_own(db, grant, member)
    return grant


def _check_own(db: ReadSession, grant: Grant, member: Member) -> None:
    live = grant.stage is Stage.LIVE and grant.until is not None and grant.until > db.clock()
    # The posts of this moment: whichever way a grant outlived one, it opens nothing.
    if grant.member != member.id or grant.post not in member.posts or not live or grant.restricted:
        raise NoGrant


def _basis(purpose: Purpose) -> Basis:
    # Staff act on the operator's own ground where the purpose has one; a consent is the person's.
    bases = policy.purpose(purpose).bases
    return next((basis for basis in bases if not basis.agreed), bases[0])

"""What the authorisation server says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import queries


class GrantHolder:
    """Shows the shop and the grants; ends and erases them with their tokens."""

    name = "oauth"
    tables: Mapping[str, str] = {
        "merchant": "",
        "merchant_grant": "",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return the shop's number and every grant, newest first; tokens are known to nobody."""
        shop = shops.merchant(db, subject)
        return {
            "seller_id": shop.seller_id if shop else None,
            "staff_id": shop.staff_id if shop else None,
            "grants": [
                {
                    "app": one.app_id,
                    "scopes": list(one.scopes),
                    "state": one.state.value,
                    "given": one.given.isoformat(),
                    "until": one.until.isoformat(),
                    "ended": one.ended.isoformat() if one.ended else None,
                }
                for one in grants.grants_of(db, subject)
            ],
        }

    def erase(self, db: Session, subject: SubjectId) -> int:
        """End what is live, so that recipients hear of it, then let all rows go."""
        every = grants.grants_of(db, subject)
        for app_id in {one.app_id for one in every if one.state is GrantState.LIVE}:
            grants.revoke(db, subject, app_id)
        return queries.erase(db, [one.id for one in every]) + grants.forget(db, subject)

"""People with apps and shops, made the way the house makes them."""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState, Issued, NewApp
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.types import Tokens
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import Control
from shouyue.privacy.vault import service as vault

CALLBACK = "https://erp.example/back?from=open"
ALL_SCOPES = (
    "merchant_user",
    "merchant_item",
    "merchant_order",
    "merchant_refund",
    "merchant_logistics",
    "merchant_promotion",
    "merchant_comment",
    "merchant_servicemarket",
)
SELLER = 100001


def certified(_db: ReadSession, subject: SubjectId) -> str:
    """Every person has an enterprise of their own."""
    return f"E{subject[-10:]}"


def make_app(
    db: Session,
    title: str = "晨星打单",
    *,
    owner: SubjectId | None = None,
    callback: str = CALLBACK,
    online: bool = True,
) -> tuple[SubjectId, Issued]:
    """Register an app with the usual permission packages, and take it online."""
    developer = owner or vault.new_subject(db)
    form = NewApp(title, callback=callback, scopes=ALL_SCOPES)
    issued = apps.register(db, developer, form, certified=certified)
    if online:
        apps.set_state(db, issued.app_id, AppState.ONLINE)
    return developer, issued


def make_merchant(db: Session, seller_id: int = SELLER) -> SubjectId:
    """Link a new person to a shop."""
    subject = vault.new_subject(db)
    shops.link_merchant(db, subject, seller_id)
    return subject


STAFF = 7


def make_staff(
    db: Session, seller_id: int = SELLER, staff_id: int = STAFF, lets: tuple[str, ...] = ()
) -> SubjectId:
    """Link a new person to a shop as a sub-account, which may give what `lets` says, or all."""
    subject = vault.new_subject(db)
    shops.link_merchant(db, subject, seller_id, staff_id, lets or ("user_info", *ALL_SCOPES))
    return subject


def authorise(db: Session, merchant: SubjectId, app: Issued, scope: str = "") -> str:
    """Let the merchant agree on the page; return the code."""
    wanted = scope or ",".join(("user_info", *ALL_SCOPES))
    asked = {"app_id": app.appkey, "redirect_uri": CALLBACK, "scope": wanted}
    request = oauth.ask(db, {**asked, "response_type": "code"})
    notice = consent.show(db, grants.offer(request, "zh"))
    return oauth.grant(db, merchant, request, notice.token, control=Control.BUTTON)


def exchange(db: Session, app: Issued, code: str) -> Tokens:
    """Turn a code into tokens."""
    found = oauth.token(
        db,
        {
            "app_id": app.appkey,
            "app_secret": app.app_secret,
            "grant_type": "code",
            "code": code,
        },
    )
    assert isinstance(found, Tokens)
    return found

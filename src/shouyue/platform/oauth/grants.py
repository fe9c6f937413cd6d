"""Merchants and their grants: a merchant lets an app in, and takes it back at once.

Consent, provision and grant are written in one transaction, so that none stands alone.
Clauses: 1, 2.3, 4.1, 6.2.1.
"""

from collections.abc import Mapping

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import App, AppState
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.oauth import queries, reach, rules
from shouyue.platform.oauth.errors import (
    CallbackMismatch,
    InvalidRequest,
    NoMerchant,
    TooManyTesters,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from shouyue.platform.oauth.tables import CodeRow, GrantRow, MerchantRow
from shouyue.platform.oauth.types import Ask, Grant, GrantState, Pass, TokenKind
from shouyue.privacy.consent import offers, tickets
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import ConsentState, Control, Offer
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control as enforces
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import NewProvision


def ask(db: ReadSession, given: Mapping[str, str]) -> Ask:
    """Check an authorisation request, under any of the names that clients use.

    Raises CallbackMismatch first: then nobody may be sent anywhere. After it, what is raised
    may be told to the callback: UnauthorizedClient, UnsupportedResponseType, InvalidScope.
    """
    app, params = _called_back(db, given)
    if app.state is AppState.OFFLINE:
        raise UnauthorizedClient
    if params.get("response_type", "code") != "code":
        raise UnsupportedResponseType
    state = params.get("state", "")
    if len(state) > rules.MOST_STATE:
        raise InvalidRequest(name="state")
    default = ",".join(scope for scope in catalogue.default_scopes() if scope in app.scopes)
    asked = rules.scopes(params.get("scope", "") or default, app.scopes)
    is_test = app.state is AppState.IN_DEVELOPMENT
    days = rules.TEST_DAYS if is_test else rules.GRANT_DAYS
    bound = rules.challenge(params)
    return Ask(app.id, app.title, app.callback, asked, state, bound, days, is_test)


def offer(request: Ask, lang: Lang) -> Offer:
    """Return what the merchant is asked to agree to; `consent.show` makes the notice of it."""
    known = catalogue.scopes()
    permits = tuple(known[name].zh if lang == "zh" else known[name].en for name in request.scopes)
    items = tuple(sorted(catalogue.items_of(frozenset(request.scopes))))
    return offers.grant(lang, (request.app_id, request.title), permits, items, request.days)


@enforces(
    Clause.C4_1_a,
    Clause.C2_3,
    says="An app gets in only by a merchant's separate consent to exactly this app and scope.",
)
def grant(db: Session, subject: SubjectId, request: Ask, token: str, *, control: Control) -> str:
    """Record consent, provision and grant together; return the code for the callback.

    `token` is that of the notice of `offer`. Raises NoMerchant, TooManyTesters where the
    app is in development and five others let it in, StaffGone, StaffNotLet or MainFirst where a
    sub-account may not give this, and what `consent.give` raises.
    """
    shop = db.get(MerchantRow, subject)
    if shop is None:
        raise NoMerchant
    if shop.staff_id:
        # Who removes it, or takes the main account's grant back, has done so or comes after.
        queries.hold_shop(db, shop.seller_id)
        db.refresh(shop)
    ticket = tickets.open_(db, token)
    if ticket.offer != offer(request, ticket.offer.lang):
        raise ConsentMissing  # a yes to another app or to other permissions is no yes to this one
    until = reach.until(db, shop, request)
    if request.is_test:
        _check_testers(db, subject, request.app_id)
    consent.give(db, subject, token, control=control)
    consent.require(db, subject, Purpose.P6, request.app_id)
    row = GrantRow(
        id=db.new_id(),
        app=request.app_id,
        subject=subject,
        open_id=reach.open_id(db, request.app_id, shop.seller_id, shop.staff_id),
        scopes=list(request.scopes),
        provision="",
        state=GrantState.LIVE.value,
        given=db.clock(),
        until=until,
        is_test=request.is_test,
        staff_id=shop.staff_id,
    )
    row.provision = _provide(db, row, ticket.digest)
    db.add(row)
    db.flush()
    ledger.append(db, Fact("oauth.granted", subject, {"grant": row.id, "app": row.app}))
    return _code(db, row.id, request.challenge)


def may_give(db: ReadSession, subject: SubjectId, request: Ask) -> None:
    """Return if `grant` would take this person's yes; raises NoMerchant and what `reach` raises."""
    shop = db.get(MerchantRow, subject)
    if shop is None:
        raise NoMerchant
    reach.until(db, shop, request)


@enforces(
    Clause.C6_2_1,
    says="A merchant's cancellation ends grant, tokens, provision and consent in one transaction.",
)
def revoke(db: Session, subject: SubjectId, app_id: str) -> int:
    """End every grant of this merchant to this app; return how many. Effective at once.

    Also answers `consent.withdrawn`; a second time changes nothing.
    """
    rows = queries.live_grants(db, subject, app_id)
    for row in rows:
        end(db, row)
    if consent.state(db, subject, Purpose.P6, app_id) is ConsentState.GIVEN:
        consent.withdraw(db, subject, Purpose.P6, app_id)
    return len(rows)


def end(db: Session, row: GrantRow) -> None:
    """End one grant: its tokens, its provision, and what gateways hold of it.

    With a main account's grant end those of its sub-accounts that nothing else carries. The consent
    stays as each person left it: only a person's own act withdraws it.
    """
    shop = db.get(MerchantRow, row.subject)
    if shop is not None:
        queries.hold_shop(db, shop.seller_id)
    _end(db, row)
    for one in reach.uncarried(db, row):
        _end(db, one)


def _end(db: Session, row: GrantRow) -> None:
    row.state, row.ended = GrantState.REVOKED.value, db.clock()
    queries.revoke_tokens(db, row.id)
    sharing.end_case(db, row.id)
    apps.changed(db, row.app)
    subject = SubjectId(row.subject)
    ledger.append(db, Fact("oauth.revoked", subject, {"grant": row.id, "app": row.app}))
    db.flush()


def grants_of(db: ReadSession, subject: SubjectId) -> list[Grant]:
    """Return a merchant's grants, newest first."""
    return queries.grants_of(db, subject)


def grants_to(db: ReadSession, app_id: str) -> list[Grant]:
    """Return the grants to an app, newest first."""
    return queries.grants_to(db, app_id)


def shops_of(db: ReadSession, app_id: str) -> dict[int, str]:
    """Return the open ids of the shops that have granted to an app, by the sellers' numbers."""
    return queries.shops_of(db, app_id)


def apps_for(db: ReadSession, seller_id: int, scope: str) -> list[Pass]:
    """Return the apps that a shop has let in for a scope and not shut out, newest grant first.

    An app that has lost the permission package since is not among them.
    """
    return [
        Pass(
            app_id=row.app,
            kind=TokenKind.ACCESS,
            scopes=frozenset(row.scopes),
            until=row.until,
            grant=row.id,
            provision=row.provision,
            subject=SubjectId(row.subject),
            seller_id=seller_id,
            open_id=row.open_id,
            is_test=row.is_test,
        )
        for row in queries.granted_by_seller(db, seller_id)
        if scope in row.scopes and db.clock() < row.until and scope in apps.get(db, row.app).scopes
    ]


def _called_back(db: ReadSession, given: Mapping[str, str]) -> tuple[App, dict[str, str]]:
    try:
        params = rules.named(given)
        app = apps.by_appkey(db, params.get("app_id", ""))
    except (InvalidRequest, NoApp):
        raise CallbackMismatch from None
    if not app.callback or params.get("redirect_uri", "") != app.callback:
        raise CallbackMismatch
    return app, params


def _provide(db: Session, row: GrantRow, notice: str) -> str:
    items = catalogue.items_of(frozenset(row.scopes))
    if not items:
        return ""
    form = NewProvision(
        recipient=row.app,
        subject=SubjectId(row.subject),
        items=items,
        purpose=Purpose.P6,
        basis=Basis.SEPARATE_CONSENT,
        clause=Clause.C2_3,
        notice=notice,
        case=row.id,
        until=row.until,
    )
    return sharing.provide(db, form)


def _check_testers(db: Session, subject: SubjectId, app_id: str) -> None:
    apps.hold(db, app_id)  # two who come at once are counted one after the other
    if len(queries.testers(db, app_id, db.clock()) - {subject}) >= rules.MOST_TEST_USERS:
        raise TooManyTesters(limit=rules.MOST_TEST_USERS)


def _code(db: Session, grant_id: str, challenge: str) -> str:
    code = tokens.mint(db.dice)
    until = db.clock() + rules.CODE_LIFE
    mark = tokens.fingerprint(code)
    db.add(CodeRow(fingerprint=mark, grant=grant_id, challenge=challenge, until=until))
    db.flush()
    return code

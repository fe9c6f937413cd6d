"""Merchants and their grants: a merchant lets an app in, and takes it back at once.

Consent, provision, grant and what is told of them are written in one transaction, so that none
stands alone. Owns `merchant_grant`; tokens live as long as their grant does (`platform.oauth`).
Clauses: 1, 2.3, 4.1, 6.2.1.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.grants import queries, reach, rules, telling
from shouyue.platform.grants.errors import NoMerchant, TooManyTesters
from shouyue.platform.grants.tables import GrantRow, MerchantRow
from shouyue.platform.grants.types import Ask, Cause, Grant, GrantState
from shouyue.privacy.consent import offers, tickets
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.errors import ConsentMissing, NotGiven
from shouyue.privacy.consent.types import ConsentState, Control, Offer
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control as enforces
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import NewProvision


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
    """Record consent, provision and grant together, and tell; return the grant's id.

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
    since = consent.since(db, subject, Purpose.P6).get(request.app_id)
    if since is None:
        raise NotGiven(purpose=Purpose.P6.value)
    row = GrantRow(
        id=db.new_id(),
        app=request.app_id,
        subject=subject,
        open_id=reach.open_id(db, request.app_id, shop.seller_id, shop.staff_id),
        scopes=list(request.scopes),
        provision="",
        state=GrantState.LIVE.value,
        given=max(db.clock(), since),
        until=until,
        is_test=request.is_test,
        staff_id=shop.staff_id,
    )
    row.provision = _provide(db, row, ticket.digest)
    db.add(row)
    db.flush()
    ledger.append(db, Fact("oauth.granted", subject, {"grant": row.id, "app": row.app}))
    telling.given(db, row)
    return row.id


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
def revoke(db: Session, subject: SubjectId, app_id: str, cause: Cause = Cause.OWN) -> int:
    """End every grant of this merchant to this app; return how many. Effective at once.

    Also answers the end of a consent; a second time changes nothing.
    """
    ended = end_all(db, queries.live_grants(db, subject, app_id), cause)
    if consent.state(db, subject, Purpose.P6, app_id) is ConsentState.GIVEN:
        consent.withdraw(db, subject, Purpose.P6, app_id)
    return ended


def unfounded(db: Session, subject: SubjectId, app_id: str, cause: Cause) -> int:
    """End the merchant's grants to this app that rest on a yes that is over; return how many.

    Answers the news of that end, which may come after a newer yes: what rests on that one stays.
    """
    live = queries.live_grants(db, subject, app_id)
    return end_all(db, [row for row in live if not reach.holds(db, row)], cause)


def end(db: Session, grant_id: str, cause: Cause) -> bool:
    """End one grant; answer no where it is over already, or there is none."""
    row = db.get(GrantRow, grant_id)
    return row is not None and end_all(db, [row], cause) > 0


def shorten(db: Session, grant_id: str, by: timedelta) -> None:
    """Let a test user's grant end so much earlier; one whose end has passed by that ends now."""
    row = db.get_one(GrantRow, grant_id)
    db.refresh(row)
    row.until -= by
    apps.changed(db, row.app)
    db.flush()
    if row.until <= db.clock():
        end_all(db, [row], Cause.APP)


def end_all(db: Session, rows: Sequence[GrantRow], cause: Cause) -> int:
    """End grants of one person: their tokens, their provisions, and what gateways hold of them.

    With a main account's grant end those of its sub-accounts that nothing else carries. The consent
    stays as each person left it: only a person's own act withdraws it. Each is told once, whoever
    else ends the same at the same moment. Returns how many of `rows` were live until now.
    """
    ended: list[tuple[GrantRow, Cause]] = []
    for row in rows:
        queries.hold_shop(db, queries.seller_of(db, row.subject))
        db.refresh(row)
        if row.state != GrantState.LIVE:
            continue
        _end(db, row, cause)
        ended.append((row, cause))
        for one in reach.uncarried(db, row):
            _end(db, one, Cause.CARRIER)
            ended.append((one, Cause.CARRIER))
    telling.ended(db, ended)
    return sum(why is cause for _, why in ended)


def _end(db: Session, row: GrantRow, cause: Cause) -> None:
    row.state, row.ended = GrantState.REVOKED.value, db.clock()
    sharing.end_case(db, row.id)
    apps.changed(db, row.app)
    facts = {"grant": row.id, "app": row.app, "why": cause.value}
    ledger.append(db, Fact("oauth.revoked", SubjectId(row.subject), facts))
    db.flush()


def forget(db: Session, subject: SubjectId) -> int:
    """Delete the grants and the shop of a person who is erased; return how many rows went.

    Whoever keeps rows that point at them has let those go before.
    """
    return queries.erase(db, subject)


def get(db: ReadSession, grant_id: str) -> Grant | None:
    """Return one grant as it is now: over, too, where what it rests on has ended."""
    row = db.get(GrantRow, grant_id)
    if row is None:
        return None
    over = row.state == GrantState.LIVE and db.clock() < row.until and not reach.holds(db, row)
    return replace(queries.grant(row), state=GrantState.REVOKED) if over else queries.grant(row)


def seller_of(db: ReadSession, one: Grant) -> int:
    """Return the number of the shop that a grant is of."""
    return queries.seller_of(db, one.subject)


def of_testers(db: ReadSession, app_ids: Collection[str]) -> list[Grant]:
    """Return the live grants of test users to these apps, newest first."""
    return [queries.grant(row) for row in queries.test_grants(db, app_ids, db.clock())]


def grants_of(db: ReadSession, subject: SubjectId) -> list[Grant]:
    """Return a merchant's grants, newest first."""
    return queries.grants_of(db, subject)


def grants_to(db: ReadSession, app_id: str) -> list[Grant]:
    """Return the grants to an app, newest first."""
    return queries.grants_to(db, app_id)


def shops_of(db: ReadSession, app_id: str) -> dict[int, str]:
    """Return the open ids of the shops that have granted to an app, by the sellers' numbers."""
    return queries.shops_of(db, app_id)


def knows(db: ReadSession, app_id: str, shop: str | int) -> bool:
    """Tell whether anybody of this open id, or of the shop of this number, ever let the app in."""
    return queries.knows(db, app_id, shop)


def apps_for(db: ReadSession, seller_id: int, scope: str) -> list[Grant]:
    """Return what a shop has let in for a scope and not shut out, newest grant first.

    An app that has lost the permission package since is not among them.
    """
    return [
        queries.grant(row)
        for row in reach.agreed(db, queries.granted_by_seller(db, seller_id))
        if scope in row.scopes and db.clock() < row.until and scope in apps.get(db, row.app).scopes
    ]


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

"""One table from refusals to HTTP, and the page that says no.

Rooms know codes, doors know statuses. A law test keeps the table complete.
"""

from starlette.responses import RedirectResponse, Response

from shouyue.doors.web import pages
from shouyue.doors.web.errors import Fault, FormFaulty, NotSignedIn
from shouyue.doors.web.visits import Visit
from shouyue.ground.kit.errors import Refusal

STATUS: dict[str, int] = {
    "kit.refused": 400,
    "door.not-signed-in": 401,
    "door.not-allowed": 403,
    "door.page-missing": 404,
    "door.method-refused": 405,
    "door.abroad": 403,
    "door.forged": 403,
    "door.too-large": 413,
    "door.malformed": 400,
    "door.form-faulty": 422,
    "door.trouble": 500,
    "hazmat.not-authentic": 400,
    "hazmat.key-unavailable": 503,
    "store.object-absent": 404,
    "store.object-exists": 409,
    "store.object-too-large": 413,
    "jobs.unfit": 500,
    "jobs.lease-lost": 500,
    "policy.broken": 500,
    "policy.incomplete": 500,
    "ledger.not-opaque": 500,
    "ledger.no-such-leaf": 404,
    "ledger.not-yet-integrated": 409,
    "keys.in-custody": 403,
    "keys.destroyed": 410,
    "keys.wrong-root": 500,
    "keys.root-needed": 409,
    "keys.no-such-certificate": 404,
    "keys.same-person": 403,
    "keys.no-such-destruction": 409,
    "keys.already-asked": 409,
    "keys.unknown-target": 404,
    "vault.not-allowed": 403,
    "vault.not-held": 404,
    "traffic.no-call": 404,
    "vault.not-findable": 400,
    "consent.missing": 422,
    "consent.notice-changed": 409,
    "consent.notice-used": 409,
    "consent.not-given": 403,
    "consent.not-by-consent": 409,
    "consent.cooling-down": 429,
    "sharing.no-recipient": 404,
    "sharing.recipient-not-active": 409,
    "sharing.no-provision": 403,
    "sharing.item-not-covered": 403,
    "sharing.incomplete": 422,
    "egress.destination-refused": 422,
    "notices.unknown": 404,
    "notices.unfit": 422,
    "notices.fixed": 409,
    "notices.personal": 500,
    "notices.survey-refused": 403,
    "alarms.closed": 409,
    "alarms.none": 404,
    "accounts.none": 404,
    "accounts.bad-phone": 422,
    "accounts.wrong-code": 422,
    "accounts.code-too-soon": 429,
    "accounts.code-cap": 429,
    "accounts.proof-needed": 422,
    "accounts.ticket-invalid": 422,
    "accounts.not-this-person": 403,
    "accounts.consent-needed": 422,
    "accounts.too-young": 403,
    "accounts.barred": 403,
    "accounts.already-linked": 409,
    "accounts.platform-refused": 502,
    "accounts.no-such-move": 409,
    "catalogue.unknown-api": 404,
    "catalogue.unknown-event": 404,
    "catalogue.param-missing": 422,
    "catalogue.param-invalid": 422,
    "apps.no-app": 404,
    "apps.too-many": 409,
    "apps.title": 422,
    "apps.description": 422,
    "apps.callback": 422,
    "apps.scope": 422,
    "apps.network": 422,
    "apps.secret": 409,
    "apps.signature": 403,
    "oauth.invalid-request": 400,
    "oauth.response-type": 400,
    "oauth.grant-type": 400,
    "oauth.callback": 400,
    "oauth.unauthorized-client": 401,
    "oauth.invalid-scope": 400,
    "oauth.invalid-grant": 400,
    "oauth.refresh-expired": 400,
    "oauth.token": 401,
    "oauth.access-denied": 403,
    "oauth.no-platform-account": 409,
    "oauth.directory-silent": 502,
    "oauth.no-merchant": 403,
    "oauth.shop-taken": 409,
    "papers.field-wrong": 422,
    "confirmations.identity-wrong": 422,
    "confirmations.link-over": 410,
    "confirmations.not-asked": 404,
    "confirmations.not-reachable": 422,
    "confirmations.not-told": 422,
    "confirmations.send-too-soon": 429,
    "onboarding.authority-missing": 422,
    "onboarding.incomplete": 422,
    "onboarding.locked": 409,
    "onboarding.no-case": 404,
    "onboarding.no-such-move": 409,
    "onboarding.not-certified": 403,
    "onboarding.not-told": 422,
    "reviews.check-failed": 409,
    "reviews.not-confirmed": 409,
    "reviews.not-under-review": 409,
    "reviews.reason-missing": 422,
    "reviews.second-needed": 409,
    "push.address-abroad": 422,
    "push.address-unproved": 422,
    "push.content-gone": 410,
    "push.delivery-stopped": 409,
    "push.event-malformed": 422,
    "push.event-not-held": 403,
    "push.event-oversized": 413,
    "push.no-delivery": 404,
    "push.not-subscribed": 409,
    "overview.not-yours": 404,
    "push.unsigned": 401,
    "staff.refused": 422,
    "staff.unfit": 422,
    "gateway.address": 403,
    "gateway.app-frozen": 403,
    "gateway.app-offline": 403,
    "gateway.app-token": 401,
    "gateway.given-twice": 400,
    "gateway.internal": 500,
    "gateway.invalid": 400,
    "gateway.malformed": 400,
    "gateway.method-mismatch": 400,
    "gateway.missing": 400,
    "gateway.no-package": 403,
    "gateway.no-scope": 403,
    "gateway.no-token": 401,
    "gateway.not-recorded": 503,
    "gateway.stale": 503,
    "gateway.timestamp": 400,
    "gateway.token-of-another-app": 401,
    "gateway.too-large": 413,
    "gateway.too-slow": 408,
    "gateway.upstream": 502,
    "gateway.upstream-refused": 502,
    "gateway.verb": 405,
}

_WAYS_ON = {
    401: ("登录后即可继续。", "Sign in to go on."),
    403: ("如果您认为这是误判，请联系我们。", "If you think this is a mistake, please contact us."),
    404: ("请检查地址，或者从首页重新开始。", "Check the address, or start from the home page."),
    409: ("请返回上一页，查看最新状态。", "Go back and look at the present state."),
    410: ("请从头再来一次。", "Please start again."),
    413: ("请压缩文件后重试。", "Make the file smaller and try again."),
    429: ("请稍等片刻再试。", "Wait a moment and try again."),
    500: (
        "请稍后重试；如果仍然如此，请把下面的编号告诉我们。",
        "Try again later; if it persists, tell us the number below.",
    ),
}
_OTHERWISE = ("请返回上一页更正后重试。", "Go back, correct it and try again.")


def status(refusal: Refusal) -> int:
    """Return the HTTP status for a refusal."""
    return STATUS[refusal.code]


def faults(refusal: Refusal) -> dict[str, Fault]:
    """Return the faults by field that a refusal names."""
    return dict(refusal.faults) if isinstance(refusal, FormFaulty) else {}


def answer(visit: Visit, refusal: Refusal) -> Response:
    """Return the page that says no: what, why, what to do, and the request's id."""
    if isinstance(refusal, NotSignedIn) and visit.request.method in ("GET", "HEAD"):
        where = visit.request.url.path
        return RedirectResponse(pages.link(visit.door.sign_in, next=where), status_code=303)
    code = status(refusal)
    zh, en = _WAYS_ON.get(code, _OTHERWISE)
    return pages.render(
        visit, "refusal.html", status=code, refusal=refusal, way_on=visit.say(zh, en), code=code
    )

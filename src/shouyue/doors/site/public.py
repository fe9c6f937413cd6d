"""The pages that anybody may read: what the platform is, its rules, how to reach the operator.

All of them are read off the policy in force. Clauses: H, 0.2, 3.0, 4.1, 5.5, 8.1, 9.1, 9.2.
"""

from markupsafe import Markup
from starlette.responses import JSONResponse, PlainTextResponse, Response

from shouyue.doors.authority import metadata
from shouyue.doors.web import pages
from shouyue.doors.web.errors import PageMissing
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Visit
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control, declared
from shouyue.privacy.policy.types import Sheet


def home(visit: Visit) -> Response:
    """GET /."""
    active = policy.active()
    figures = {
        "clauses": len(active.clauses),
        "controls": len(declared()),
        "items": sum(item.collected for item in active.items.values()),
        "cookies": len(active.cookies),
    }
    return pages.render(visit, "home.html", **figures)


def privacy(visit: Visit) -> Response:
    """GET /legal/privacy."""
    active = policy.active()
    chapters = [heading for heading in active.headings.values() if "." not in heading.id]
    return pages.render(
        visit,
        "privacy.html",
        version=active.version,
        digest=policy.digest(visit.lang),
        chapters=chapters,
        history=editions.history(visit.db),
        coming=editions.coming(visit.db, visit.db.clock()),
        html=Markup(policy.render(visit.lang)),  # noqa: S704 - the policy room renders safe HTML
    )


@control(Clause.H, Clause.C8_1, says="Whoever wants can read old editions and the coming one.")
def privacy_version(visit: Visit) -> Response:
    """GET /legal/privacy/v/{number}: any edition that was ever announced, to the letter."""
    number = visit.path("number")
    if number == policy.active().version.number:
        return privacy(visit)
    told = {one.number: one for one in editions.history(visit.db)}
    words = editions.words(visit.db, number, visit.lang)
    if words is None:
        raise PageMissing
    return pages.render(
        visit,
        "privacy_edition.html",
        edition=told[number],
        digest=words.digest,
        waits=told[number] in editions.coming(visit.db, visit.db.clock()),
        html=Markup(words.html),  # noqa: S704 - rendered by the policy room, and kept
    )


def privacy_json(visit: Visit) -> Response:
    """GET /legal/privacy.json: what the digest is taken of, with the digest beside it."""
    body = {"policy": policy.plain(visit.lang), "sha256": policy.digest(visit.lang)}
    return JSONResponse(body, headers={"Cache-Control": "no-cache"})


def privacy_file(visit: Visit) -> Response:
    """GET /legal/privacy.html: one plain file to keep."""
    version = policy.active().version
    response = pages.render(
        visit,
        "privacy_file.html",
        version=version,
        digest=policy.digest(visit.lang),
        html=Markup(policy.render(visit.lang)),  # noqa: S704 - the policy room renders safe HTML
    )
    name = f"privacy-{version.number}-{visit.lang}.html"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def collect_list(visit: Visit) -> Response:
    """GET /legal/collect-list."""
    lead = visit.say(
        "开放平台可能处理的每一项个人信息：为什么需要、依据是什么、保存多久。不在清单上的，程序拒绝保存。",
        "Every item of personal information we may handle: why, on which basis, for how long. "
        "What is not on this list, the software refuses to keep.",
    )
    return _sheet(visit, policy.collection_list(visit.lang), lead)


def share_list(visit: Visit) -> Response:
    """GET /legal/share-list."""
    lead = visit.say(
        "谁可能收到个人信息、收到哪些、为了什么。每一次提供都留有记录，您可以在隐私中心查看。",
        "Who may receive personal information, which, and what for. Each release is recorded; "
        "you can see yours in the privacy centre.",
    )
    return _sheet(visit, policy.share_list(visit.lang), lead)


def retention(visit: Visit) -> Response:
    """GET /legal/retention."""
    lead = visit.say(
        "到期后，这些信息即被删除：连同加密它的密钥一起销毁，密文再也读不出来。",
        "At the end of its time it is erased: the key that sealed it is destroyed with it, and "
        "what was sealed can no longer be read.",
    )
    return _sheet(visit, policy.retention_table(visit.lang), lead)


def cookie_list(visit: Visit) -> Response:
    """GET /legal/cookies."""
    lead = visit.say(
        "这是全部。没有第三方 Cookie，没有跟踪；不在此表上的 Cookie，服务器拒绝发出。"
        "您可以随时在浏览器中清除；清除后需要重新登录，其他不受影响。",
        "These are all. No third-party cookies, no tracking; a cookie that is not on this list "
        "is refused by our own server. You can clear them in your browser at any time: you will "
        "have to sign in again, and nothing else changes.",
    )
    return _sheet(visit, policy.cookie_list(visit.lang), lead)


def contact(visit: Visit) -> Response:
    """GET /contact."""
    return pages.render(visit, "contact.html")


@control(
    Clause.C5_3,
    says="The limits of what is done are said beside it, with the way to report a hole.",
)
def security(visit: Visit) -> Response:
    """GET /security: measures, their limits, how to report a hole (5.1.1, 5.3)."""
    return pages.render(visit, "security.html")


def security_txt(visit: Visit) -> Response:
    """GET /.well-known/security.txt (RFC 9116)."""
    at = visit.db.clock()
    year = at.year + (1 if at.month > 6 else 0)  # noqa: PLR2004 - good for half a year at least
    lines = (
        f"Contact: mailto:{policy.active().operator['support_email'].en}",
        f"Expires: {year}-12-31T23:59:59Z",
        "Preferred-Languages: zh, en",
        f"Canonical: {visit.site.origin}/.well-known/security.txt",
        f"Policy: {visit.site.origin}/security",
    )
    return PlainTextResponse("\n".join(lines) + "\n")


def authorisation_server(visit: Visit) -> Response:
    """GET /.well-known/oauth-authorization-server (RFC 8414): where a client gets its tokens."""
    described = metadata.described(visit.site.origin)
    return JSONResponse(described, headers={"Cache-Control": "no-cache"})


def alive(_: Visit) -> Response:
    """GET /healthz: the process answers."""
    return PlainTextResponse("ok\n")


def ready(visit: Visit) -> Response:
    """GET /readyz: the database answers too."""
    visit.db.connection()
    return PlainTextResponse("ready\n")


def _sheet(visit: Visit, sheet: Sheet, lead: str) -> Response:
    version = policy.active().version
    return pages.render(visit, "sheet.html", sheet=sheet, lead=lead, version=version)


PAGES = (
    Page("/", home, who=anyone),
    Page("/legal/privacy", privacy, who=anyone),
    Page("/legal/privacy.json", privacy_json, who=anyone),
    Page("/legal/privacy.html", privacy_file, who=anyone),
    Page("/legal/privacy/v/{number}", privacy_version, who=anyone),
    Page("/legal/collect-list", collect_list, who=anyone),
    Page("/legal/share-list", share_list, who=anyone),
    Page("/legal/retention", retention, who=anyone),
    Page("/legal/cookies", cookie_list, who=anyone),
    Page("/contact", contact, who=anyone),
    Page("/security", security, who=anyone),
    Page("/.well-known/security.txt", security_txt, who=anyone),
    Page("/.well-known/oauth-authorization-server", authorisation_server, who=anyone),
    Page("/healthz", alive, who=anyone),
    Page("/readyz", ready, who=anyone),
)

"""One table from refusals to HTTP, and the page that says no.

Rooms know codes, doors know statuses. A law test keeps the table `statuses.toml` complete.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from shouyue.doors.web import pages
from shouyue.doors.web.errors import Fault, FormFaulty, NotSignedIn
from shouyue.doors.web.visits import Visit
from shouyue.ground.kit.errors import Refusal

STATUS: Mapping[str, int] = {
    f"{room}.{name}": status
    for room, rows in tomllib.loads(
        (Path(__file__).parent / "statuses.toml").read_text("utf-8")
    ).items()
    for name, status in rows.items()
}
"""The rows of `statuses.toml`: one for each refusal of the house."""

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
    503: (
        "这不是您填写的问题。请过几分钟再试；如果仍然如此，请把下面的编号告诉我们。",
        "What you entered is not the cause. Try again later; if it persists, tell us the number.",
    ),
}
_NEXT = {
    "clearance.not-signed": ("/ops/access/undertaking", "阅读并签署承诺书", "Read and sign it"),
    "clearance.not-trained": ("/ops/access/course", "去上培训课", "Take the course"),
}
"""Where what is lacking can be done, and in which words."""
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
        visit,
        "refusal.html",
        status=code,
        refusal=refusal,
        way_on=visit.say(zh, en),
        code=code,
        next=_NEXT.get(refusal.code),
    )

"""The operator's reviewer: two factors, one look at a time with a reason, a decision."""

import re

from shouyue_sandbox.demo.page import Form, Page
from shouyue_sandbox.demo.walk import Stopped, Walk, wait

_CASE = re.compile(r"/ops/reviews/([0-9A-Z]{26})")
_PHOTOS = ("DI-10", "DI-16", "DI-17")
_FIELDS = ("DI-14", "DI-19")
_WHO = "reviewer"
_CODE_SECONDS = 35.0


def sign_in(walk: Walk) -> str:
    """Password and one-time code, both from the post box page; each code works once."""
    page = walk.open(_WHO, "/ops/login")
    used = ""
    while not page.url.endswith("/ops"):
        staff = _fresh(walk, used)
        used, before = staff["code"], used
        page = walk.of(_WHO).send(page, page.form("password"), staff)
        # A code that somebody used a moment ago is refused; the next one is not.
        if before and page.refusal():
            raise Stopped(page.url, page.status, page.refusal())
    return f"{page.status} {page.url.removeprefix(walk.base)}"


def look(walk: Walk) -> str:
    """Open three photos and two fields, each with a reason that the person can read later."""
    walk.case = _waiting_case(walk)
    address = f"/ops/reviews/{walk.case}"
    for item in (*_PHOTOS, *_FIELDS):
        page = walk.open(_WHO, address)
        shown = walk.of(_WHO).send(page, _look_form(page, item), {"reason": _reason(page)})
        opened = "data:image/jpeg" in shown.text if item in _PHOTOS else shown.marks["said"]
        if not opened:
            raise Stopped(shown.url, shown.status, f"{item} · {shown.refusal()}")
    return "三张照片、两个字段 three photos, two fields"


def approve(walk: Walk) -> str:
    """The certification is good."""
    page = walk.open(_WHO, f"/ops/reviews/{walk.case}")
    page = walk.send(_WHO, page, "/approve")
    if "done=approved" not in page.url:
        raise Stopped(page.url, page.status, "not approved")
    return walk.case


def _fresh(walk: Walk, used: str) -> dict[str, str]:
    def look() -> dict[str, str] | None:
        staff: dict[str, str] = walk.json("/development/postbox.json")["staff"]
        return staff if staff["code"] != used else None

    return wait(look, "no new one-time code", _CODE_SECONDS)


def _waiting_case(walk: Walk) -> str:
    def look() -> str:
        page = walk.open(_WHO, "/ops/reviews")
        cases = [found.group(1) for link in page.links if (found := _CASE.search(link))]
        # The queue shows masks; ours is the one that came last.
        return max(cases, default="")

    return wait(look, "no case in the queue")


def _look_form(page: Page, item: str) -> Form:
    for form in page.forms:
        if form.action.endswith("/see") and form.fields.get("item") == item:
            return form
    raise Stopped(page.url, page.status, f"{item} cannot be opened")


def _reason(page: Page) -> str:
    found = re.search(r'<select[^>]*name="reason".*?</select>', page.text, re.DOTALL)
    values = re.findall(r'<option value="([^"]+)"', found.group() if found else "")
    if not values:
        raise Stopped(page.url, page.status, "no reason to choose")
    return str(values[0])

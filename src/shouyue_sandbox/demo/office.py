"""The operator's staff: two factors, a grant that another approves, one look at a time, a yes."""

import re

from shouyue_sandbox.demo.page import Form, Page
from shouyue_sandbox.demo.walk import Stopped, Walk, wait

_CASE = re.compile(r"/ops/reviews/([0-9A-Z]{26})")
_PHOTOS = ("DI-10", "DI-16", "DI-17")
_FIELDS = ("DI-14", "DI-19")
_WHO, _OFFICER = "reviewer", "officer"
_ACCESS = "/ops/access"
_ANSWERS = ("1", "2", "0", "1", "2")  # what whoever has read the course answers
_CODE_SECONDS = 35.0


def sign_in(walk: Walk) -> str:
    """Password and one-time code, both from the post box page; each code works once."""
    return _enter(walk, _WHO, "staff")


def prepare(walk: Walk) -> str:
    """The undertaking signed, the yearly course passed: without both nobody looks."""
    page = walk.open(_WHO, f"{_ACCESS}/undertaking")
    if any(form.holds("digest") for form in page.forms):
        walk.send(_WHO, page, "digest", tick=["agreed"])
    page = walk.open(_WHO, f"{_ACCESS}/course")
    answers = {f"q{place}": answer for place, answer in enumerate(_ANSWERS)}
    page = walk.send(_WHO, page, "version", answers)
    if "done=trained" not in page.url:
        raise Stopped(page.url, page.status, "the course was not passed")
    return "承诺书、培训 undertaking and course"


def ask(walk: Walk) -> str:
    """Ask to look into the case; nothing opens yet."""
    walk.case = _waiting_case(walk)
    page = walk.open(_WHO, f"/ops/reviews/{walk.case}")
    page = walk.send(_WHO, page, "/grant", {"hours": "2"})
    if any(form.holds("/see") for form in page.forms):
        raise Stopped(page.url, page.status, "it opens before anybody approved")
    return "2 小时 hours"


def let(walk: Walk) -> str:
    """The privacy officer, another person, approves what waits."""
    _enter(walk, _OFFICER, "officer")

    def approved() -> bool:
        page = walk.open(_OFFICER, _ACCESS)
        if any(form.holds("/approve") for form in page.forms):
            walk.send(_OFFICER, page, "/approve")
        case = walk.open(_WHO, f"/ops/reviews/{walk.case}")
        return any(form.holds("/see") for form in case.forms)

    wait(approved, "the grant is not live")
    return "由另一人批准 by another person"


def _enter(walk: Walk, who: str, member: str) -> str:
    page = walk.open(who, "/ops/login")
    used = ""
    while not page.url.endswith("/ops"):
        staff = _fresh(walk, member, used)
        used, before = staff["code"], used
        page = walk.of(who).send(page, page.form("password"), staff)
        # A code that somebody used a moment ago is refused; the next one is not.
        if before and page.refusal():
            raise Stopped(page.url, page.status, page.refusal())
    return f"{page.status} {page.url.removeprefix(walk.base)}"


def look(walk: Walk) -> str:
    """Open three photos and two fields, each with a reason that the person can read later."""
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


def _fresh(walk: Walk, member: str, used: str) -> dict[str, str]:
    def look() -> dict[str, str] | None:
        staff: dict[str, str] = walk.json("/development/postbox.json")[member]
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

"""What exists in development mode only: the post box page, staff to log in as, the sandbox.

None of it is imported by the house; assembly mounts it, on the loopback address alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from starlette.responses import JSONResponse, Response

from shouyue.assembly.home import Agreed
from shouyue.assembly.wiring import now
from shouyue.doors.web import pages
from shouyue.doors.web.people import door
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Visit
from shouyue.ground.hazmat import otp
from shouyue.ground.store.service import Store
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.egress.post import PostBox

DOOR = door("development", Path(__file__).parent / "templates")


def hire(store: Store, agreed: Agreed, home: Path) -> Agreed:
    """Make the reviewer at the first start, and remember the second factor in the home."""
    if agreed.staff_otp:
        return agreed
    with store.begin() as db:
        enrolled = staff.create_staff(
            db, agreed.staff_name, agreed.staff_password, [StaffRole.REVIEWER, StaffRole.ADMIN]
        )
    hired = replace(agreed, staff_otp=enrolled.secret)
    hired.write(home)
    return hired


def post_box_pages(box: PostBox, agreed: Agreed) -> Sequence[Page]:
    """Return the pages that show what would have gone out, and how to log in."""

    def code() -> str:
        return otp.code_at(agreed.staff_otp, now())

    def show(visit: Visit) -> Response:
        return pages.render(
            visit,
            "postbox.html",
            letters=list(reversed(box.messages())),
            staff_name=agreed.staff_name,
            staff_password=agreed.staff_password,
            staff_code=code(),
        )

    def listed(_visit: Visit) -> Response:
        letters = [
            {"at": letter.at.isoformat(), "to": letter.to, "text": letter.text}
            for letter in box.messages()
        ]
        return JSONResponse(
            {
                "letters": letters,
                "staff": {
                    "name": agreed.staff_name,
                    "password": agreed.staff_password,
                    "code": code(),
                },
            }
        )

    return (
        Page("/development/postbox", show, who=anyone),
        Page("/development/postbox.json", listed, who=anyone),
    )

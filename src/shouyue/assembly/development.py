"""What exists in development mode only: the post box page, staff to log in as, the sandbox.

None of it is imported by the house; assembly mounts it, on the loopback address alone.
"""

import os
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
from shouyue.ground.hazmat import otp, tokens
from shouyue.ground.store.service import Store
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.egress.post import PostBox

DOOR = door("development", Path(__file__).parent / "templates")


def hire(store: Store, agreed: Agreed, home: Path) -> Agreed:
    """Make a reviewer and an officer of privacy and security at the first start; remember them.

    Two, because nobody approves what they asked for themselves.
    """
    hired = agreed
    with store.begin() as db:
        if not agreed.staff_otp:
            roles = [StaffRole.REVIEWER, StaffRole.ADMIN]
            one = staff.create_staff(db, agreed.staff_name, agreed.staff_password, roles)
            hired = replace(hired, staff_otp=one.secret)
        if not agreed.officer_otp:
            word, roles = tokens.mint(os.urandom, 9), [StaffRole.PRIVACY, StaffRole.SECURITY]
            other = staff.create_staff(db, agreed.officer_name, word, roles)
            hired = replace(hired, officer_password=word, officer_otp=other.secret)
    if hired != agreed:
        hired.write(home)
    return hired


def post_box_pages(box: PostBox, agreed: Agreed) -> Sequence[Page]:
    """Return the pages that show what would have gone out, and how to log in."""

    def members() -> dict[str, dict[str, str]]:
        return {
            "staff": {
                "name": agreed.staff_name,
                "password": agreed.staff_password,
                "code": otp.code_at(agreed.staff_otp, now()),
            },
            "officer": {
                "name": agreed.officer_name,
                "password": agreed.officer_password,
                "code": otp.code_at(agreed.officer_otp, now()),
            },
        }

    def show(visit: Visit) -> Response:
        return pages.render(
            visit,
            "postbox.html",
            letters=list(reversed(box.messages())),
            staff=members()["staff"],
            officer=members()["officer"],
        )

    def listed(_visit: Visit) -> Response:
        letters = [
            {"at": letter.at.isoformat(), "to": letter.to, "text": letter.text}
            for letter in box.messages()
        ]
        return JSONResponse({"letters": letters, **members()})

    return (
        Page("/development/postbox", show, who=anyone),
        Page("/development/postbox.json", listed, who=anyone),
    )

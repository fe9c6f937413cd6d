"""All parts and public pages, to be looked at: `python -m tests.e2e.showcase_site PORT`."""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import uvicorn
from markupsafe import Markup
from starlette.responses import Response
from starlette.types import ASGIApp

from shouyue.doors.site import public
from shouyue.doors.site.pages import DOOR
from shouyue.doors.web import forms, pages, routes
from shouyue.doors.web.pages import parts
from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Act, Door, Entry, Group, Site, Upload, Visit
from shouyue.ground.store import migrate
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from tests.house import MONDAY, House

_HERE = Path(__file__).parent / "showcase"


class Papers(forms.Form):
    """The form of the showcase."""

    name: str
    mail: str = ""
    kind: str
    scope: str
    photo: Upload
    code: str
    agreed: bool


def show(visit: Visit) -> Response:
    """GET /showcase."""
    ui = parts(visit)
    rows = [
        (
            "示例订单助手",
            ui.chip("good", visit.say("已上线", "Live")),
            pages.moment(MONDAY, visit.lang),
            ui.clock(2, MONDAY + timedelta(days=21)),
        ),
        (
            Markup('<a href="/">{}</a>').format("Warehouse Sync"),
            ui.chip("wait", visit.say("审核中", "In review")),
            "—",
            ui.clock(12, MONDAY + timedelta(days=35), provisional=True),
        ),
    ]
    events = [
        {"at": MONDAY, "kind": "good", "title": visit.say("已提交", "Submitted")},
        {
            "at": MONDAY,
            "kind": "wait",
            "title": visit.say("人工审核", "Human review"),
            "text": visit.say("承诺 2 个工作日内完成", "Within 2 working days"),
        },
    ]
    return pages.render(visit, "showcase.html", rows=rows, events=events)


def take(act: Act) -> Response:
    """POST /showcase."""
    forms.read(act, Papers)
    return pages.go("/showcase", done="created")


def door(name: str) -> Door:
    """The showcase's door, with a rail."""
    entries = (
        Entry("/showcase", "apps", "应用", "Apps", 3),
        Entry("/console-showcase", "settings", "后台", "Console"),
        Entry("/docs", "code", "接口文档", "API docs"),
        Entry("/privacy", "shield-lock", "隐私中心", "Privacy centre"),
    )
    menu = (Group("开发", "Build", entries[:2]), Group("帮助", "Help", entries[2:]))
    return Door(name, _HERE, lambda _: menu, "/login", DOOR.knows, DOOR.touch)


def site(url: str, origin: str) -> ASGIApp:
    """The whole site."""
    migrate.upgrade(url)
    house = House(url)
    box = PostBox(house.clock)
    return routes.build(
        Site(house.store, origin, Egress(box, box), development=True),
        [
            (DOOR, public.PAGES),
            (door("portal"), [Page("/showcase", show, take, who=anyone)]),
            (door("console"), [Page("/console-showcase", show, take, who=anyone)]),
        ],
    )


if __name__ == "__main__":
    port = int(sys.argv[1])
    folder = tempfile.mkdtemp()
    app = site(f"sqlite:///{folder}/show.db", f"http://127.0.0.1:{port}")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")

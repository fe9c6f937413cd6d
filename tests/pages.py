"""Pages under test: a site of doors on a house, and a browser that sends what browsers send."""

from collections.abc import Sequence
from pathlib import Path

from starlette.testclient import TestClient

from shouyue.doors.web import routes
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Door, Knows, SignedCall, Site
from shouyue.people.accounts import sessions
from shouyue.people.arrivals.types import Provider
from shouyue.platform.directory.types import Directory
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from tests.house import House

ORIGIN = "https://open.example.com"
INSIDE = "1.2.4.8"  # a name server in the mainland


def door(pages: Path, knows: Knows = sessions.visit) -> Door:
    """A door with templates of its own and no rail."""
    return Door(
        name="portal",
        templates=pages,
        menu=lambda _: (),
        sign_in="/login",
        knows=knows,
        touch=sessions.touch,
    )


def browser(
    house: House,
    *doors: tuple[Door, Sequence[Page]],
    egress: Egress | None = None,
    provider: Provider | None = None,
    directory: Directory | None = None,
    address: str = INSIDE,
    call: SignedCall | None = None,
) -> TestClient:
    """A browser on a site with these doors. It speaks Chinese and follows no redirects."""
    box = PostBox(house.clock)
    site = Site(
        house.store,
        ORIGIN,
        egress or Egress(box, box),
        provider,
        directory,
        notes=house.notes,
        call=call,
    )
    app = routes.build(site, doors)
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh-CN,zh;q=0.9"}
    return TestClient(
        app, base_url=ORIGIN, headers=headers, follow_redirects=False, client=(address, 50000)
    )

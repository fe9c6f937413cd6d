"""Pages as a table: an address, the function that looks, the one that acts, who may enter."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from shouyue.doors.web import assets, cookies, language, uploads
from shouyue.doors.web.desk import Desk
from shouyue.doors.web.envelope import Envelope
from shouyue.doors.web.errors import Abroad, MethodRefused, PageMissing
from shouyue.doors.web.visits import Bodies, Deed, Door, Guard, Look, Site, Visit
from shouyue.ground.kit.errors import Refusal

_FORM = 64 * 1024

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def anyone(visit: Visit) -> None:
    """Let everybody in."""


def signed_in(visit: Visit) -> None:
    """Let in who is signed in; raises NotSignedIn."""
    _ = visit.someone


@dataclass(frozen=True, slots=True)
class Page:
    """One address.

    `look` answers GET. `act` answers POST; when it refuses, `look` is shown again with what was
    given. `shown` is the page to show again where GET itself is not answered. `land` answers a GET
    that writes, for the few addresses that another site or a link brings a browser to; it must
    be harmless when anybody's page leads there. `most` caps the body, in bytes. `opens` says that a
    personal value is opened here for staff.
    """

    path: str
    look: Look | None = None
    act: Deed | None = None
    who: Guard = signed_in
    shown: Look | None = None
    land: Deed | None = None
    most: int = _FORM
    opens: bool = False


def build(site: Site, doors: Sequence[tuple[Door, Sequence[Page]]]) -> ASGIApp:
    """Return the ASGI application of one site: its doors' pages, static files, and the envelope.

    The first door's layout also serves for addresses that no page has.
    """
    routes: list[Route | Mount] = [Route("/static/{path:path}", assets.serve)]
    for door, pages in doors:
        desk = Desk(site, door)
        routes += [_route(site, desk, page) for page in pages]
    front = Desk(site, doors[0][0])

    async def missing(request: Request, error: Exception) -> Response:
        known = isinstance(error, HTTPException) and error.status_code == 405  # noqa: PLR2004
        no = MethodRefused() if known else PageMissing()
        return await run_in_threadpool(front.refuse, request, no)

    handlers: dict[Any, Any] = {HTTPException: missing, PageMissing: missing}
    return Envelope(Starlette(routes=routes, exception_handlers=handlers), site)


def _route(site: Site, desk: Desk, page: Page) -> Route:
    methods = [*(["GET"] if page.look or page.land else []), *(["POST"] if page.act else [])]
    return Route(page.path, _endpoint(site, desk, page), methods=methods)


def _endpoint(site: Site, desk: Desk, page: Page) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            await run_in_threadpool(desk.check_place, request, opens=page.opens)
            if "\0" in unquote(f"{request.url.path}?{request.url.query}"):
                response = await run_in_threadpool(desk.refuse, request, PageMissing())
            elif request.method == "POST" and page.act:
                response = await _post(site.bodies, desk, page, page.act, request)
            elif page.land:
                response = await run_in_threadpool(desk.land, request, page.land, page.who)
            else:
                look = page.look or _absent
                response = await run_in_threadpool(desk.look, request, look, page.who)
        except Abroad as no:
            return await run_in_threadpool(desk.shut, request, no)
        except Exception as error:  # noqa: BLE001 - the outermost answer: all else would be silence
            response = await run_in_threadpool(desk.trouble, request, error)
        _remember_language(site, request, response)
        return response

    return endpoint


async def _post(bodies: Bodies, desk: Desk, page: Page, act: Deed, request: Request) -> Response:
    with bodies.one() as hold:
        try:
            sent = await uploads.take(request, page.most, hold)
        except Refusal as no:
            return await run_in_threadpool(desk.refuse, request, no)
        try:
            return await run_in_threadpool(desk.act, request, sent, act, page.who)
        except Refusal as no:
            shown = page.look or page.shown
            return await run_in_threadpool(desk.again, request, sent, no, shown)


def _remember_language(site: Site, request: Request, response: Response) -> None:
    lang = request.query_params.get("lang", "")
    if lang in ("zh", "en") and request.method == "GET":
        cookies.put(response, site, language.COOKIE, lang)


def _absent(_: Visit) -> Response:
    raise PageMissing

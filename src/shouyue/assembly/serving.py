"""One process, every role: pages, gateway, intake and worker behind one port.

Gateway paths stand at the host's root, because real clients drop prefixes.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shouyue.assembly import development, wiring
from shouyue.assembly.answers import SCHEDULE, answers
from shouyue.assembly.guarded import in_words
from shouyue.assembly.systems import UpstreamSettings
from shouyue.assembly.wiring import House
from shouyue.doors.centre import pages as centre
from shouyue.doors.console import pages as console
from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.plain import Plain
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.limits.service import Pot
from shouyue.doors.portal import pages as portal
from shouyue.doors.site import pages as site
from shouyue.doors.statistics import pages as statistics
from shouyue.doors.stewards import pages as stewards
from shouyue.doors.upstreams.intake import PATH, Intake
from shouyue.doors.upstreams.service import DEFAULT, Upstream, Upstreams, answering
from shouyue.doors.web import routes
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Door, Posted, Site
from shouyue.doors.wire.pool import Pool
from shouyue.doors.wire.types import Answer, Call
from shouyue.doors.workbench import pages as workbench
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.errors import named
from shouyue.ground.spools.service import Spools
from shouyue.ground.store.service import Store
from shouyue.people.alarms.notes import Notes, write
from shouyue.people.arrivals.types import Provider
from shouyue.platform.directory.types import Directory
from shouyue.platform.grants import service as grants
from shouyue.privacy.witnesses.types import Witness
from shouyue_sandbox import app as sandbox

_LARGEST_EVENT = 256 * 1024
_ROUND_SECONDS = 5.0
_CALL_SECONDS = 30.0
_log = structlog.get_logger("shouyue.serving")


class Front:
    """Sends each request to its door: gateway paths first, then what is mounted, then pages."""

    def __init__(self, gateway: Gateway, spools: Spools, rest: ASGIApp) -> None:
        """Look at the path alone."""
        self._gateway = gateway
        self._api = Asgi(Hosted(gateway, spools))
        self._words = Plain(gateway, spools)
        self._rest = rest

    def refuse(self, status: int, path: str) -> Answer:
        """Say why a request was not read to its end, to clients of the gateway in its envelope."""
        is_call = self._gateway.serves(path)
        return self._words.refuse(status, path) if is_call else in_words(status, path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the server's life goes to the rest."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        is_call = self._gateway.serves(scope["path"])
        await (self._api if is_call else self._rest)(scope, receive, send)


class Bench:
    """A way for a page, which runs in a thread, to the gateway, which runs in the event loop."""

    def __init__(self, gateway: Gateway) -> None:
        """Wait for the loop."""
        self._gateway = gateway
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Use the loop that runs now."""
        self._loop = asyncio.get_running_loop()

    def __call__(self, posted: Posted) -> bytes:
        """Hand a signed call over and return the body of its answer; not from the loop itself."""
        if self._loop is None:
            raise RuntimeError("the platform has not started")
        headers = {"content-type": posted.media_type}
        call = Call("POST", posted.path, b"", headers, posted.body, posted.address)
        answer = self._gateway.handle(call)
        return asyncio.run_coroutine_threadsafe(answer, self._loop).result(_CALL_SECONDS).body


def build(house: House) -> Front:
    """Return the whole platform as one ASGI application, worker included."""
    gateway = gateway_of(house)
    intake = Intake(house.store, house.partners.upstream_secret, grants.apps_for, house.notes.note)
    worker = _worker(house, gateway)
    box, bench = _sandbox(house), Bench(gateway)

    @asynccontextmanager
    async def alive(_app: Starlette) -> AsyncIterator[None]:
        bench.start()
        if house.store.engine.dialect.name == "sqlite":
            worker.take_over()  # one file, one process: whoever held a lease is gone
        stop = threading.Event()
        thread = threading.Thread(target=worker.run, args=(stop,), name="worker")
        thread.start()
        rounds = asyncio.create_task(make_rounds(house))
        try:
            if box is None:
                yield
            else:
                async with box.router.lifespan_context(box):
                    yield
        finally:
            rounds.cancel()
            await run_in_threadpool(write_down, house.store, house.notes)
            stop.set()
            house.store.bell.set()
            await run_in_threadpool(thread.join)
            await gateway.close()
            house.store.close()

    mounted = [Mount("/sandbox", app=box)] if box is not None else []
    pages = routes.build(_site(house, bench), _doors(house))
    rest = Starlette(
        lifespan=alive,
        routes=[
            Route(PATH, _taking(intake), methods=["POST"]),
            *mounted,
            Mount("/", app=pages),
        ],
    )
    return Front(gateway, spools_of(house), rest)


def _worker(house: House, gateway: Gateway) -> Worker:
    witnesses = [Witness(one.name, one.url, one.key) for one in house.settings.witnesses]
    bells = answers(house.egress, house.settings.origin, gateway, _directory(house), witnesses)
    return Worker(house.store, bells, SCHEDULE)


def gateway_of(house: House) -> Gateway:
    """Return the signed API with its way to the operator's systems; for one event loop."""
    partners, given = house.partners, house.settings.upstreams
    first = house.settings.upstream
    default = _upstream(house, first, DEFAULT, partners.upstream_url, partners.upstream_secret)
    named = {
        name: _upstream(house, one, name, one.base_url, one.secret.get_secret_value())
        for name, one in given.items()
    }
    found = answering({name: one.apis for name, one in given.items()})
    others = {api: named[name] for api, name in found.items()}
    upstreams = Upstreams(default, others)
    return Gateway(
        house.store,
        upstreams,
        tolerance=timedelta(minutes=house.settings.tolerance_minutes),
        note=house.notes.note,
        pot=_pot(house),
    )


def spools_of(house: House) -> Spools:
    """Return where files lie on their way through."""
    settings, dice = house.settings, house.store.means.dice
    return Spools(settings.home / "spool", dice, Suite(settings.suite))


def _pot(house: House) -> Pot | None:
    url = house.settings.redis_url.get_secret_value()
    if not url:
        return None
    from shouyue.doors.wire.counters import Counters  # noqa: PLC0415 - the extra may be missing

    return Pot(Counters(url), house.notes.note)


def _upstream(
    house: House, given: UpstreamSettings | None, name: str, url: str, secret: str
) -> Upstream:
    way, clock = Pool(url, tls=wiring.inside_of(given)), house.store.means.clock
    return Upstream(way, secret, clock, name=name, note=house.notes.note)


def write_down(store: Store, notes: Notes) -> None:
    """Raise the alarms for what was noticed since the last time; what fails is kept in mind."""
    if not (taken := notes.take()):
        return
    try:
        store.do(lambda db: write(db, taken))
    except Exception as error:  # noqa: BLE001 - the database's bad hour is not the doors'
        notes.put_back(taken)
        _log.error("alarms.not-written", error=named(error))


async def make_rounds(house: House) -> None:
    """Keep our token at the key service and raise alarms for what was noticed, until cancelled."""
    while True:
        if house.token is not None:
            await run_in_threadpool(house.token.keep)
        await run_in_threadpool(write_down, house.store, house.notes)
        await asyncio.sleep(_ROUND_SECONDS)


def _taking(intake: Intake) -> Callable[[Request], Awaitable[Response]]:
    async def take(request: Request) -> Response:
        declared = request.headers.get("content-length", "")
        if not declared.isdecimal() or int(declared) > _LARGEST_EVENT:
            return Response(b'{"result":13,"sub_code":"push.event-oversized"}', 413)
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)
        status, answer = await run_in_threadpool(intake, dict(request.headers), body)
        return Response(answer, status, media_type="application/json")

    return take


def _site(house: House, bench: Bench) -> Site:
    partners = house.partners
    return Site(
        store=house.store,
        origin=house.settings.origin,
        egress=house.egress,
        provider=Provider(
            partners.provider_url, partners.provider_app_id, partners.provider_secret
        ),
        directory=_directory(house),
        development=house.settings.development,
        mainland=house.settings.mainland.holds,
        notes=house.notes,
        call=bench,
    )


def _directory(house: House) -> Directory:
    return Directory(house.partners.upstream_url, house.partners.upstream_secret)


def _doors(house: House) -> Sequence[tuple[Door, Sequence[Page]]]:
    doors: list[tuple[Door, Sequence[Page]]] = [
        (site.DOOR, site.PAGES),
        (centre.DOOR, centre.PAGES),
        (portal.DOOR, portal.PAGES),
        (statistics.DOOR, statistics.PAGES),
        (workbench.DOOR, workbench.PAGES),
        (console.DOOR, console.PAGES),
        (stewards.DOOR, stewards.PAGES),
    ]
    if house.box is not None and house.agreed is not None:
        doors.append((development.DOOR, development.post_box_pages(house.box, house.agreed)))
    return doors


def _sandbox(house: House) -> Starlette | None:
    if not house.settings.development:
        return None
    partners = house.partners
    return sandbox.build(
        sandbox.Settings(
            shelf=house.settings.home / "sandbox.db",
            intake_url=f"{house.settings.origin}{PATH}",
            upstream_secret=partners.upstream_secret,
            provider_app_id=partners.provider_app_id,
            provider_app_secret=partners.provider_secret,
        )
    )

"""What the commands do with a whole house."""

import sys
from collections.abc import Sequence
from dataclasses import replace

import uvicorn
from rich.console import Console
from starlette.types import ASGIApp

from shouyue.assembly import (
    development,
    loglines,
    memory,
    publishing,
    residency,
    serving,
    temporary,
    wiring,
)
from shouyue.assembly.forwarded import Forwarded
from shouyue.assembly.guarded import Refuse, guarded, in_words
from shouyue.assembly.settings import Settings
from shouyue.doors.wire import tls
from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.crowd import Crowd
from shouyue.doors.wire.proxies import Proxies
from shouyue.ground.store import migrate as history
from shouyue.people.staff import service as staff
from shouyue.people.staff.errors import BadStaff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.ledger import walk as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.ledger.tables import GROWING
from shouyue.privacy.ledger.types import Fault, Fork
from shouyue_sandbox.demo import errand

_GRACE_SECONDS = 10
_MOST_AT_ONCE = 1000  # requests whose client is gone count too; what comes beyond is told 503
_BODY_SECONDS = 60.0
_IDLE_SECONDS = 30.0


def serve(settings: Settings) -> None:
    """Run until stopped; in development say where everything is and how to log in."""
    loglines.to_standard_error()
    house = wiring.build(settings)
    publishing.adopt(house.store)
    if house.agreed is not None:
        agreed = development.hire(house.store, house.agreed, settings.home)
        house = replace(house, agreed=agreed)
        _welcome(house)
    front = serving.build(house)
    ready = server(settings, front, front.refuse)
    memory.settle()
    ready.run()


def server(settings: Settings, app: ASGIApp, refuse: Refuse = in_words) -> uvicorn.Server:
    """Return the server of an application as the settings want it; raises TlsUnusable.

    `refuse` has the words for what does not reach the application.
    """
    proxies, each = Proxies(settings.trusted_proxies), settings.connections_per_address
    bounds = Bounds(_BODY_SECONDS, _IDLE_SECONDS, lines=_MOST_AT_ONCE, each=each)
    config = uvicorn.Config(
        Forwarded(app, proxies),
        http=guarded(bounds, Crowd(bounds.lines, each, proxies), refuse),
        ws="none",
        host=settings.host,
        port=settings.port,
        access_log=False,  # the default line holds the query, and a query may hold a token
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # `Forwarded` reads them
        timeout_graceful_shutdown=_GRACE_SECONDS,
        limit_concurrency=_MOST_AT_ONCE + 1,
    )
    config.load()
    config.ssl = tls_context(settings)
    return uvicorn.Server(config)


def tls_context(settings: Settings) -> tls.Context | None:
    """Return what a server listens with where no proxy ends TLS before us."""
    if settings.tls is None:
        return None
    part = settings.tls
    return tls.ended_here(part.certificate, part.key, part.passphrase.get_secret_value())


def demo(settings: Settings, *, as_json: bool) -> int:
    """Walk the errand against the platform at the settings' address, or a temporary one.

    Returns 0 when every step held.
    """
    if errand.is_there(settings.origin):
        return errand.main(settings.origin, as_json=as_json)
    try:
        with temporary.platform() as origin:
            return errand.main(origin, as_json=as_json)
    except temporary.NotStarted as no:
        sys.stderr.write(f"{no}\n")
        return 1


def hire(settings: Settings, login: str, password: str, roles: Sequence[str]) -> dict[str, str]:
    """Make a member of staff and return the second factor, to be shown once."""
    house = wiring.build(settings)
    try:
        with house.store.begin() as db:
            enrolled = staff.create_staff(db, login, password, _posts(roles))
    finally:
        house.store.close()
    return {"login": login, "otp_secret": enrolled.secret, "otp_uri": enrolled.uri}


def repost(settings: Settings, login: str, roles: Sequence[str]) -> dict[str, object]:
    """Give a member of staff other posts; what they could look at by a lost one ends at once."""
    posts = _posts(roles)
    house = wiring.build(settings)
    try:
        house.store.do(lambda db: staff.set_roles(db, staff.named(db, login), posts))
    finally:
        house.store.close()
    return {"login": login, "roles": sorted(posts)}


def dismiss(settings: Settings, login: str) -> dict[str, object]:
    """End a member's sessions and grants at once, and let them in no more."""
    house = wiring.build(settings)
    try:
        house.store.do(lambda db: staff.deactivate(db, staff.named(db, login)))
    finally:
        house.store.close()
    return {"login": login, "active": False}


def _posts(roles: Sequence[str]) -> list[StaffRole]:
    try:
        return [StaffRole(role) for role in roles]
    except ValueError:
        raise BadStaff from None


def prove_residency(settings: Settings) -> str:
    """Return the quarter's proof of where everything is kept, as JSON."""
    house = wiring.build(settings)
    try:
        with house.store.read() as db:
            return residency.report(settings, db)
    finally:
        house.store.close()


def migrate(settings: Settings, role: str) -> None:
    """Bring the schema up, and let a role that owns nothing work in it."""
    history.upgrade(settings.database_url)
    if role:
        history.admit(settings.database_url, role, GROWING)


def acknowledge(settings: Settings) -> list[Fork]:
    """Let the evidence log go on beside those that witnesses have signed; return which."""
    house = wiring.build(settings)
    try:
        with house.store.begin() as db:
            return witnessing.acknowledge(db)
    finally:
        house.store.close()


def walk(settings: Settings, kept: Sequence[str] = ()) -> list[Fault]:
    """Return what is wrong in the stored evidence log, or has not grown from what was kept."""
    house = wiring.build(settings)
    try:
        with house.store.read() as db:
            return list(ledger.check(db, kept))
    finally:
        house.store.close()


def _welcome(house: wiring.House) -> None:
    agreed, origin = house.agreed, house.settings.origin
    if agreed is None:
        return
    say = Console(highlight=False).print
    say("[bold]守约 Shouyue[/] · 开发模式 development mode · 仅本机 this machine only")
    say(f"  开放平台 platform      {origin}/")
    say(f"  开发信箱 post box      {origin}/development/postbox")
    say(f"  沙箱店铺 sandbox shops {origin}/sandbox/")
    say(f"  员工控制台 console     {origin}/ops")
    say("  开发者登录 developer   任意大陆手机号，验证码在开发信箱 · any mainland phone,")
    say("                         the code is in the post box; or a sandbox account")
    say("  商家登录 merchant      用母平台账号登录，选一家沙箱店铺 · parent platform account")
    say(f"  员工登录 staff         {agreed.staff_name} / {agreed.staff_password}")
    say(f"  隐私专员 officer       {agreed.officer_name} / {agreed.officer_password}")
    say("                         动态码在开发信箱 · the one-time code is in the post box")
    say("  命令行走一遍 demo      make demo")

"""The sandbox as one ASGI application, to be mounted at `/sandbox`."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from shouyue_sandbox.events import Outbox
from shouyue_sandbox.pages.counter import Counter
from shouyue_sandbox.pages.render import style
from shouyue_sandbox.provider.accounts import Accounts
from shouyue_sandbox.provider.doors import Provider
from shouyue_sandbox.receiver import Receiver
from shouyue_sandbox.shop import staff
from shouyue_sandbox.shop.generate import world
from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Shelf
from shouyue_sandbox.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sandbox and the platform agree on."""

    shelf: Path | str
    intake_url: str
    upstream_secret: str
    provider_app_id: str
    provider_app_secret: str
    seed: int = 20261123


def build(settings: Settings) -> Starlette:
    """Return the application; its world is generated when the shelf is empty."""
    shelf = Shelf(settings.shelf)
    world(shelf, settings.seed, _now_ms())
    staff.hire(shelf, settings.seed)
    outbox = Outbox(shelf, settings.intake_url, settings.upstream_secret, _now_ms)
    dice = SystemRandom()
    shop = Shop(shelf, dice, _now_ms, outbox.note)
    upstream = Upstream(shop, settings.upstream_secret, _now_ms)
    accounts = Accounts(shelf, settings.seed, _now_ms)
    provider = Provider(accounts, settings.provider_app_id, settings.provider_app_secret)
    receiver, counter = Receiver(shelf), Counter(shop, dice)

    @asynccontextmanager
    async def alive(_app: Starlette) -> AsyncIterator[None]:
        outbox.start()
        yield
        outbox.stop()
        shelf.close()

    return Starlette(
        lifespan=alive,
        routes=[
            Route("/", counter.show),
            Route("/sandbox.css", style),
            Route("/state.json", counter.state),
            *_at_the_counter(counter),
            Route("/upstream/api/{method}", upstream.call, methods=["POST"]),
            Mount(
                "/provider",
                routes=[
                    Route("/oauth2/authorize", provider.authorize, methods=["GET", "POST"]),
                    Route("/oauth2/connect", provider.authorize, methods=["GET", "POST"]),
                    Route("/oauth2/access_token", provider.access_token, methods=["GET", "POST"]),
                    Route("/openapi/user_info", provider.user_info),
                    Route("/openapi/user_phone", provider.user_phone),
                ],
            ),
            Route("/receiver", receiver.show, methods=["GET"]),
            Route("/receiver", receiver.set_key, methods=["POST"]),
            Route("/receiver/push", receiver.push, methods=["POST"]),
            Route("/receiver/callback", receiver.callback),
        ],
    )


def _at_the_counter(counter: Counter) -> Sequence[Route]:
    ways = {
        "/shops": counter.open,
        "/shops/{seller_id:int}/close": counter.shut,
        "/shops/{seller_id:int}/time": counter.pass_time,
        "/shops/{seller_id:int}/rank": counter.rank,
        "/orders": counter.place,
        "/orders/{oid:int}/{step}": counter.step,
        "/refunds/{refund_id:int}/{step}": counter.refund,
        "/staff/{staff_id:int}/{step}": counter.staff,
    }
    return [Route(path, way, methods=["POST"]) for path, way in ways.items()]


def _now_ms() -> int:
    return int(time.time() * 1000)

"""Days of calls, written as a gateway settles and logs them; limits that a test sets."""

from collections.abc import Iterator
from contextlib import contextmanager

from shouyue.ground.store.session import Session
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.quotas import rules
from shouyue.platform.quotas import service as quotas
from shouyue.platform.quotas.types import Tally
from shouyue.platform.traffic import service as traffic
from shouyue.platform.traffic.types import Made


@contextmanager
def limited(name: str, **limits: int) -> Iterator[None]:
    """An API whose file says so many calls a second."""
    api = catalogue.find(name)
    before = {key: getattr(api, key) for key in limits}
    try:
        for key, most in limits.items():
            object.__setattr__(api, key, most)
        yield
    finally:
        for key, most in before.items():
            object.__setattr__(api, key, most)


def call(db: Session, app: str, result: int) -> Made:
    """One line of the access log, today."""
    api = "open.shop.info.get"
    return Made(db.new_id(), db.clock(), app, api, "GET", "", "", result, "", 1, 1, 1)


def well_used(
    db: Session, app: str, calls: int, *, peak: int = 1, failed: int = 0, online: bool = True
) -> None:
    """A day with so many calls, of which `failed` in a hundred failed."""
    quotas.settle(db, [Tally(app, "", rules.day(db.clock()), calls, peak, online)])
    lines = [call(db, app, 11 if n < failed else 1) for n in range(100)]
    traffic.record(db, lines)
    traffic.add_up(db, lines)

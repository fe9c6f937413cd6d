"""The proof that what is kept stays in the mainland: who keeps it, the rule, what was turned back.

`shouyue residency` prints it; an operator files it every quarter (5.6, AUD-21).
"""

import json
from collections.abc import Iterator
from datetime import date
from importlib import resources

from shouyue.assembly.settings import Settings
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.store.session import ReadSession
from shouyue.people.alarms import service as alarms

BLOCKED = ("egress.abroad", "staff.abroad")
"""Alarms of something that would have been an export and did not happen."""

_QUARTER = 3


def report(settings: Settings, db: ReadSession) -> str:
    """Return this quarter's and the last quarter's proof as JSON, to be read and to be filed."""
    now = db.clock().astimezone(BEIJING)
    this = _quarter(now.date())
    facts = {
        "at": now.isoformat(timespec="seconds"),
        "providers": [
            {"what": one.what, "setting": one.setting, "region": one.region}
            for one in settings.placed()
        ],
        "rule": {
            "networks": list(settings.mainland_networks),
            "hosts": list(settings.mainland_hosts),
            "table": _table(),
        },
        "turned_back": [
            {"from": str(since), "until": str(until), **dict(_counts(db, since, until))}
            for since, until in ((_before(this), this), (this, _after(this)))
        ],
    }
    return json.dumps(facts, indent=1, ensure_ascii=False)


def _counts(db: ReadSession, since: date, until: date) -> Iterator[tuple[str, dict[str, int]]]:
    for kind in BLOCKED:
        yield kind, alarms.times(db, kind, since, until)


def _table() -> list[str]:
    folder = resources.files("shouyue.privacy.egress") / "mainland"
    said = (folder / "PROVENANCE.md").read_text("utf-8").splitlines()
    return [line.strip("| ") for line in said if line.startswith("| `")]


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // _QUARTER * _QUARTER + 1, day=1)


def _before(first: date) -> date:
    return _quarter(date.fromordinal(first.toordinal() - 1))


def _after(first: date) -> date:
    return _quarter(date.fromordinal(first.toordinal() + 100))

"""What crosses the wall of the handling room."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What an app tells of. Permanent codes, the last word of the API's name."""

    LOGIN = "login"  # somebody logged in to the app
    ORDER = "order"  # somebody looked at orders in it, or did something with them
    OPEN = "open"  # orders were handed on to a third party
    SQL = "sql"  # a statement was sent to its database


class Report(NamedTuple):
    """One line of an app's own log: fixed fields, without a person, an order, a statement.

    `at` is the app's own word of when, UTC. `client` is a network (DI-30), `host` and `sent_to` are
    names of hosts without path and query, `orders` counts. `operation` and `outcome` are the app's
    codes: what was done, how a log-in ended.
    """

    kind: Kind
    at: datetime
    client: str = ""
    host: str = ""
    sent_to: str = ""
    operation: int = 0
    outcome: str = ""
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Sum:
    """What one app told of on one Beijing day, by kind and by whom it handed orders on to."""

    app: str
    day: date
    kind: Kind
    sent_to: str
    lines: int
    orders: int

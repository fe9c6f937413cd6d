"""What crosses the wall of the editions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shouyue.privacy.policy.types import Change


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition as it was announced. `digests` are SHA-256 in hex by language.

    `announced_at` is the house's own time, from which the days of notice run; `published_at` is
    the day that the text states. `adopted_at` is when a server first ran under it. `founding` is
    the first edition of a house: nobody was there to be told. `changed` are the clauses whose
    words differ from the edition before, `major` those of 8.2 that make the change a major one.
    """

    number: str
    change: Change
    announced_at: datetime
    published_at: datetime
    effective_at: datetime
    adopted_at: datetime | None
    founding: bool
    digests: Mapping[str, str]
    changed: tuple[str, ...]
    major: tuple[str, ...]
    leaf: str


@dataclass(frozen=True, slots=True)
class Words:
    """What an edition said in one language: the page, and the values its digest is taken of."""

    number: str
    lang: str
    digest: str
    html: str
    plain: str

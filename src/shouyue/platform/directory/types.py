"""What crosses the wall of the directory."""

from dataclasses import dataclass, field

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.egress.types import HttpOut


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the operator's systems answer, and the secret that both sides hold."""

    base_url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as the directory has it, and in which part the account belongs to it.

    `staff_id` is 0 for the main account; a sub-account gives no other packages than `lets`.
    """

    seller_id: int
    name: str
    staff_id: int = 0
    lets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parties:
    """Who would give and who would receive, by the names to be shown."""

    app_id: str
    developer: str
    seller_id: int
    shop: str
    staff_id: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one sub-account, ready to be sent."""

    subject: SubjectId
    out: HttpOut = field(repr=False)

"""A witness, and one question to it."""

from dataclasses import dataclass

from shouyue.privacy.egress.types import HttpBack, HttpOut


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside who signs our checkpoints: its name, its address, its verifier key."""

    name: str
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Our checkpoint of `size`, said to have grown from the `old` that the witness knows."""

    witness: Witness
    old: int
    size: int
    out: HttpOut


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and what came back."""

    asked: Asked
    back: HttpBack

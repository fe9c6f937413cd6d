"""Controls: where in the code a clause is kept.

`@control` changes nothing about the function. It writes down, next to the code that runs, which
clauses it keeps and how, so that the clause table can be built and gaps be seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shouyue.privacy.policy.clauses import Clause

_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Control:
    """A function that keeps clauses: where it stands and, in a sentence, what it does."""

    clauses: tuple[Clause, ...]
    says: str
    module: str
    qualname: str
    lacks: str = ""
    """What the clauses demand beyond this; while it is not empty they are kept in part only."""
    shut: bool = False


_DECLARED: dict[tuple[str, str, tuple[Clause, ...]], Control] = {}


def control(
    *clauses: Clause, says: str, lacks: str = "", shut: bool = False
) -> Callable[[_Decorated], _Decorated]:
    """Declare that the function or class below keeps these clauses; return it unchanged.

    `lacks` says in a sentence what the clauses demand that nothing here does yet: the clause
    table then calls them partly kept. `shut` says that what the clauses would allow is always
    refused. A function that keeps clauses in two ways is marked twice.
    """
    if not clauses or not says:
        raise ValueError("a control names at least one clause and says what it does")

    def declare(kept: _Decorated) -> _Decorated:
        module, qualname = kept.__module__, kept.__qualname__
        _DECLARED[module, qualname, clauses] = Control(clauses, says, module, qualname, lacks, shut)
        return kept

    return declare


def declared() -> tuple[Control, ...]:
    """Return the controls of all modules imported so far, by module and name."""
    return tuple(_DECLARED[key] for key in sorted(_DECLARED))

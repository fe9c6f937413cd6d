"""A value that somebody was given, and that opens only where the list of sinks says."""

from typing import Generic, NoReturn, TypeVar, final

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault.errors import NotAllowed

T = TypeVar("T", str, bytes)


@final
class Sealed(Generic[T]):
    """A personal value on its way: whose, what, for which purpose and on which basis.

    `subject` is None while nobody is known yet, as for a number just typed in. Whatever would
    write the value down (JSON, pickle, copy, markup) raises TypeError; text shows the item alone.
    """

    __slots__ = ("__value", "basis", "item", "purpose", "subject")

    __value: T
    subject: SubjectId | None
    item: Item
    purpose: Purpose
    basis: Basis

    def __init__(
        self, value: T, subject: SubjectId | None, item: Item, *, why: tuple[Purpose, Basis]
    ) -> None:
        """Take the value in, with what it was read for."""
        told = {"_Sealed__value": value, "subject": subject, "item": item}
        for name, part in {**told, "purpose": why[0], "basis": why[1]}.items():
            object.__setattr__(self, name, part)

    @control(Clause.C2_0, says="A value opens only in a registered place that serves its purpose.")
    def open(self, sink: Sink) -> T:
        """Return the value; raises NotAllowed where the sink does not serve its purpose."""
        if self.purpose not in sink.value.purposes:
            raise NotAllowed(cause="purpose-beyond-sink", item=self.item.value)
        return self.__value

    def __setattr__(self, name: str, part: object) -> NoReturn:
        """Refuse another purpose than the one it was read for."""
        raise TypeError("a sealed value stays what it is")

    def __repr__(self) -> str:
        return f"<sealed {self.item.value}>"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __html__(self) -> NoReturn:
        """Refuse to stand on a page unopened."""
        raise TypeError("a sealed value is opened before it is shown")

    def __getstate__(self) -> NoReturn:
        """Refuse to be copied."""
        raise TypeError("a sealed value is not copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be written down."""
        raise TypeError("a sealed value is not written down")

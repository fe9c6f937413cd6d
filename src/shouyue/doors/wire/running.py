"""Runs a coroutine without a task: a call that waits once costs one turn of the loop, not three."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Run(Generic[T]):
    """Begins a coroutine at once and goes on whenever what it waits for is there.

    It cannot be cancelled and is nobody's current task: who needs a task inside (a timeout)
    makes one.
    """

    __slots__ = ("_coroutine", "_then")

    def __init__(self, coroutine: Coroutine[Any, None, T], then: Callable[[T], None]) -> None:
        """Hand the coroutine's result to `then`, perhaps before this returns to the loop."""
        self._coroutine = coroutine
        self._then = then

    def step(self, waited: "asyncio.Future[Any] | None" = None) -> None:
        """Run as far as the next wait."""
        del waited  # the coroutine takes its result itself
        try:
            wanted = self._coroutine.send(None)
        except StopIteration as end:
            self._then(end.value)
            return
        if wanted is None:  # a bare yield lets others go first
            asyncio.get_running_loop().call_soon(self.step)
        else:
            wanted.add_done_callback(self.step)

"""Runs a coroutine without a task: a call that waits once costs one turn of the loop, not three."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Turn(Generic[T]):
    """What a run waits for. Whoever fulfils it goes on with the run there and then.

    A future would have the loop go on, in a turn of its own.
    """

    __slots__ = ("_done", "_error", "_result", "_then")

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._done = False
        self._error: Exception | None = None
        self._then: Callable[[object], None] | None = None

    def done(self) -> bool:
        """Tell whether it is fulfilled."""
        return self._done

    def set_result(self, result: T) -> None:
        """Fulfil it."""
        self._result = result
        self._fulfil()

    def set_exception(self, error: Exception) -> None:
        """Fulfil it with an error, which is raised where it is awaited."""
        self._error = error
        self._fulfil()

    def add_done_callback(self, then: Callable[[object], None]) -> None:
        """Call this when it is fulfilled: the run's next step."""
        self._then = then

    def __await__(self) -> Generator[Any, None, T]:
        if not self._done:
            yield self
        if self._error is not None:
            raise self._error
        return self._result

    def _fulfil(self) -> None:
        self._done = True
        if self._then is not None:
            self._then(self)


def waiter(loop: asyncio.AbstractEventLoop) -> "asyncio.Future[Any] | Turn[Any]":
    """Return what the coroutine that runs now can wait for: a task takes nothing but futures."""
    return Turn() if asyncio.current_task(loop) is None else loop.create_future()


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

    def step(self, waited: object = None) -> None:
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

"""One question for all who wait: which of many names there are, true as of after each was asked.

A flood of names that nobody gave costs a share of a question each, and no name is refused by what
was known before.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

_MOST = 500


class Asking:
    """One per event loop. `ask` runs in a thread and returns those of the names that there are."""

    def __init__(self, ask: Callable[[Sequence[str]], Collection[str]]) -> None:
        """Ask nothing yet."""
        self._ask = ask
        self._waiting: list[tuple[str, asyncio.Future[bool]]] = []
        self._clerk: asyncio.Task[None] | None = None

    async def has(self, name: str) -> bool:
        """Tell whether there is such a name; raise what the question raised."""
        place: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, place))
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._work())
        return await place

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                there = await asyncio.to_thread(self._ask, [name for name, _ in group])
            except Exception as error:  # noqa: BLE001 - who waits hears it, whatever it is
                for _, place in group:
                    if not place.done():
                        place.set_exception(error)
                continue
            for name, place in group:
                if not place.done():
                    place.set_result(name in there)

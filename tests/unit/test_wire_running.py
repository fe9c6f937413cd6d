"""A run waits without a task, and goes on there and then."""

import asyncio

import pytest

from shouyue.doors.wire.running import Run, Turn, waiter


async def asked(turn: Turn[str], heard: list[str]) -> str:
    heard.append("asked")
    found = await turn
    heard.append(found)
    return found


def test_a_run_goes_on_in_the_moment_its_turn_is_fulfilled() -> None:
    turn, heard, ended = Turn[str](), list[str](), list[str]()
    Run(asked(turn, heard), ended.append).step()
    assert (heard, ended) == (["asked"], [])
    turn.set_result("an answer")
    assert (heard, ended) == (["asked", "an answer"], ["an answer"])


def test_a_turn_that_was_fulfilled_before_is_not_waited_for() -> None:
    turn, ended = Turn[str](), list[str]()
    turn.set_result("at once")
    Run(asked(turn, []), ended.append).step()
    assert turn.done()
    assert ended == ["at once"]


def test_an_error_is_raised_where_it_is_awaited() -> None:
    async def caught(turn: Turn[str]) -> str:
        with pytest.raises(LookupError):
            await turn
        return "caught"

    turn, ended = Turn[str](), list[str]()
    Run(caught(turn), ended.append).step()
    turn.set_exception(LookupError())
    assert ended == ["caught"]


def test_a_task_waits_for_a_future_and_a_run_for_a_turn() -> None:
    async def main() -> None:
        loop, found = asyncio.get_running_loop(), list[object]()
        assert isinstance(waiter(loop), asyncio.Future)
        loop.call_soon(lambda: found.append(waiter(loop)))
        await asyncio.sleep(0)
        assert [type(one) for one in found] == [Turn]

    asyncio.run(main())

"""Platforms that run for the whole session, each with the errand walked once."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright

from shouyue_sandbox.demo import errand
from shouyue_sandbox.demo.walk import Walk
from tests import conftest as floor
from tests.e2e.running import Platform, platform

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One real browser.

    It lives no longer than its file: Playwright keeps an event loop running in the thread, and a
    test that comes later on the same worker may want one of its own.
    """
    path = shutil.which("chromium")
    if path is None:
        floor.missing("chromium", "not on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Walked:
    """A platform and who walked over it."""

    platform: Platform
    walk: Walk
    seen: list[str]


@contextmanager
def walked_over(running: Platform) -> Iterator[Walked]:
    """Walk the whole errand; a step that does not hold ends the test."""
    walk = Walk(running.base)
    try:
        yield Walked(running, walk, [step.act(walk) for step in errand.STEPS])
    finally:
        walk.close()


@pytest.fixture(scope="session")
def walked_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """The errand walked on SQLite."""
    folder = tmp_path_factory.mktemp("errand")
    with platform(folder) as running, walked_over(running) as walked:
        yield walked


@pytest.fixture(scope="session")
def walked_postgres(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Walked | None]:
    """The errand walked on PostgreSQL, or None where there is no server."""
    server = os.environ.get("SHOUYUE_TEST_PG")
    if not server:
        yield None
        return
    name, folder = f"shouyue_errand_{floor._run(worker_id)}", tmp_path_factory.mktemp("errand")
    floor._recreate(server, name)
    try:
        address = floor._named(server, name)
        with platform(folder, address) as running, walked_over(running) as walked:
            yield walked
    finally:
        floor._drop(server, name)


@pytest.fixture(params=["sqlite", "postgres"])
def walked(request: pytest.FixtureRequest) -> Walked:
    """The errand walked, on both databases."""
    found: Walked | None = request.getfixturevalue(f"walked_{request.param}")
    if found is None:
        floor.missing("postgres", "SHOUYUE_TEST_PG is not set")
    assert found is not None
    return found

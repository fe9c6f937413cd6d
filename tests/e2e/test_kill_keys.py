"""Kill -9 while roots rotate, keys are wrapped anew and suites change: nothing kept is lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.keys import jobs, roots
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import resealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.house import plain
from tests.people import newcomer

HOUSE = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
PEOPLE, DEATHS = 400, 6
# What the process does until it is killed: open the house, rotate, and work.
WORK = """
import os, sys
from pathlib import Path
from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.jobs.service import Worker
from shouyue.privacy.keys import jobs, roots
from shouyue.privacy.vault import resealing
house = wiring.build(Settings(home=Path(sys.argv[1]), development=True, suite=sys.argv[2]))
print("open", flush=True)
worker = Worker(house.store, {**jobs.ANSWERS, **resealing.ANSWERS})
worker.take_over()
while True:
    with house.store.begin() as db:
        roots.rotate(db)
    worker.run_once()
"""


def fill(home: Path) -> dict[SubjectId, str]:
    house = wiring.build(Settings(home=home, development=True))
    held = {}
    with house.store.begin() as db:
        for number in range(PEOPLE):
            who, phone = newcomer(db), f"1380000{number:04d}"
            new = Keep(who, Item.DI_01, phone, Purpose.P1, Basis.CONTRACT_SELF, "portal")
            vault.keep(db, new)
            held[who] = phone
    house.store.close()
    return held


def live_and_die(home: Path, suite: str, seconds: float) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOUYUE_")}
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(home), suite], stdout=subprocess.PIPE, env=kept
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)


def test_a_process_that_is_killed_over_and_over_loses_no_key(tmp_path: Path) -> None:
    held, dice = fill(tmp_path), Random(7)  # noqa: S311 - when to die
    for death in range(DEATHS):
        suite = ("sm4-gcm", "aes-256-gcm")[death % 2]
        live_and_die(tmp_path, suite, dice.uniform(0.02, 0.5))
    house = wiring.build(Settings(home=tmp_path, development=True, suite="sm4-gcm"))
    worker = Worker(house.store, {**jobs.ANSWERS, **resealing.ANSWERS})
    worker.take_over()
    worker.run_once()
    with house.store.begin() as db:
        for who, phone in held.items():
            assert vault.find(db, Item.DI_01, phone) == who
            assert plain(vault.reveal(db, who, [Item.DI_01], HOUSE)[Item.DI_01]) == phone
        resting = {root.id: root.keys for root in roots.status(db) if root.keys}
    assert len(resting) == 1
    assert next(iter(resting.values())) >= PEOPLE
    house.store.close()

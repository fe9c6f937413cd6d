"""`shouyue residue` over the whole demo: files, freed pages, write-ahead logs, tables, a backup."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from shouyue_sandbox.demo.walk import Walk
from tests.e2e.conftest import Walked
from tests.e2e.running import Platform

pytestmark = pytest.mark.clause("5.1.1")

_COMMAND = "from shouyue.assembly.cli import main; main()"


def known(walk: Walk) -> list[str]:
    """Everything personal that the demo made up."""
    company = walk.company
    people = (company.legal_person, company.administrator)
    values = [company.name, company.code, company.address]
    for person in people:
        values += [person.name, person.id_number, person.phone, person.email]
    return values


def shouyue(
    platform: Platform, *words: str, said: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    kept = {name: one for name, one in os.environ.items() if not name.startswith("SHOUYUE_")}
    more = {"SHOUYUE_DATABASE": platform.database} if platform.database else {}
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, *words, "--development"],
        env={**kept, **more, "SHOUYUE_HOME": str(platform.home), "PORT": str(platform.port)},
        input="\n".join(said),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_nothing_of_the_demo_stands_in_clear_anywhere_nor_in_a_backup(
    walked: Walked, tmp_path: Path
) -> None:
    running, values = walked.platform, known(walked.walk)
    taken = shouyue(running, "backup", str(tmp_path / "backup"))
    assert taken.returncode == 0, taken.stderr
    also = ("--also", str(tmp_path / "backup"), "--also", str(running.log))
    found = shouyue(running, "residue", "--values", "-", *also, said=values)
    assert found.returncode == 0, found.stderr
    assert found.stdout.endswith(": 0 hits\n")
    assert int(found.stdout.split()[0]) > 10


def test_what_is_planted_is_found_and_not_repeated(walked: Walked, tmp_path: Path) -> None:
    value = walked.walk.company.administrator.phone
    (tmp_path / "app.log").write_text(f'{{"said": "{value}"}}\n')
    found = shouyue(
        walked.platform, "residue", "--values", "-", "--also", str(tmp_path), said=[value]
    )
    assert found.returncode == 1
    assert "app.log as utf-8" in found.stderr
    assert value not in found.stderr + found.stdout

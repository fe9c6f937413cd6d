"""The wheel alone: built from the tree, it serves without the tree."""

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx2
import pytest

from tests.e2e.running import Platform

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs, and nothing else."""
    made = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", made, _ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(made / "site")
    return made / "site"


def test_a_wheel_serves_what_the_tree_serves(unpacked: Path, tmp_path: Path) -> None:
    one = Platform(tmp_path)
    # Without `site` the dependencies are found, and the tree's own editable install is not.
    one.python = (sys.executable, "-S", "-P")
    one.world = {"PYTHONPATH": f"{unpacked}:{sysconfig.get_path('purelib')}"}
    try:
        one.start()
        with httpx2.Client(base_url=one.base, trust_env=False) as client:
            paths = ["/", "/legal/privacy", "/docs/api", "/development/postbox"]
            paths += re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
            answers = {path: client.get(path).status_code for path in paths}
    finally:
        one.kill()
    assert len(answers) > 5
    assert set(answers.values()) == {200}, answers
    tree = str(_ROOT / "src")
    assert tree not in one.log.read_text(encoding="utf-8")


def test_a_wheel_carries_every_file_of_the_packages(unpacked: Path) -> None:
    for package in ("shouyue", "shouyue_sandbox"):
        source = _ROOT / "src" / package
        files = {
            path.relative_to(source)
            for path in source.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }
        assert [path for path in files if not (unpacked / package / path).is_file()] == []

"""The whole errand over HTTP, on both databases; then a search for what must not be found."""

import base64
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from shouyue_sandbox.demo import errand
from shouyue_sandbox.demo.papers import Person
from shouyue_sandbox.demo.walk import Walk
from tests.e2e.conftest import Walked
from tests.e2e.running import Platform


def test_every_step_of_the_errand_holds(walked: Walked) -> None:
    assert len(walked.seen) == len(errand.STEPS)


def test_no_personal_value_stands_outside_the_vault(walked: Walked) -> None:
    places = dict(_places(walked.platform))
    found = {
        (where, label)
        for where, octets in places.items()
        for label, value in _traces(walked.walk)
        if value in octets
    }
    assert not found
    assert any(where.startswith("table ") for where in places)


def test_the_search_would_find_a_value(walked: Walked) -> None:
    label, value = next(_traces(walked.walk))
    assert label.endswith("phone")
    assert value in b"x" + walked.walk.phone.encode() + b"y"


def test_no_code_is_written_down(walked: Walked) -> None:
    codes = "|".join(sorted(walked.walk.codes))
    alone = re.compile(rf"(?<![0-9A-Za-z.])(?:{codes})(?![0-9A-Za-z])".encode())
    tables = {
        where: octets for where, octets in _places(walked.platform) if not where.startswith("file ")
    }
    assert walked.walk.codes
    assert [where for where, octets in tables.items() if alone.search(octets)] == []


def test_no_buyer_or_merchant_of_the_shops_stands_in_the_house(walked: Walked) -> None:
    values = set(_people_of_the_shops(walked.platform.home / "sandbox.db"))
    places = {
        where: octets for where, octets in _places(walked.platform) if "sandbox.db" not in where
    }
    found = {
        (where, value)
        for where, octets in places.items()
        for value in values
        if value.encode() in octets
    }
    assert len(values) > 50
    assert not found


def test_without_a_platform_the_demo_brings_its_own(tmp_path: Path) -> None:
    command = "from shouyue.assembly.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", command, "demo", "--json"],
        env={"PATH": "/usr/bin:/bin", "PORT": "1", "SHOUYUE_HOME": str(tmp_path / "none")},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    lines = ended.stdout.decode().strip().splitlines()
    assert set(json.loads(lines[-1])) >= {"app_key", "code", "refresh_token", "order_ids"}
    assert len(lines) == 1
    assert not (tmp_path / "none").exists()


def _places(platform: Platform) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the home, the log and every table, as octets."""
    for path in sorted(platform.home.rglob("*")):
        if path.is_file():
            yield f"file {path.relative_to(platform.home)}", path.read_bytes()
    yield "log", platform.log.read_bytes()
    for name, rows in platform.contents().items():
        cells = (cell for row in rows for cell in row)
        yield f"table {name}", b"\n".join(_octets(cell) for cell in cells)


def _octets(cell: object) -> bytes:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell)
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False).encode()
    return str(cell).encode()


def _traces(walk: Walk) -> Iterator[tuple[str, bytes]]:
    """Yield each value that the demo knows in every spelling that could betray it."""
    company = walk.company
    for who, person in (
        ("administrator", company.administrator),
        ("legal representative", company.legal_person),
    ):
        for label, value in _values(person):
            for spelling in _spellings(value):
                yield f"{who}'s {label}", spelling
    for label, value in (("address", company.address), ("company", company.name)):
        for spelling in _spellings(value):
            yield label, spelling


def _values(person: Person) -> Iterator[tuple[str, str]]:
    bare = person.phone
    grouped = (bare[:3], bare[3:7], bare[7:])
    for phone in (bare, f"+86{bare}", f"86-{bare}", " ".join(grouped), "-".join(grouped)):
        yield "phone", phone
    yield "name", person.name
    yield "ID number", person.id_number
    yield "mail", person.email


def _spellings(value: str) -> Iterator[bytes]:
    plain = value.encode()
    yield plain
    yield value.encode("utf-16-le")
    yield json.dumps(value).strip('"').encode()
    yield plain.hex().encode()
    # Base64 of a longer text holds this one in one of three forms; the edges depend on neighbours.
    for shift in range(3):
        middle = base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4]
        if len(middle) >= 8:
            yield middle
    for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        yield digest(plain).digest()
        yield digest(plain).hexdigest().encode()


def _people_of_the_shops(shelf: Path) -> Iterator[str]:
    with sqlite3.connect(f"file:{shelf}?mode=ro", uri=True) as connection:
        bodies = connection.execute(
            "SELECT body FROM document WHERE kind IN ('order', 'seller')"
        ).fetchall()
    connection.close()
    for (body,) in bodies:
        yield from _personal(json.loads(body))


def _personal(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in _PERSONAL and isinstance(value, str) and len(value) > 1:
                yield value
            yield from _personal(value)
    elif isinstance(node, list):
        for one in node:
            yield from _personal(one)


_PERSONAL = {"phone", "mobile", "consignee", "address", "nickname", "nick", "buyerNick"}

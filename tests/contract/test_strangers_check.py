"""A stranger checks the evidence with a program written from the guide alone, without the house.

`evidence.mjs` is plain Node. It takes what the house gives away, and no file with a byte changed.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from shouyue.doors.site import pages as site
from shouyue.ground.hazmat import notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.keys import certificates
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.ledger.types import Fact
from tests.conftest import missing
from tests.house import House
from tests.pages import browser
from tests.witness import Watching

PROGRAM = Path(__file__).parent / "evidence.mjs"
ANN = SubjectId("0" * 25 + "A")
FLIPS = 40


def check(what: str, files: list[Path], *options: str) -> list[str]:
    """What the stranger's program says of each file."""
    node = shutil.which("node")
    if node is None:
        missing("clients", "node is not on the path")
    said = subprocess.run(
        [str(node), str(PROGRAM), what, *map(str, files), *options],
        capture_output=True,
        timeout=120,
        check=False,
    )
    lines = said.stdout.decode().splitlines()
    assert len(lines) == len(files), said.stderr.decode()
    assert said.returncode == int(any(line.startswith("no ") for line in lines))
    return lines


def proven(line: str) -> dict[str, Any]:
    assert line.startswith("ok "), line
    found: dict[str, Any] = json.loads(line.removeprefix("ok "))
    return found


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def happen(house: House, count: int) -> list[str]:
    """So many acts of one person, in line and signed; their leaves."""
    with house.store.begin() as db:
        facts: dict[str, str | int] = {"clause": "5.1.2", "count": -1}
        leaves = [ledger.append(db, Fact("consent.given", ANN, facts)) for _ in range(count)]
    with house.store.begin() as db:
        ledger.integrate(db)
    return leaves


def log_key(house: House) -> str:
    with house.store.read() as db:
        return ledger.verifier(db)


def watched(house: House, *names: str) -> list[Watching]:
    """Witnesses of the newest checkpoint."""
    with house.store.begin() as db:
        note = ledger.checkpoint(db)
        size = int(note.split("\n")[1])
        them = [Watching(name, db.clock, ledger.verifier(db)) for name in names]
        for one in them:
            witnessing.cosigned(db, size, one.cosign(note), one.key)
    return them


def flipped(content: bytes, seed: int) -> list[bytes]:
    """The content with one bit changed, at places all over it."""
    dice = Random(seed)  # noqa: S311 - where to look, and nothing secret
    found = []
    step = max(1, len(content) // FLIPS)
    for start in range(0, len(content), step):
        at = min(start + dice.randrange(step), len(content) - 1)
        changed = bytearray(content)
        changed[at] ^= 1 << dice.randrange(8)
        found.append(bytes(changed))
    return found


FORMS: list[Callable[..., bytes]] = [ledger.receipt, ledger.proof]


@pytest.mark.parametrize("form", FORMS, ids=["json", "tlog-proof"])
@pytest.mark.parametrize("names", [(), ("witness.example/w1", "witness.example/w2")])
def test_a_receipt_holds_and_no_bit_of_it_can_change(
    house: House, tmp_path: Path, form: Callable[..., bytes], names: tuple[str, ...]
) -> None:
    leaf = happen(house, 21)[9]
    them = watched(house, *names)
    with house.store.read() as db:
        content = form(db, leaf)
    options = ["--key", log_key(house), *(f"--witness={one.key}" for one in them)]
    whole = written(tmp_path / "whole", content)
    bad = [written(tmp_path / f"{nth}", one) for nth, one in enumerate(flipped(content, 5))]

    found = proven(check("receipt", [whole], *options)[0])
    assert (found["kind"], found["index"], found["size"]) == ("consent.given", 9, 21)
    assert found["opening"]["subject"] == ANN
    assert [one["name"] for one in found["witnesses"]] == list(names)
    assert [line for line in check("receipt", bad, *options) if not line.startswith("no ")] == []
    for file in bad:  # nor does the house take what the stranger refuses
        with pytest.raises(NotAuthentic):
            ledger.verify(file.read_bytes(), log_key(house))


def test_every_leaf_of_trees_of_many_sizes_holds(house: House, tmp_path: Path) -> None:
    files = []
    for more in (1, 1, 1, 2, 3, 4):
        leaves = happen(house, more)
        with house.store.read() as db:
            files += [written(tmp_path / leaf, ledger.receipt(db, leaf)) for leaf in leaves]

    found = [proven(line) for line in check("receipt", files, "--key", log_key(house))]
    assert [one["index"] for one in found] == list(range(12))


def test_a_receipt_of_another_log_or_with_too_few_witnesses_is_refused(
    house: House, tmp_path: Path
) -> None:
    leaf = happen(house, 3)[0]
    (one,) = watched(house, "witness.example/w1")
    with house.store.read() as db:
        file = written(tmp_path / "receipt", ledger.receipt(db, leaf))
        known = ledger.verifier(db)
        stranger = Watching("witness.example/w9", db.clock, known)
        other = db.keys.signer("another log")
    foreign = notes.verifier_key(other, known.split("+")[0])
    assert check("receipt", [file], "--key", foreign) == ["no another log's key"]
    both = ["--key", known, "--witness", one.key, "--witness", stranger.key]
    assert check("receipt", [file], *both) == ["no too few witnesses that you trust"]
    assert proven(check("receipt", [file], *both, "--quorum", "1")[0])


def test_a_witness_that_this_node_cannot_check_is_not_believed(
    house: House, tmp_path: Path
) -> None:
    leaf = happen(house, 3)[0]
    with house.store.begin() as db:
        note = ledger.checkpoint(db)
        signer = MLDSA44PrivateKey.generate()
        one = Watching("witness.example/w6", db.clock, ledger.verifier(db), signer=signer)
        witnessing.cosigned(db, 3, one.cosign(note), one.key)
    with house.store.read() as db:
        content = ledger.receipt(db, leaf)
    (line,) = check("receipt", [written(tmp_path / "r", content)], "--key", log_key(house))

    # Node learns ML-DSA with OpenSSL 3.5.
    assert line == "no this Node cannot check ML-DSA-44" or proven(line)["witnesses"]


def test_a_receipt_without_its_opening_counts_and_tells_nothing(
    house: House, tmp_path: Path
) -> None:
    leaf = happen(house, 2)[1]
    with house.store.read() as db:
        before = ledger.receipt(db, leaf)
    with house.store.begin() as db:
        ledger.blind(db, ANN)
    with house.store.read() as db:
        after = ledger.receipt(db, leaf)
    files = [written(tmp_path / "before", before), written(tmp_path / "after", after)]

    open_, blind = (proven(line) for line in check("receipt", files, "--key", log_key(house)))
    assert open_["opening"]
    assert blind["opening"] is None
    # Whoever has the one can make the other: that is why it proves no erasure.
    cut = json.loads(before) | {"opening": None}
    text = json.dumps(cut, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert text.encode() == after


def test_a_certificate_names_the_key_and_a_receipt_is_none(house: House, tmp_path: Path) -> None:
    with house.store.begin() as db:
        key = keys.key_for(db, ANN, "account")
    with house.store.begin() as db:
        keys.destroy(db, key, Cause.ERASED)
    (leaf,) = happen(house, 1)
    with house.store.read() as db:
        given = certificates.receipt(db, key.id)
        files = [
            written(tmp_path / "certificate", given),
            written(tmp_path / "receipt", ledger.receipt(db, leaf)),
        ]
    content = json.loads(given)
    content["opening"] = None
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    files.append(written(tmp_path / "closed", text.encode()))
    bad = [written(tmp_path / f"{nth}", one) for nth, one in enumerate(flipped(given, 7))]

    first, *rest = check("certificate", [*files, *bad], "--key", log_key(house))
    found = proven(first)
    assert (found["key"], found["cause"], found["moved"]) == (key.id, "erased", False)
    assert [line for line in rest if not line.startswith("no ")] == []
    assert "another kind" in rest[0]
    assert "which key" in rest[1]


def copy(house: House, folder: Path) -> Path:
    """What anybody can copy from under /ledger/, as files."""
    web = browser(house, (site.DOOR, site.PAGES))

    def take(path: str) -> bytes:
        answer = web.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        return written(folder / path, answer.content).read_bytes()

    take("key")
    below = int(take("checkpoint").split(b"\n")[1])
    for level in ("entries", "0", "1"):
        for number in range(-(-below // 256)):
            width = min(256, below - number * 256)
            take(f"tile/{level}/{number:03}" + (f".p/{width}" if width < 256 else ""))
        below = below // 256 if level == "0" else below
    return folder


def test_a_copy_of_the_log_holds_grows_from_what_was_kept_and_no_bit_of_it_can_change(
    house: House, tmp_path: Path
) -> None:
    happen(house, 5)
    with house.store.read() as db:
        kept = written(tmp_path / "kept", ledger.checkpoint(db).encode())
    happen(house, 520)
    (one,) = watched(house, "witness.example/w1")
    whole = copy(house, tmp_path / "whole")
    options = ["--key", log_key(house), "--witness", one.key, "--kept", str(kept)]
    bad: list[Path] = []
    for path in [path for path in whole.rglob("*") if path.is_file()]:
        for content in flipped(path.read_bytes(), 9)[::7]:
            folder = tmp_path / f"bad-{len(bad)}"
            shutil.copytree(whole, folder)
            bad.append(folder)
            written(folder / path.relative_to(whole), content)

    first, *rest = check("log", [whole, *bad], *options)
    found = proven(first)
    assert (found["size"], found["kept"], len(found["witnesses"])) == (525, [5], 1)
    assert len(rest) == len(bad) > 50  # of key, checkpoint, three bundles and four tiles
    assert [line for line in rest if not line.startswith("no ")] == []


def test_a_log_that_was_put_back_or_forked_is_seen_by_who_kept_a_checkpoint(
    house: House, tmp_path: Path
) -> None:
    happen(house, 4)
    earlier = copy(house, tmp_path / "earlier")
    happen(house, 3)
    with house.store.read() as db:
        kept = written(tmp_path / "kept", ledger.checkpoint(db).encode())
        signer = db.keys.signer("ledger")
        origin = ledger.origin(db)
    other = notes.sign_checkpoint(signer, origin, 4, bytes(32)).encode()
    options = ["--key", log_key(house), "--kept"]
    back = check("log", [earlier], *options, str(kept))
    assert back == ["no rolled back: you kept 7 leaves"]
    forked = check("log", [earlier], *options, str(written(tmp_path / "other", other)))
    assert forked == ["no forked before leaf 4"]


def test_growth_is_proven_between_any_two_sizes_and_no_bit_of_the_proof_can_change(
    house: House, tmp_path: Path
) -> None:
    web = browser(house, (site.DOOR, site.PAGES))
    sizes: list[int] = []
    files = []
    for more in (1, 1, 1, 2, 3, 5, 4):
        happen(house, more)
        sizes.append(sum(sizes[-1:]) + more)
        for old in sizes:
            answer = web.get(f"/ledger/growth/{old}")
            assert answer.headers["Content-Type"] == "application/json"
            files.append(written(tmp_path / f"{old}-{sizes[-1]}", answer.content))
    given = files[-2].read_bytes()
    bad = [written(tmp_path / f"bad-{n}", one) for n, one in enumerate(flipped(given, 3))]

    told = check("growth", [*files, *bad], "--key", log_key(house))
    for file, line in zip(files, told, strict=False):
        assert "{old}-{new}".format(**proven(line)) == file.name
    assert [line for line in told[len(files) :] if not line.startswith("no ")] == []
    assert [web.get(f"/ledger/growth/{no}").status_code for no in (4, 99, "x", "01")] == [404] * 4

"""Files on their way through: sealed, nameless, counted, and gone."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.spools.errors import NoRoom
from shouyue.ground.spools.service import PIECE, Kept, Spool, Spools

CANARY = b"13800138000 Zhang San "


def on_disk() -> list[bytes]:
    """Whatever lies in the open files of this process that have no name."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        if one.is_symlink() and "(deleted)" in str(one.readlink()):
            with one.open("rb") as file:
                found.append(file.read())
    return found


def filled(spool: Spool, octets: bytes, cut: int = 10_000) -> Spool:
    for at in range(0, len(octets), cut):
        spool.write(octets[at : at + cut])
    return spool


@contextmanager
def disk_of(octets: int) -> Iterator[None]:
    """No file of this process may grow beyond so many octets meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.clause("5.1.1")
@pytest.mark.parametrize("suite", list(Suite))
def test_what_is_large_lies_nameless_and_sealed_and_is_read_as_it_was(
    tmp_path: Path, suite: Suite
) -> None:
    place, content = Spools(tmp_path / "spool", os.urandom, suite), CANARY * 20_000
    others = on_disk()
    spool = filled(place.open(), content)

    assert list((tmp_path / "spool").iterdir()) == []
    [lying] = [one for one in on_disk() if one not in others]
    assert len(lying) > PIECE
    assert CANARY not in lying
    for _ in range(2):
        assert b"".join(spool.pieces()) == content
    assert len(spool) == place.held == len(content)
    spool.close()
    assert (on_disk(), place.held) == (others, 0)


@pytest.mark.clause("5.1.1")
def test_two_files_have_two_keys(tmp_path: Path) -> None:
    place, others = Spools(tmp_path, os.urandom), on_disk()
    two = [filled(place.open(), bytes(PIECE)) for _ in range(2)]
    first, second = (one for one in on_disk() if one not in others)
    assert first != second
    for one in two:
        one.close()


def test_what_is_small_stays_in_memory(tmp_path: Path) -> None:
    place, others = Spools(tmp_path, os.urandom), on_disk()
    spool = filled(place.open(), CANARY)
    assert on_disk() == others
    assert b"".join(spool.pieces()) == CANARY
    spool.close()
    assert place.held == 0


def test_a_full_disk_is_told_and_what_was_written_is_forgotten(tmp_path: Path) -> None:
    place = Spools(tmp_path, os.urandom)
    spool = place.open()
    with disk_of(3 * PIECE), pytest.raises(NoRoom):
        filled(spool, bytes(5 * PIECE))
    spool.close()
    assert place.held == 0


def test_all_files_together_have_their_bound(tmp_path: Path) -> None:
    place = Spools(tmp_path, os.urandom, most=3 * PIECE)
    one, other = filled(place.open(), bytes(2 * PIECE)), place.open()
    with pytest.raises(NoRoom):
        filled(other, bytes(2 * PIECE))
    other.close()
    one.close()
    assert place.held == 0
    filled(place.open(), bytes(3 * PIECE)).close()


def test_a_file_that_was_changed_on_the_disk_is_not_read(tmp_path: Path) -> None:
    place, open_files = Spools(tmp_path, os.urandom), Path("/proc/self/fd")
    before = set(open_files.iterdir())
    spool = filled(place.open(), CANARY * 20_000)
    for one in set(open_files.iterdir()) - before:
        if "(deleted)" in str(one.readlink()):
            with one.open("r+b") as file:
                file.seek(100)
                file.write(b"x")
    with pytest.raises(NotAuthentic):
        b"".join(spool.pieces())
    spool.close()


def test_a_closed_file_is_not_read(tmp_path: Path) -> None:
    spool = filled(Spools(tmp_path, os.urandom).open(), bytes(2 * PIECE))
    rest = spool.pieces()
    next(rest)
    spool.close()
    with pytest.raises(ValueError, match="closed"):
        list(rest)


def test_what_is_kept_in_memory_is_read_as_it_was() -> None:
    kept = Kept()
    kept.write(b"ab")
    kept.write(b"c")
    assert (len(kept), b"".join(kept.pieces())) == (3, b"abc")
    kept.close()
    assert len(kept) == 0

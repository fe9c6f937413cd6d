import os
from pathlib import Path

import pytest

from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.hazmat.rootfile import SealedFile
from shouyue.ground.hazmat.suites import Suite
from tests.house import SeededDice

PASSPHRASE = "open sesame"
KEY = bytes(range(32))
LIVE, CUSTODY = Chamber.LIVE, Chamber.CUSTODY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "root.key"


def opened(path: Path, passphrase: str = PASSPHRASE) -> SealedFile:
    return SealedFile.open(path, passphrase, SeededDice(2))


@pytest.fixture
def root(path: Path) -> SealedFile:
    return SealedFile.create(path, "open sesame", SeededDice(), cost=4)


def test_a_reopened_file_unwraps_what_was_wrapped(path: Path, root: SealedFile) -> None:
    wrapped = root.wrap(LIVE, KEY, b"whose")
    again = opened(path)
    assert again.unwrap(LIVE, wrapped, b"whose") == KEY
    assert again.pepper() == root.pepper()


def test_the_file_is_for_its_owner_alone(path: Path, root: SealedFile) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    root.rotate()
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_beside_the_file(path: Path, root: SealedFile) -> None:
    root.rotate()
    assert list(path.parent.iterdir()) == [path]


def test_a_wrong_passphrase_opens_nothing(path: Path, root: SealedFile) -> None:
    assert root.names(LIVE) == ["1"]
    with pytest.raises(NotAuthentic):
        opened(path, "open barley")


def test_a_missing_file_is_a_key_that_is_not_available(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailable):
        opened(tmp_path / "none")


def test_an_existing_file_is_never_written_over(path: Path, root: SealedFile) -> None:
    with pytest.raises(FileExistsError):
        SealedFile.create(path, "open sesame", SeededDice(3), cost=4)
    assert opened(path).pepper() == root.pepper()
    assert list(path.parent.iterdir()) == [path]


def test_no_byte_of_the_file_can_change(path: Path, root: SealedFile) -> None:
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(NotAuthentic):
            opened(path)
    assert root.names(LIVE) == ["1"]


@pytest.mark.parametrize("suite", list(Suite))
def test_a_wrapped_key_names_its_suite_and_no_byte_of_it_can_change(
    root: SealedFile, suite: Suite
) -> None:
    root.suite = suite
    wrapped = root.wrap(LIVE, KEY, b"whose")
    root.suite = next(other for other in Suite if other is not suite)
    assert wrapped[4] == suite.code
    assert root.unwrap(LIVE, wrapped, b"whose") == KEY
    with pytest.raises(NotAuthentic):
        root.unwrap(LIVE, wrapped, b"mine")
    for at in range(4, len(wrapped)):
        with pytest.raises(NotAuthentic):
            root.unwrap(LIVE, wrapped[:at] + bytes([wrapped[at] ^ 3]) + wrapped[at + 1 :], b"whose")


def test_a_wrapped_key_is_bound_to_its_owner(root: SealedFile) -> None:
    with pytest.raises(NotAuthentic):
        root.unwrap(LIVE, root.wrap(LIVE, KEY, b"mine"), b"yours")


def test_no_chamber_opens_what_the_other_wrapped(root: SealedFile) -> None:
    assert root.unwrap(CUSTODY, root.wrap(CUSTODY, KEY, b"whose"), b"whose") == KEY
    for one, other in ((LIVE, CUSTODY), (CUSTODY, LIVE)):
        with pytest.raises(NotAuthentic):
            root.unwrap(other, root.wrap(one, KEY, b"whose"), b"whose")


def test_a_new_root_wraps_and_the_old_one_still_unwraps(path: Path, root: SealedFile) -> None:
    old, pepper = root.wrap(LIVE, KEY, b"whose"), root.pepper()
    root.rotate()
    new = root.wrap(LIVE, KEY, b"whose")
    assert (root.name_of(old), root.name_of(new)) == ("1", "2")
    again = opened(path)
    assert again.names(LIVE) == again.names(CUSTODY) == ["1", "2"]
    assert again.unwrap(LIVE, old, b"whose") == again.unwrap(LIVE, new, b"whose") == KEY
    assert again.pepper() == pepper


def test_another_process_learns_of_a_new_root_by_itself(path: Path, root: SealedFile) -> None:
    other = opened(path)
    root.rotate()
    assert other.unwrap(LIVE, root.wrap(LIVE, KEY, b"whose"), b"whose") == KEY
    assert other.name_of(other.wrap(LIVE, KEY, b"whose")) == "2"


def test_two_processes_that_rotate_lose_no_root(path: Path, root: SealedFile) -> None:
    other = opened(path)
    root.rotate()
    kept = root.wrap(LIVE, KEY, b"whose")
    other.rotate()
    assert root.names(LIVE) == other.names(LIVE) == ["1", "2", "3"]
    assert other.unwrap(LIVE, kept, b"whose") == KEY


def test_a_file_that_went_bad_under_a_running_process_does_not_stop_it(
    path: Path, root: SealedFile
) -> None:
    wrapped = root.wrap(LIVE, KEY, b"whose")
    path.write_bytes(b"torn")
    assert root.unwrap(LIVE, wrapped, b"whose") == KEY
    with pytest.raises(NotAuthentic):
        root.rotate()
    path.unlink()
    assert root.unwrap(LIVE, wrapped, b"whose") == KEY


def test_keys_are_wrapped_anew_and_one_that_does_not_open_is_told(root: SealedFile) -> None:
    old = root.wrap(LIVE, KEY, b"mine")
    root.rotate()
    good, bad = root.rewrap(LIVE, [(old, b"mine"), (old, b"yours")])
    assert good is not None
    assert (root.name_of(good), bad) == ("2", None)
    assert root.unwrap(LIVE, good, b"mine") == KEY


def test_a_retired_root_is_gone_from_its_chamber_alone(path: Path, root: SealedFile) -> None:
    old = root.wrap(LIVE, KEY, b"whose")
    root.rotate()
    for _ in range(2):
        root.retire(LIVE, "1")
    assert (root.names(LIVE), opened(path).names(CUSTODY)) == (["2"], ["1", "2"])
    for keeper in (root, opened(path)):
        with pytest.raises(KeyUnavailable):
            keeper.unwrap(LIVE, old, b"whose")


def test_the_newest_root_is_never_retired(root: SealedFile) -> None:
    with pytest.raises(KeyUnavailable):
        root.retire(LIVE, "1")
    assert root.names(LIVE) == ["1"]


@pytest.mark.parametrize("wrapped", [b"", b"\0\0\0\1\1", b"\0\0"])
def test_a_wrapped_key_that_was_cut_is_not_authentic(root: SealedFile, wrapped: bytes) -> None:
    with pytest.raises(NotAuthentic):
        root.unwrap(LIVE, wrapped, b"whose")


@pytest.mark.parametrize("last", ["fsync", "replace"])
def test_a_process_that_dies_while_it_rotates_leaves_the_old_file_whole(
    path: Path, root: SealedFile, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    wrapped = root.wrap(LIVE, KEY, b"whose")
    with monkeypatch.context() as fatal:
        fatal.setattr(os if last == "fsync" else Path, last, die)
        with pytest.raises(KeyboardInterrupt):
            root.rotate()
    again = opened(path)
    assert again.names(LIVE) == ["1"]
    again.rotate()
    assert opened(path).names(LIVE) == ["1", "2"]
    assert opened(path).unwrap(LIVE, wrapped, b"whose") == KEY


def test_no_repr_tells_a_root_a_pepper_or_the_passphrase(root: SealedFile) -> None:
    ring = KeyRing(root, SeededDice())
    ring.named("sms-code")
    shown = repr(root) + repr(root._content) + repr(ring) + str(vars(ring).keys())
    for secret in (PASSPHRASE, root.pepper().hex(), repr(root.pepper())):
        assert secret not in shown

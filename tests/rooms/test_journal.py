"""The erasure journal: whole lines or none, in one chain, whoever writes and whenever it dies."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from shouyue.ground.store.errors import JournalBroken, JournalShort
from shouyue.ground.store.journal import Journal, Line

AT = "2026-11-23T02:00:00+00:00"


def line(number: int) -> Line:
    return Line(f"{number:026d}", "", "erased", "", AT)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "journal")
    made.found("J" * 26, AT)
    return made


def test_a_journal_is_founded_once(journal: Journal) -> None:
    journal.append([line(1)])
    journal.found("K" * 26, AT)
    assert [one.key for one in journal.read()] == ["J" * 26, line(1).key]


def test_a_line_that_was_cut_by_a_death_goes_and_the_chain_goes_on(journal: Journal) -> None:
    journal.append([line(1)])
    file = journal.folder / "erasures"
    whole = file.read_bytes()
    last = whole[whole.rindex(b"\n", 0, -1) + 1 :]
    for cut in range(1, len(last)):
        file.write_bytes(whole + last[:cut])
        assert len(journal.read()) == 2
    journal.append([line(2)])
    assert [one.key for one in journal.read()][1:] == [line(1).key, line(2).key]


def test_a_death_before_the_head_is_written_loses_no_line(journal: Journal) -> None:
    journal.append([line(1)])
    head = (journal.folder / "head").read_text()
    journal.append([line(2), line(3)])
    (journal.folder / "head").write_text(head)
    assert len(journal.read()) == 4
    journal.append([line(4)])
    assert journal.position().lines == 5
    assert len(journal.read()) == 5


@pytest.mark.parametrize("left", ["", "\0" * 67])
def test_a_head_that_a_power_cut_has_emptied_is_counted_anew(journal: Journal, left: str) -> None:
    journal.append([line(1)])
    (journal.folder / "head").write_text(left)
    journal.append([line(2)])
    assert journal.position().lines == 3
    assert (journal.folder / "head").read_text().startswith("3\n")


def test_a_death_at_the_founding_is_made_good_by_the_next_start(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for torn in (b"", b'{"at":"2026'):
        (tmp_path / "erasures").write_bytes(torn)
        journal.found("J" * 26, AT)
        assert len(journal.read()) == 1
        (tmp_path / "head").unlink()


def test_lines_that_are_missing_changed_or_moved_are_noticed(journal: Journal) -> None:
    journal.append([line(1), line(2)])
    file, there = journal.folder / "erasures", journal.position()
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(JournalShort):
        journal.read()
    for changed in (lines[::-1], lines[1:], [lines[0], lines[2], lines[1]], [lines[0], *lines]):
        file.write_bytes(b"".join(changed))
        with pytest.raises((JournalBroken, JournalShort)):
            journal.read()
    file.write_bytes(b"".join(lines))
    with pytest.raises(JournalBroken):
        journal.read(replace(there, digest="0" * 64))


def test_many_writers_make_one_chain(journal: Journal) -> None:
    def write(first: int) -> None:
        own = Journal(journal.folder)
        for number in range(first, first + 20):
            own.append([line(number)])

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 80, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.key for one in journal.read()[1:]) == [line(n).key for n in range(80)]


def test_the_newest_checkpoint_is_remembered_and_an_older_one_does_not_replace_it(
    journal: Journal,
) -> None:
    assert journal.remembered() is None
    for size in (5, 9, 7):
        journal.remember(size, f"log\n{size}\nroot\n")
    assert journal.remembered() == (9, "log\n9\nroot\n")
    journal.set_back(5, "log\n5\nroot\n")
    assert journal.remembered() == (5, "log\n5\nroot\n")
    assert (journal.folder / "checkpoint.9").read_text() == "log\n9\nroot\n"
    journal.set_back(0, "")
    assert journal.remembered() is None

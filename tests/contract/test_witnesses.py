"""Witnesses over their public protocol: what they sign is proof, what they deny stops the log."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from shouyue.ground.hazmat import notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.people.alarms import jobs as alarms
from shouyue.people.alarms import service as alarm_list
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.ledger import jobs as ledger_jobs
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import walk, witnessing
from shouyue.privacy.ledger.errors import Forked, NoSuchLeaf, NotYetIntegrated
from shouyue.privacy.ledger.tables import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerLeaf,
    LedgerLine,
    LedgerNode,
)
from shouyue.privacy.ledger.types import Fact, Pins
from shouyue.privacy.witnesses import jobs, service
from tests.house import House
from tests.intruder import unguarded
from tests.witness import Answer, Watching, witness


def grow(house: House, count: int = 1) -> list[str]:
    with house.store.begin() as db:
        facts = [Fact("account.registered", None, {"count": at}) for at in range(count)]
        ids = [ledger.append(db, fact) for fact in facts]
        ledger.integrate(db)
    return ids


@pytest.fixture
def watching(house: House) -> Iterator[Watching]:
    """A witness that signs with Ed25519."""
    with house.store.read() as db:
        key = ledger.verifier(db)
    with witness(key, house.clock) as running:
        yield running


def ask(house: House, *asked: Watching) -> None:
    """One round of questions, and whatever follows from it."""
    box = PostBox(house.clock)
    egress = Egress(box, box, loopback_allowed=True)
    answers = jobs.answers(egress.http, [one.known for one in asked])
    worker = Worker(house.store, {**answers, alarms.RAISED: alarms.raised})
    with house.store.begin() as db:
        answers[jobs.ROUND](db, Job("0" * 26, jobs.ROUND, "", {}, 1, db.clock()))  # type: ignore[operator] # an answer
    worker.run_once()


def raised(house: House) -> list[tuple[str, str, str]]:
    with house.store.read() as db:
        return sorted((one.kind, one.where, one.about) for one in alarm_list.living(db))


def put_back(db: Session, size: int) -> None:
    """Bring the log back to what it was at a checkpoint, as a restored database would."""
    unguarded(db)
    db.execute(sa.delete(LedgerLeaf))
    db.execute(sa.delete(LedgerLine).where(LedgerLine.place >= size))
    db.execute(
        sa.delete(LedgerNode).where(
            (LedgerNode.place + 1) * sa.literal(2).op("<<")(LedgerNode.level) > 2 * size
        )
        if db.connection().dialect.name == "sqlite"
        else sa.delete(LedgerNode).where(
            (LedgerNode.place + 1) * sa.func.power(2, LedgerNode.level) > size
        )
    )
    db.execute(sa.delete(LedgerCheckpoint).where(LedgerCheckpoint.size > size))
    db.execute(sa.delete(LedgerCosignature).where(LedgerCosignature.size > size))


def test_a_witness_signs_and_its_line_is_in_the_receipt_and_under_the_checkpoint(
    house: House, watching: Watching
) -> None:
    (leaf, *_) = grow(house, 3)
    ask(house, watching)
    with house.store.read() as db:
        key = ledger.verifier(db)
        pins = Pins(key, frozenset({watching.key}), 1)
        for proof in (ledger.receipt(db, leaf), ledger.proof(db, leaf)):
            (by,) = ledger.verify(proof, pins).witnesses
            assert (by.name, by.key, by.at) == (watching.name, watching.key, house.clock.at)
        published = ledger.published(db)
        assert notes.cosigned(published, [watching.key]) == [house.clock.at]
        assert ledger.witnessed(db) == published
    assert raised(house) == []


def test_it_is_asked_from_where_it_stands_and_not_when_nothing_is_new(
    house: House, watching: Watching
) -> None:
    for count in (3, 4, 1):
        grow(house, count)
        ask(house, watching)
        ask(house, watching)
    assert watching.asked == [0, 3, 7]
    assert watching.size == 8


def test_a_log_that_rests_is_signed_anew_for_the_time(house: House, watching: Watching) -> None:
    (leaf,) = grow(house)
    ask(house, watching)
    house.clock.forward(hours=13)
    ask(house, watching)
    assert watching.asked == [0, 1]
    with house.store.read() as db:
        (by,) = ledger.verify(ledger.receipt(db, leaf)).witnesses
    assert by.at == house.clock.at


def test_a_leaf_newer_than_any_cosignature_has_a_receipt_of_the_log_alone(
    house: House, watching: Watching
) -> None:
    (old,) = grow(house)
    ask(house, watching)
    (new,) = grow(house)
    with house.store.read() as db:
        assert ledger.verify(ledger.receipt(db, old)).size == 1
        assert ledger.verify(ledger.receipt(db, new)).witnesses == ()
        assert ledger.published(db) == ledger.checkpoint(db)
        assert ledger.witnessed(db).split("\n")[1] == "1"


def test_without_witnesses_there_is_no_witnessed_checkpoint(house: House) -> None:
    grow(house)
    with house.store.read() as db, pytest.raises(NoSuchLeaf):
        ledger.witnessed(db)


def test_no_byte_of_a_witnessed_receipt_can_change_pinned_or_not(
    house: House, watching: Watching
) -> None:
    leaf = grow(house, 5)[2]
    ask(house, watching)
    with house.store.read() as db:
        proofs, key = (ledger.receipt(db, leaf), ledger.proof(db, leaf)), ledger.verifier(db)
    for whole in proofs:
        for at in range(len(whole)):
            wrong = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
            for pins in (None, Pins(key, frozenset({watching.key}), 1)):
                with pytest.raises(NotAuthentic):
                    ledger.verify(wrong, pins)


def test_only_witnesses_that_are_pinned_count(house: House, watching: Watching) -> None:
    (leaf,) = grow(house)
    with house.store.read() as db:
        key = ledger.verifier(db)
    with witness(key, house.clock, "witness.example/w2") as other:
        other.signer = MLDSA44PrivateKey.generate()
        ask(house, watching, other)
        with house.store.read() as db:
            proof = ledger.receipt(db, leaf)
        third = Watching("witness.example/w3", house.clock, key)
        both = frozenset({watching.key, other.key})
        assert len(ledger.verify(proof, Pins(key, both, 2)).witnesses) == 2
        assert ledger.verify(proof, Pins(key, frozenset({other.key, third.key}), 1))
        for trusted, quorum in ((both | {third.key}, 3), (frozenset({third.key}), 1)):
            with pytest.raises(NotAuthentic):
                ledger.verify(proof, Pins(key, trusted, quorum))


def test_a_witness_of_whom_we_lost_all_word_is_caught_up_with(
    house: House, watching: Watching
) -> None:
    grow(house, 5)
    ask(house, watching)
    with house.store.begin() as db:
        unguarded(db)
        db.execute(sa.delete(LedgerCosignature))
    grow(house, 4)
    ask(house, watching)
    assert watching.asked == [0, 0, 5]
    assert watching.size == 9
    assert raised(house) == []


def test_a_database_put_back_stops_the_log_until_it_is_acknowledged(
    house: House, watching: Watching
) -> None:
    grow(house, 3)
    grow(house, 2)
    ask(house, watching)
    with house.store.begin() as db:
        put_back(db, 3)
    ask(house, watching)
    assert raised(house) == [("ledger.forked", watching.name, "5")]
    with house.store.begin() as db, pytest.raises(Forked) as refusal:
        ledger.integrate(db)
    assert refusal.value.facts == {"witness": watching.name, "theirs": 5}
    with house.store.begin() as db:
        leaf = ledger.append(db, Fact("account.registered", None, {}))
        ledger_jobs.integrate(db, Job("0" * 26, "ledger.integrate", "", {}, 1, db.clock()))
        with pytest.raises(NotYetIntegrated):
            ledger.receipt(db, leaf)
    with house.store.begin() as db:
        assert [fork.theirs for fork in witnessing.acknowledge(db)] == [5]
        assert ledger.integrate(db) == 3  # what was found, the act, and the acknowledgement
        assert ledger.verify(ledger.receipt(db, leaf))
        assert witnessing.acknowledge(db) == []
    ask(house, watching)
    with house.store.begin() as db:
        ledger.append(db, Fact("account.registered", None, {}))
        assert ledger.integrate(db) == 1


def test_a_log_that_went_on_beside_what_was_signed_is_a_fork(
    house: House, watching: Watching
) -> None:
    grow(house, 3)
    grow(house, 2)
    ask(house, watching)
    with house.store.begin() as db:
        put_back(db, 3)
    grow(house, 4)
    ask(house, watching)
    ask(house, watching)  # the same again is no news
    assert watching.asked == [0, 0, 5, 0, 5]
    assert raised(house) == [("ledger.forked", watching.name, "5")]


def test_the_same_size_with_another_root_is_a_fork(house: House, watching: Watching) -> None:
    grow(house, 3)
    grow(house, 2)
    ask(house, watching)
    with house.store.begin() as db:
        put_back(db, 3)
    grow(house, 2)
    ask(house, watching)
    assert raised(house) == [("ledger.forked", watching.name, "5")]


@pytest.mark.parametrize(
    ("answer", "about"),
    [
        ((200, b""), "signature"),
        ((200, b"\xff"), "signature"),
        ((200, "— x AAAA\n".encode()), "signature"),
        ((400, b""), "400"),
        ((403, b""), "403"),
        ((404, b""), "404"),
        ((409, b""), "409"),
        ((409, b"0\n"), "409"),
        ((409, b"many\n"), "409"),
        ((409, b"1\n"), "409"),
        ((422, b""), "422"),
        ((503, b""), "503"),
        ((301, b""), "301"),
    ],
)
def test_an_answer_that_proves_nothing_is_an_alarm_and_nothing_more(
    house: House, watching: Watching, answer: Answer, about: str
) -> None:
    leaf = grow(house, 2)[0]
    watching.twist = lambda _right: answer
    ask(house, watching)
    assert raised(house) == [("ledger.witness-unfit", watching.name, about)]
    assert len(watching.asked) <= 2
    grow(house)
    with house.store.read() as db:
        assert ledger.verify(ledger.receipt(db, leaf)).witnesses == ()


def test_a_signature_of_another_time_or_text_is_not_kept(house: House, watching: Watching) -> None:
    grow(house, 2)
    watching.skew = 3_600
    ask(house, watching)
    watching.skew = 0
    other = Watching(watching.name, house.clock, watching.log, signer=watching.signer)
    watching.twist = lambda _right: (200, other.cosign("elsewhere\n2\nAAAA\n\n— x y\n").encode())
    house.clock.forward(minutes=1)
    ask(house, watching)
    assert raised(house) == [("ledger.witness-unfit", watching.name, "signature")]
    with house.store.read() as db:
        assert witnessing.last(db, watching.name) is None


def test_a_witness_that_lies_about_a_larger_log_can_only_stop_receipts(
    house: House, watching: Watching
) -> None:
    grow(house, 2)
    watching.twist = lambda _right: (409, b"99\n")
    ask(house, watching)
    assert raised(house) == [("ledger.forked", watching.name, "99")]
    with house.store.begin() as db:
        witnessing.acknowledge(db)
    ask(house, watching)
    grow(house)
    assert raised(house) == [("ledger.forked", watching.name, "99")]


def test_a_witness_that_is_down_or_slow_keeps_nobody_waiting(
    house: House, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_PATIENCE", 0.3)
    leaf = grow(house)[0]

    def late(right: Answer) -> Answer:
        time.sleep(1)
        return right

    watching.twist = late
    start = time.monotonic()
    ask(house, watching)
    assert time.monotonic() - start < 1
    down = Watching("witness.example/down", house.clock, watching.log, url="http://127.0.0.1:1/w")
    ask(house, down)
    assert raised(house) == [
        ("ledger.witness-silent", "witness.example/down", "refused"),
        ("ledger.witness-silent", watching.name, "timeout"),
    ]
    with house.store.read() as db:
        assert ledger.verify(ledger.receipt(db, leaf))
    watching.twist = None
    ask(house, watching)  # what came too late was signed there: we catch up
    assert watching.size == 1
    with house.store.read() as db:
        assert ledger.verify(ledger.receipt(db, leaf)).witnesses


def test_a_day_without_a_signature_is_an_alarm(house: House, watching: Watching) -> None:
    with house.store.begin() as db:
        service.watch(db)
    grow(house)
    ask(house, watching)
    house.clock.forward(hours=23)
    look(house)
    assert raised(house) == []
    house.clock.forward(hours=2)
    look(house)
    assert raised(house) == [("ledger.unwitnessed", "ledger", "")]


def look(house: House) -> None:
    with house.store.begin() as db:
        service.watch(db)
    Worker(house.store, {alarms.RAISED: alarms.raised}).run_once()


def test_a_round_asks_nobody_where_nobody_is_named(house: House) -> None:
    grow(house)
    ask(house)
    with house.store.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(JobRow)) == 0


def test_a_kept_checkpoint_proves_growth_or_tells_of_rollback_and_fork(house: House) -> None:
    grow(house, 3)
    with house.store.read() as db:
        kept = ledger.checkpoint(db)
    grow(house, 2)
    with house.store.read() as db:
        later = ledger.checkpoint(db)
        assert list(walk.check(db, [kept, later])) == []
        (strange,) = walk.check(db, [kept.replace("\n3\n", "\n4\n")])
        assert strange.what == "this log has not signed it"
    with house.store.begin() as db:
        put_back(db, 3)
    with house.store.read() as db:
        (fault,) = walk.check(db, [kept, later])
        assert (fault.where, fault.what) == (
            "kept checkpoint 5",
            "rolled back: the log has 3 leaves",
        )
    grow(house, 4)
    with house.store.read() as db:
        (fault,) = walk.check(db, [kept, later])
        assert fault.what == "forked: the log has other leaves there"

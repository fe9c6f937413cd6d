"""Keys of people: one each, used in one place, gone for good."""

import base64
import threading

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import certificates, roots, rules
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import InCustody, KeyDestroyed, NoSuchCertificate
from shouyue.privacy.keys.queries import value
from shouyue.privacy.keys.tables import DataKey, DestroyedKey
from shouyue.privacy.keys.types import Cause, Key, Need, Place, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NotOpaque, NotYetIntegrated
from tests.house import MONDAY, House

ANN, BEN = SubjectId("0" * 25 + "A"), SubjectId("0" * 25 + "B")
SECRET = b"canary 13800001234"
WARRANT = Warrant(Need.AUTHORITY, "CSL-49")


def place(subject: SubjectId = ANN, row: str = "row-1", item: str = "DI-01") -> Place:
    return Place("holding", row, subject, item)


def sealed(db: Session, key: Key) -> bytes:
    return keys.seal(db, key, place(key.subject), SECRET)


def test_a_person_has_one_key_for_each_class_and_kind(db: Session) -> None:
    one = keys.key_for(db, ANN, "account")
    assert keys.key_for(db, ANN, "account") == one
    others = [
        keys.key_for(db, BEN, "account"),
        keys.key_for(db, ANN, "profile"),
        keys.key_for(db, ANN, "account", custody=True),
    ]
    assert len({one.id, *(key.id for key in others)}) == 4


def test_a_ciphertext_names_its_suite_and_its_key(house: House) -> None:
    for mark, suite in enumerate(Suite, 1):
        house.keys.suite = suite
        with house.store.begin() as db:
            key = keys.key_for(db, ANN, "account")
            ciphertext = sealed(db, key)
            assert key.suite is suite
            assert ciphertext[:28] == bytes([1, mark]) + key.id.encode()
            assert keys.unseal(db, key.id, place(), ciphertext) == SECRET


@pytest.mark.parametrize(
    "elsewhere",
    [
        place(BEN),
        place(row="row-2"),
        place(item="DI-03"),
        Place("sealed_document", "row-1", ANN, "DI-01"),
    ],
)
def test_a_ciphertext_opens_in_its_place_alone(db: Session, elsewhere: Place) -> None:
    key = keys.key_for(db, ANN, "account")
    with pytest.raises(NotAuthentic):
        keys.unseal(db, key.id, elsewhere, sealed(db, key))


def test_a_key_seals_nothing_of_another_person(db: Session) -> None:
    with pytest.raises(NotAuthentic):
        keys.seal(db, keys.key_for(db, ANN, "account"), place(BEN), SECRET)


def test_no_byte_of_a_ciphertext_can_change_and_none_be_missing(db: Session) -> None:
    key = keys.key_for(db, ANN, "account")
    whole = sealed(db, key)
    changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    for bad in (*changed, *(whole[:length] for length in range(len(whole)))):
        with pytest.raises(NotAuthentic):
            keys.unseal(db, key.id, place(), bad)


def test_a_wrapped_key_of_another_person_or_class_does_not_open(db: Session) -> None:
    mine, theirs = keys.key_for(db, ANN, "account"), keys.key_for(db, BEN, "account")
    ciphertext = sealed(db, mine)
    wrapped = db.get_one(DataKey, theirs.id).wrapped
    db.get_one(DataKey, mine.id).wrapped = wrapped
    db.flush()
    db.info.clear()  # as another unit of work meets it
    with pytest.raises(NotAuthentic):
        keys.unseal(db, mine.id, place(), ciphertext)


def test_what_is_in_custody_opens_under_a_warrant_alone(db: Session) -> None:
    key = keys.key_for(db, ANN, "account", custody=True)
    ciphertext = sealed(db, key)
    with pytest.raises(InCustody):
        keys.unseal(db, key.id, place(), ciphertext)
    assert keys.unseal_in_custody(db, key.id, place(), ciphertext, WARRANT) == SECRET
    (entry,) = ledger.about(db, ANN, "keys.opened-in-custody")
    assert entry.facts == {"key": key.id, "need": "authority", "ground": "CSL-49"}


def test_custody_is_kept_by_the_root_and_not_by_a_flag(db: Session) -> None:
    key = keys.key_for(db, ANN, "account", custody=True)
    ciphertext = sealed(db, key)
    db.get_one(DataKey, key.id).custody = False
    db.flush()
    db.info.clear()  # as another unit of work meets it
    with pytest.raises(NotAuthentic):
        keys.unseal(db, key.id, place(), ciphertext)


def test_a_warrant_without_a_ground_opens_nothing(db: Session) -> None:
    key = keys.key_for(db, ANN, "account", custody=True)
    with pytest.raises(InCustody):
        keys.unseal_in_custody(db, key.id, place(), sealed(db, key), Warrant(Need.SECURITY, ""))


def test_a_warrant_that_could_name_a_person_opens_nothing(db: Session) -> None:
    key = keys.key_for(db, ANN, "account", custody=True)
    with pytest.raises(NotOpaque):
        keys.unseal_in_custody(
            db, key.id, place(), sealed(db, key), Warrant(Need.LEGAL_CLAIM, "张三诉平台")
        )


def test_a_destroyed_key_leaves_a_tombstone_without_a_name(db: Session) -> None:
    key = keys.key_for(db, ANN, "account")
    ciphertext = sealed(db, key)
    leaf = keys.destroy(db, key, Cause.ERASED)
    with pytest.raises(KeyDestroyed):
        keys.unseal(db, key.id, place(), ciphertext)
    assert db.scalars(sa.select(DataKey)).all() == []
    stone = db.get_one(DestroyedKey, key.id)
    assert (stone.leaf, stone.cause, stone.retention_class) == (leaf, "erased", "account")
    assert ANN not in {getattr(stone, column.name) for column in DestroyedKey.__table__.columns}


def test_destroying_one_key_leaves_all_others(db: Session) -> None:
    doomed, profile = keys.key_for(db, ANN, "account"), keys.key_for(db, ANN, "profile")
    theirs = keys.key_for(db, BEN, "account")
    kept = [(key, sealed(db, key)) for key in (profile, theirs)]
    keys.destroy(db, doomed, Cause.ERASED)
    opened = [keys.unseal(db, key.id, place(key.subject), text) for key, text in kept]
    assert opened == [SECRET, SECRET]


def test_a_person_gets_a_fresh_key_after_the_old_one_is_gone(db: Session) -> None:
    old = keys.key_for(db, ANN, "account")
    ciphertext = sealed(db, old)
    keys.destroy(db, old, Cause.ERASED)
    fresh = keys.key_for(db, ANN, "account")
    assert fresh.id != old.id
    with pytest.raises(NotAuthentic):
        keys.unseal(db, fresh.id, place(), ciphertext)


def test_two_units_that_need_a_key_at_once_get_the_same(house: House) -> None:
    got = []

    def ask() -> None:
        with house.store.begin() as db:
            got.append(keys.key_for(db, ANN, "account").id)

    other = threading.Thread(target=ask)
    with house.store.begin() as db:
        got.append(keys.key_for(db, ANN, "account").id)
        other.start()
        other.join(0.3)  # it waits for this unit: on the writer's lock, or on the index
        assert other.is_alive()
    other.join()
    assert len(set(got)) == 1


def test_the_certificate_holds_without_the_house_and_names_nobody(house: House) -> None:
    with house.store.begin() as db:
        key = keys.key_for(db, ANN, "account")
        keys.destroy(db, key, Cause.ERASED)
        with pytest.raises(NotYetIntegrated):
            certificates.receipt(db, key.id)
        ledger.integrate(db)
        certificate, known = certificates.receipt(db, key.id), ledger.verifier(db)
        ledger.blind(db, ANN)  # the person is forgotten; the proof stays whole
        assert certificates.receipt(db, key.id) == certificate
    found = ledger.verify(certificate, known)
    assert found.leaf.kind == "keys.destroyed"
    assert found.opening is not None
    assert found.opening.subject is None
    assert found.opening.facts == {
        "key": key.id,
        "class": "account",
        "suite": "aes-256-gcm",
        "custody": 0,
        "cause": "erased",
    }
    assert ANN.encode() not in certificate


def test_a_key_that_lives_has_no_certificate(db: Session) -> None:
    with pytest.raises(NoSuchCertificate):
        certificates.receipt(db, keys.key_for(db, ANN, "account").id)


def test_tombstones_are_told_since_a_moment(house: House) -> None:
    stones = []
    for subject in (ANN, BEN):
        house.clock.forward(hours=1)
        with house.store.begin() as db:
            key = keys.key_for(db, subject, "account")
            keys.destroy(db, key, Cause.EXPIRED)
            stones.append(key.id)
    with house.store.read() as db:
        assert [stone.key for stone in certificates.since(db, MONDAY)] == stones
        assert [stone.key for stone in certificates.since(db, house.clock())] == stones[1:]
        assert certificates.count(db) == 2


def test_no_plain_key_and_no_value_stands_anywhere(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows, log lines, reprs and refusals, after all that can be done with keys."""
    said = []
    with house.store.begin() as db:
        for custody in (False, True):
            key = keys.key_for(db, ANN, "account", custody=custody)
            ciphertext = sealed(db, key)
            said += [repr(key), repr(db.keys), repr(house.root), repr(WARRANT)]
            for at in (place(BEN), place()):
                try:
                    keys.unseal(db, key.id, at, ciphertext[:-1])
                except (NotAuthentic, InCustody) as no:
                    said += [repr(no), str(no), no.say("zh"), repr(no.facts)]
        roots.rotate(db)
    with house.store.begin() as db:
        batch = roots.behind(db)
        fresh = roots.rewrapped(db.keys, batch)
        said += [repr(batch), repr(fresh)]
        roots.settle(db, fresh)
    with house.store.begin() as db:
        plain = [
            house.root.unwrap(rules.chamber(row.custody), row.wrapped, rules.key_bond(value(row)))
            for row in db.scalars(sa.select(DataKey))
        ]
        for table in DataKey.metadata.sorted_tables:
            said += [str(tuple(row)) for row in db.execute(sa.select(table))]
    said += list(capsys.readouterr())
    everything = "\n".join(said)
    assert len(plain) == 2
    assert "live.2" in everything
    for secret in (*plain, *house.root.held[Chamber.LIVE].values(), SECRET):
        for spelled in (repr(secret)[2:-1], secret.hex(), base64.b64encode(secret).decode()):
            assert spelled not in everything

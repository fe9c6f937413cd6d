"""A look into restricted storage: one asks, another approves, it counts; a minor's apart."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import Session
from shouyue.people.desk import service as desk
from shouyue.privacy.clearance import glass, grants
from shouyue.privacy.clearance import types as clearance
from shouyue.privacy.clearance.errors import AskUnfit, NoGrant, NotSigned, NotYourPost, OwnGrant
from shouyue.privacy.clearance.types import Ask, Glass, Stage
from shouyue.privacy.custody import again, queries, rules
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.errors import NoWarrant
from shouyue.privacy.custody.types import Ground, GroundKind
from shouyue.privacy.grounds import service as grounds_room
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause, Need, Warrant
from shouyue.privacy.looks import budget
from shouyue.privacy.looks.errors import BudgetSpent
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.clearance import prepared
from tests.holding import (
    ANN,
    LI,
    NAME,
    WANG,
    hold,
    let_read,
    member,
    name,
    number,
    phone,
    read_in_custody,
)
from tests.house import House, plain
from tests.rooms.test_races import meet

pytestmark = [pytest.mark.clause("5.1.2"), pytest.mark.clause("6.1.2.b")]
CLAIM = Warrant(Need.LEGAL_CLAIM, "OTM-31")


@pytest.fixture
def kept(db: Session) -> str:
    """A name in restricted storage, by statute."""
    return put_away(db)


def put_away(db: Session) -> str:
    name(db)
    prepared(db, LI)
    return custody.erase(db, ANN, event=Anchor.EXIT).kept[0].id


def as_a_child(db: Session) -> None:
    new = Keep(ANN, Item.DI_62, "十二岁", Purpose.P14, Basis.GUARDIAN, "portal")
    vault.keep(db, new)


def ask(db: Session, value: str, warrant: Warrant = CLAIM) -> str:
    return custody.ask(db, value, warrant, member(LI), hours=2)


def test_one_alone_reads_nothing_whatever_they_name(db: Session, kept: str) -> None:
    for need in Need:
        with pytest.raises(NoGrant):
            custody.read(db, kept, Warrant(need, "OTM-31"), LI)
    made = ask(db, kept)
    with pytest.raises(NoGrant):
        custody.read(db, kept, CLAIM, LI)
    with pytest.raises(OwnGrant):
        grants.approve(db, made, member(LI))
    with pytest.raises(NoGrant):
        custody.read(db, kept, CLAIM, LI)
    assert vault.accesses(db, ANN) == []


def test_another_approves_and_the_person_sees_under_which_grant(db: Session, kept: str) -> None:
    made = ask(db, kept)
    grant = grants.one(db, made)
    assert (grant.case, grant.items, list(grant.reach)) == ("OTM-31", (Item.DI_13,), [ANN])
    assert not grant.minors
    grants.approve(db, made, member(WANG, "security"))
    assert plain(custody.read(db, kept, CLAIM, LI).content) == NAME.encode()
    (look,) = vault.accesses(db, ANN)
    assert (look.actor, look.grant, look.role) == (LI, made, "privacy")


def test_a_grant_opens_for_its_need_its_ground_its_item_and_its_member_alone(
    db: Session,
) -> None:
    name(db)
    number(db)
    held = hold(db)
    kept = {one.item: one.id for one in custody.erase(db, ANN, event=Anchor.EXIT).kept}
    let_read(db, kept[Item.DI_13], CLAIM)
    prepared(db, WANG)
    for value, warrant, who in (
        (kept[Item.DI_13], Warrant(Need.AUTHORITY, "OTM-31"), LI),
        (kept[Item.DI_13], Warrant(Need.ERASE, "OTM-31"), LI),  # the same purpose, another need
        (kept[Item.DI_13], Warrant(Need.LEGAL_CLAIM, held), LI),
        (kept[Item.DI_14], CLAIM, LI),
        (kept[Item.DI_13], CLAIM, WANG),
    ):
        with pytest.raises(NoGrant):
            custody.read(db, value, warrant, who)
    assert custody.read(db, kept[Item.DI_13], CLAIM, LI)


def test_nothing_is_read_once_the_grant_is_over_or_taken_back(house: House) -> None:
    with house.store.begin() as db:
        kept = put_away(db)
        let_read(db, kept, CLAIM)
    house.clock.forward(hours=1)
    with house.store.begin() as db:
        with pytest.raises(NoGrant):
            custody.read(db, kept, CLAIM, LI)
        made = let_read(db, kept, CLAIM)
        grants.end(db, made, member(WANG))
        with pytest.raises(NoGrant):
            custody.read(db, kept, CLAIM, LI)


def test_no_grant_is_asked_by_what_does_not_keep_the_value(db: Session, kept: str) -> None:
    with pytest.raises(NoWarrant):
        ask(db, kept, Warrant(Need.LEGAL_CLAIM, "ECL-31"))
    with pytest.raises(NotYourPost):
        custody.ask(db, kept, CLAIM, member(LI, "security"), hours=1)
    with pytest.raises(AskUnfit):
        custody.ask(db, kept, CLAIM, member(LI), hours=9)
    with pytest.raises(NotSigned):
        custody.ask(db, kept, CLAIM, member(WANG), hours=1)
    assert grants.register(db, clearance.Wanted()) == []


def nickname(db: Session) -> tuple[str, str]:
    """A value that privacy staff may see for P7, put away by a hold; both by id."""
    grounds_room.become_party(db, ANN)
    new = Keep(ANN, Item.DI_06, "小明", Purpose.P1, Basis.CONTRACT_SELF, "portal")
    vault.keep(db, new)
    held = hold(db)
    (kept,) = custody.erase(db, ANN, [Item.DI_06]).kept
    vault.keep(db, new)  # written anew, so the same words are live as well
    prepared(db, LI)
    return kept.id, held


def test_a_restricted_grant_opens_nothing_that_is_live(db: Session) -> None:
    kept, held = nickname(db)
    made = let_read(db, kept, Warrant(Need.SECURITY, held))
    reader = Reader(LI, "privacy", Purpose.P7, Basis.CONTRACT_SELF, held)
    with pytest.raises(NoGrant):
        vault.reveal(db, ANN, [Item.DI_06], reader)
    with pytest.raises(NoGrant):
        desk.lines(db, made, member(LI))
    with pytest.raises(NoGrant):
        desk.see(db, made, member(LI), ANN, Item.DI_06)


def test_an_ordinary_grant_of_the_same_words_opens_nothing_restricted(db: Session) -> None:
    kept, held = nickname(db)
    asked = Ask("privacy", Purpose.P7, {ANN: [Item.DI_06]}, clearance.Need.SECURITY, held)
    grants.approve(db, grants.ask(db, member(LI), asked), member(WANG))
    with pytest.raises(NoGrant):
        custody.read(db, kept, Warrant(Need.SECURITY, held), LI)


def test_broken_glass_reaches_nothing_restricted(db: Session) -> None:
    kept, held = nickname(db)
    told = "安全事件处置中，须立即联系本人确认"
    glass.break_glass(db, member(LI), Glass("privacy", Purpose.P7, ANN, [Item.DI_06], told))
    with pytest.raises(NoGrant):
        custody.read(db, kept, Warrant(Need.SECURITY, held), LI)


@pytest.mark.parametrize("need", sorted(clearance.RESTRICTED))
def test_nobody_asks_for_a_restricted_need_past_custody(db: Session, need: clearance.Need) -> None:
    prepared(db, LI)
    asked = Ask("privacy", Purpose.P7, {ANN: [Item.DI_06]}, need, "OTM-31")
    with pytest.raises(AskUnfit) as no:
        grants.ask(db, member(LI), asked)
    assert no.value.facts["cause"] == "restricted"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"case": ""}, AskUnfit),
        ({"need": clearance.Need.SECURITY}, AskUnfit),
        ({"reach": {ANN: [Item.DI_06, Item.DI_13]}}, AskUnfit),
        ({"reach": {ANN: [Item.DI_06], SubjectId(LI): [Item.DI_06]}}, AskUnfit),
        ({"reach": {}}, AskUnfit),
        ({"post": "security"}, NotYourPost),
    ],
)
def test_a_restricted_ask_names_one_item_of_one_person_and_a_ground(
    db: Session, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    prepared(db, LI)
    need = clearance.Need.HELD_SECURITY
    asked = Ask("privacy", Purpose.P7, {ANN: [Item.DI_06]}, need, "OTM-31")
    with pytest.raises(refusal):
        grants.ask_restricted(db, member(LI, "privacy", "security"), replace(asked, **changed))


@pytest.mark.clause("7")
def test_a_minors_restricted_value_takes_the_prior_approval_of_privacy_staff(
    db: Session,
) -> None:
    as_a_child(db)
    phone(db)
    held = hold(db, Item.DI_01)  # what says that they are a child is not held
    (kept,) = custody.erase(db, ANN).kept
    assert vault.holdings(db, ANN) == []
    prepared(db, LI)
    claim = Warrant(Need.LEGAL_CLAIM, held)
    made = ask(db, kept.id, claim)
    assert grants.one(db, made).minors
    with pytest.raises(NotYourPost):
        grants.approve(db, made, member(WANG, "security"))
    with pytest.raises(NoGrant):
        custody.read(db, kept.id, claim, LI)
    grants.approve(db, made, member(WANG))
    assert custody.read(db, kept.id, claim, LI)


@pytest.mark.clause("7")
def test_who_becomes_known_as_a_minor_after_an_approval_is_read_under_a_new_one(
    db: Session,
) -> None:
    kept = put_away(db)
    let_read(db, kept, CLAIM)
    as_a_child(db)
    with pytest.raises(NoGrant):
        custody.read(db, kept, CLAIM, LI)
    assert read_in_custody(db, kept, CLAIM)


@pytest.mark.clause("7")
def test_one_value_that_is_known_to_be_a_minors_speaks_for_all_of_theirs(db: Session) -> None:
    name(db)
    (first,) = custody.erase(db, ANN, [Item.DI_13], Anchor.EXIT).kept
    prepared(db, LI)
    let_read(db, first.id, CLAIM)
    as_a_child(db)
    number(db)
    custody.erase(db, ANN, [Item.DI_14], Anchor.EXIT)
    custody.erase(db, ANN, [Item.DI_62])
    with pytest.raises(NoGrant):
        custody.read(db, first.id, CLAIM, LI)


@pytest.mark.clause("7")
@pytest.mark.parametrize("minor", [True, False])
def test_a_restore_knows_a_minors_value_again(db: Session, *, minor: bool) -> None:
    name(db)  # as a backup has it, from which what told of the child is erased again already
    (key,) = keys.live(db, ANN)
    until = (db.clock() + timedelta(days=30)).isoformat()
    ground = rules.spell([Ground(GroundKind.STATUTE, "OTM-31", db.clock())], minor=minor)
    line = Line(key.id, "DI-13", Cause.RESTRICTED.value, "", until, ground)
    assert again.again(db, [([key.id], line)]) == 1
    assert [row.minor for row in queries.values(db, ANN)] == [minor]


@pytest.mark.clause("7")
def test_the_journal_says_that_a_value_is_a_minors(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Line] = []
    monkeypatch.setattr(db.journal, "note", noted.append)
    as_a_child(db)
    put_away(db)
    (line,) = [one for one in noted if one.ground]
    assert rules.read(line.ground)[1]


@pytest.mark.parametrize("most", ["LOOKS", "PEOPLE"])
def test_looks_at_restricted_values_are_counted_with_the_others(
    db: Session, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    kept = put_away(db)
    let_read(db, kept, CLAIM)
    monkeypatch.setattr(budget, most, 0)
    with pytest.raises(BudgetSpent):
        custody.read(db, kept, CLAIM, LI)
    monkeypatch.setattr(budget, most, 1)
    custody.read(db, kept, CLAIM, LI)
    assert budget.spent(db, LI) == (1, {ANN})


def attempt(db: Session, value: str) -> Refusal | None:
    try:
        custody.read(db, value, CLAIM, LI)
    except (BudgetSpent, NoGrant) as no:
        return no
    return None


def test_two_looks_at_once_do_not_pass_the_day_that_has_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "LOOKS", 1)
    with house.store.begin() as db:
        name(db)
        number(db)
        one, other = (found.id for found in custody.erase(db, ANN, event=Anchor.EXIT).kept)
        let_read(db, one, CLAIM)
        let_read(db, other, CLAIM)
    first, second = meet(house, lambda db: attempt(db, one), lambda db: attempt(db, other))
    assert first is None
    assert isinstance(second, BudgetSpent)


def test_who_leaves_while_they_look_opens_nothing(house: House) -> None:
    with house.store.begin() as db:
        kept = put_away(db)
        made = let_read(db, kept, CLAIM)
    _, refusal = meet(house, lambda db: grants.leave(db, LI), lambda db: attempt(db, kept))
    assert isinstance(refusal, NoGrant)
    with house.store.begin() as db:
        assert grants.one(db, made).stage is Stage.ENDED
        assert vault.accesses(db, ANN) == []


def test_an_ask_ends_with_the_post_of_who_asked(house: House) -> None:
    with house.store.begin() as db:
        kept = put_away(db)
        made = ask(db, kept)
        grants.leave(db, LI, kept=["support"])
        assert grants.one(db, made).stage is Stage.ENDED


def test_the_ground_that_ends_under_a_live_grant_ends_the_read(house: House) -> None:
    with house.store.begin() as db:
        kept = put_away(db)
        until = custody.of(db, ANN)[0].until
    house.clock.at = until - timedelta(minutes=30)
    with house.store.begin() as db:
        let_read(db, kept, CLAIM)
    house.clock.at = until
    with house.store.begin() as db, pytest.raises(NoWarrant):
        custody.read(db, kept, CLAIM, LI)

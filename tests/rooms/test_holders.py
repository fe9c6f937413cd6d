"""Every room that keeps rows about people shows them and lets them go, or says why it may not."""

import pytest
import sqlalchemy as sa

from shouyue.assembly import declared, holders
from shouyue.assembly.errors import Unheld
from shouyue.assembly.holders import HOLDERS, UNHELD
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Id, subject
from shouyue.ground.store.session import Session
from shouyue.people.accounts import platform
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.people.alarms import jobs as alarms
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Channel, NoticeClass
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.push import intake
from shouyue.privacy.consent import service as consents
from shouyue.privacy.grounds.types import Danger
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Reader
from tests import certification as sample
from tests.clearance import cleared
from tests.holding import LI, hold
from tests.house import House
from tests.merchants import SELLER, authorise, make_app
from tests.people import PHONE, sign_up
from tests.pushing import order_event, subscribe

pytestmark = pytest.mark.clause("6.3.2")
ABOUT_PEOPLE = [table for table in declared.tables() if subject(table)]


def test_each_table_about_people_has_one_holder_or_a_reason() -> None:
    held = [name for holder in HOLDERS for name in holder.tables]
    assert len(held) == len(set(held))
    assert {*held, *UNHELD} == {table.name for table in ABOUT_PEOPLE}
    assert all(UNHELD.values())


def test_a_table_about_people_without_a_holder_stops_start_up() -> None:
    club = sa.Table("club", sa.MetaData(), sa.Column("subject", Id(), primary_key=True))
    club.info["subject"] = "subject"
    with pytest.raises(Unheld) as refusal:
        holders.check([*declared.tables(), club])
    assert refusal.value.facts["found"] == "club"


def test_holders_are_asked_from_the_top_and_custody_before_the_vault() -> None:
    names = [holder.name for holder in HOLDERS]
    assert len(set(names)) == len(names)
    assert names.index("custody") == names.index("vault") - 1
    assert names[-1] == "ledger"


def lived(db: Session) -> SubjectId:
    """Somebody who has done in this house whatever leaves rows: developer and merchant in one."""
    who = sign_up(db, chosen=[Purpose.P5]).subject
    platform.keep_identity(db, who, PlatformIdentity("ks-1", PHONE, "", "清风"))
    sample.certify(db, who)
    _, app = make_app(db, owner=who)
    shops.link_merchant(db, who, SELLER)
    authorise(db, who, app)
    subscribe(db, who, app)
    intake.take(db, order_event(), grants.apps_for)
    reader = Reader(LI, "support", Purpose.P4, Basis.CONTRACT_SELF, "case-1", "security-check")
    cleared(db, reader, {who: [Item.DI_01]})
    vault.reveal(db, who, [Item.DI_01], reader)
    oversight.ask(db, who, Danger.LIFE, [Item.DI_01], LI)
    notices.prefer(db, who, NoticeClass.SURVEY, Channel.SMS, wanted=False)
    consents.withdraw(db, who, Purpose.P5)
    about = {"kind": "vault.unread", "where": "vault", "about": who}
    alarms.raised(db, Job(db.new_id(), alarms.RAISED, "", about, 1, db.clock()))
    return who


def rows(db: Session, who: SubjectId) -> dict[str, int]:
    """How many rows each table has about somebody, where it has any."""
    db.flush()
    found = {}
    for table in ABOUT_PEOPLE:
        mine = table.columns[subject(table) or ""] == who
        found[table.name] = db.scalar(sa.select(sa.func.count()).select_from(table).where(mine))
    return {name: count for name, count in found.items() if count}


def test_whoever_leaves_leaves_nothing_but_what_a_holder_names(db: Session) -> None:
    who = lived(db)
    hold(db, Item.DI_01, who=who)
    before = rows(db, who)
    assert len(before) > 25, "this person should have left rows nearly everywhere"
    for holder in HOLDERS:
        holder.erase(db, who)
    left = {name for name in rows(db, who) if name not in UNHELD}
    reasons = {name: why for holder in HOLDERS for name, why in holder.tables.items()}
    assert {name for name in left if not reasons[name]} == set()
    assert left - before.keys() == {"custody_value"}  # what the hold and the statute keep
    for holder in HOLDERS:
        assert holder.erase(db, who) == 0, holder.name


def test_a_copy_has_a_part_of_each_holder_and_nobody_else_in_it(house: House) -> None:
    with house.store.begin() as db:
        who = lived(db)
        other = sign_up(db, "13900005678").subject
        for holder in HOLDERS:
            told = canonical(dict(holder.export(db, who)))
            assert other.encode() not in told
            assert holder.export(db, other) is not None

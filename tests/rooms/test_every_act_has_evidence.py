"""INV-02 over every verb that owes evidence: each place where the ledger may fail is failed at.

Each act is tried with a ledger that fails at its first leaf, then at its second, and so on; each
time the database must be as before. Then it happens. Every call of `ledger.append` in the house
must be met on the way.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.columns import Table
from shouyue.ground.store.journal import Journal, Line, Position
from shouyue.ground.store.session import Session
from shouyue.people.accounts import platform, sessions
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.people.alarms import jobs as alarm_jobs
from shouyue.people.alarms import service as alarms
from shouyue.people.alarms.types import CloseReason
from shouyue.people.staff import jobs as staff_jobs
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.platform.apps import credentials, freezing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState, FreezeReason, Issued, SecretKind
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.types import Caller, Value
from shouyue.platform.decryption.types import Kind as ValueKind
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops
from shouyue.platform.oauth import service as oauth
from shouyue.platform.onboarding import service as onboarding
from shouyue.platform.papers.types import Role
from shouyue.platform.push import heartbeat
from shouyue.platform.push import service as push
from shouyue.platform.quotas import service as quotas
from shouyue.platform.quotas.types import Kind
from shouyue.platform.reviews import service as reviews
from shouyue.platform.reviews.types import Look
from shouyue.privacy.clearance import grants as clearance
from shouyue.privacy.clearance.types import Member
from shouyue.privacy.consent import service as consents
from shouyue.privacy.custody import again as custody_again
from shouyue.privacy.custody import holds
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import GroundKind, NewHold
from shouyue.privacy.editions import service as editions
from shouyue.privacy.grounds import emergencies
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.grounds.types import Danger
from shouyue.privacy.keys import destructions, roots
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause, Doomed, Need, Place, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Attempt
from shouyue.privacy.oversight import reach
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy import source
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.recovery import service as recovery
from shouyue.privacy.recovery.types import Manifest
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Standing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests import certification as sample
from tests import holding
from tests.clearance import prepared
from tests.counting import well_used
from tests.editions import edition
from tests.house import House
from tests.merchants import SELLER, STAFF, authorise, make_app, make_merchant, make_staff
from tests.people import OTHER_PHONE, PHONE, newcomer, sign_up, ticket_for
from tests.pushing import PAID, subscribe
from tests.rooms.test_no_act_without_evidence import SinkBrokenError
from tests.rooms.test_sharing import provide, release
from tests.rooms.test_staff import with_key

if TYPE_CHECKING:
    from types import FrameType

Act = Callable[[Session], Any]
SRC = Path(__file__).parents[2] / "src/shouyue"
APPENDS = (ledger.append.__code__, ledger.append_all.__code__)
ONE, OTHER = "0" * 25 + "A", "0" * 25 + "B"


def people(house: House) -> Iterator[Act]:
    """Somebody comes, proves more, links, changes one's mind, and is looked at and forgotten."""
    came: list[Any] = []
    yield lambda db: came.append(sign_up(db, chosen=[Purpose.P5]))
    subject, token = came[-1].subject, came[-1].session_token
    house.clock.forward(minutes=2)
    yield sign_up
    house.clock.forward(minutes=2)
    yield lambda db: sessions.step_up(db, token, ticket_for(db))
    identity = PlatformIdentity("open-1", "+8613700137000", "https://img.example/a.png", "小店")
    yield lambda db: platform.link(db, subject, platform.prove_platform(db, identity))
    yield lambda db: platform.unlink(db, subject)
    reader = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
    yield lambda db: vault.reveal(db, subject, [Item.DI_01], reader)
    yield lambda db: vault.matches(db, subject, Item.DI_01, PHONE, reader)
    yield lambda db: consents.void(db, subject, Purpose.P5)
    yield lambda db: grounds.switch(db, subject, Purpose.P5, on=True)
    nick = Keep(subject, Item.DI_05, "清风徐来", Purpose.P1b, Basis.CONSENT, "portal.sign-up")
    yield lambda db: vault.keep(db, nick)
    yield lambda db: vault.forget(db, subject, [Item.DI_05])
    yield lambda db: vault.shred(db, subject)


def emergencies_of(_house: House) -> Iterator[Act]:
    """Two of the staff open what is held in an emergency; another one is dropped."""
    made: list[Any] = []
    yield lambda db: made.append(newcomer(db))
    subject = made[-1]
    phone = Keep(subject, Item.DI_01, OTHER_PHONE, Purpose.P1, Basis.CONTRACT_SELF, "portal")
    yield lambda db: vault.keep(db, phone)
    yield lambda db: prepared(db, ONE)
    yield lambda db: prepared(db, OTHER)
    yield lambda db: made.append(oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], ONE))
    yield lambda db: oversight.confirm(db, made[-1], Member(OTHER, frozenset({"privacy"})), 4)
    yield lambda db: oversight.look(db, made[-1], Item.DI_01, ONE)
    yield lambda db: emergencies.end(db, made[-1], ONE)
    yield lambda db: made.append(oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], ONE))
    yield lambda db: emergencies.drop(db, made[-1], OTHER)
    yield lambda db: oversight.holdings(db, Purpose.P1, ONE)
    hour = timedelta(hours=1)
    yield lambda db: reach.reach(
        db, reach.Hands(reach.Kind.STAFF, OTHER, db.clock() - hour, db.clock() + hour), ONE
    )


def companies(_house: House) -> Iterator[Act]:
    """A company is certified by the word of all, another one leaves its draft."""
    made: list[Any] = []
    yield lambda db: made.append(sample.applicant(db))
    someone = made[-1]
    yield lambda db: sample.fill(db, someone)
    yield lambda db: onboarding.discard(db, someone)
    yield lambda db: made.append(sample.submit(db, someone))
    case = made[-1]
    yield lambda db: sample.confirm(db, case, Role.LEGAL)
    yield lambda db: sample.confirm(db, case, Role.ADMIN)
    yield lambda db: sample.cleared(db, case)
    yield lambda db: reviews.see(db, case, sample.STAFF, Item.DI_14, Look.COMPARE)
    yield lambda db: reviews.approve(db, case, sample.STAFF)


def developers(_house: House) -> Iterator[Act]:
    """An app is registered, let in, pushed to, falls silent, is frozen, and let go."""
    made: list[Any] = []
    yield lambda db: made.append(make_app(db))
    owner, app = made[-1]
    yield lambda db: credentials.roll_secret(db, owner, app.app_id, SecretKind.APP_SECRET)
    yield lambda db: credentials.pause(db, owner, app.app_id, _sign_secret(db, app), paused=True)
    yield lambda db: made.append(make_merchant(db))
    merchant = made[-1]
    yield lambda db: authorise(db, merchant, app)
    yield lambda db: made.append(make_app(db, "云帆客服", online=False))
    trier, tried = made[-1]
    yield lambda db: authorise(db, merchant, tried)
    yield lambda db: oauth.trial(db, trier, oauth.trials(db, trier)[0].id)
    yield lambda db: oauth.pass_time(db, trier, oauth.trials(db, trier)[0].id, 5)
    yield lambda db: authorise(db, make_staff(db), app)
    yield lambda db: shops.left(db, SELLER, STAFF)
    known = [Value("19900012345", ValueKind.PHONE)] * 2
    spent = Caller(app.app_id, SELLER, "", "open.order.search.index.batch", "R", most_values=1)
    yield lambda db: decryption.index(db, spent, known)
    yield lambda db: subscribe(db, owner, app)
    yield lambda db: push.choose(db, owner, app.app_id, [PAID])
    yield lambda db: push.switch(db, owner, app.app_id, on=False)
    yield lambda db: push.switch(db, owner, app.app_id, on=True)
    yield lambda db: heartbeat.suspend(db, push._row(db, app.app_id), "status")
    yield lambda db: apps.set_callback(db, owner, app.app_id, "https://erp.example/other")
    yield lambda db: freezing.freeze(db, app.app_id, FreezeReason.LEAK, "staff-1")
    yield lambda db: freezing.thaw(db, app.app_id, "staff-2")
    yield lambda db: grants.revoke(db, merchant, app.app_id)
    yield lambda db: _well_used(db, app)
    yield lambda db: quotas.reset(db, owner, app.app_id)
    yield lambda db: quotas.upgrade(db, owner, app.app_id, Kind.DAY)


def _well_used(db: Session, app: Issued) -> None:
    apps.set_state(db, app.app_id, AppState.ONLINE)
    well_used(db, app.app_id, 900_000)


def _sign_secret(db: Session, app: Issued) -> str:
    found = apps.get(db, app.app_id).secrets
    return next(one.id for one in found if one.kind is SecretKind.SIGN_SECRET)


def recipients(_house: House) -> Iterator[Act]:
    """Somebody may receive, receives, and may no longer."""
    made: list[Any] = []
    yield lambda db: made.append(vault.new_subject(db))
    subject = made[-1]
    yield lambda db: made.append(provide(db, subject))
    provision = made[-1]
    yield lambda db: sharing.record_all(db, [release(provision, subject)] * 2)
    yield lambda db: sharing.record(db, release(provision, subject))
    yield lambda db: sharing.end_case(db, "CASE1")
    yield lambda db: sharing.set_standing(db, sharing.recipients(db)[0].id, Standing.SUSPENDED)


def keepers(_house: House) -> Iterator[Act]:
    """Roots and keys come and go."""
    made: list[Any] = []
    yield lambda db: made.append(keys.key_for(db, vault.new_subject(db), "account", custody=True))
    key = made[-1]
    place = Place("holding", "row-1", key.subject, "DI-01")
    yield lambda db: made.append(keys.seal(db, key, place, b"x"))
    sealed, warrant = made[-1], Warrant(Need.ERASE, "hold-1")
    yield lambda db: keys.unseal_in_custody(db, key.id, place, sealed, warrant)
    yield lambda db: keys.destroy(db, key, Cause.RETIRED)
    yield roots.rotate
    old = f"{Chamber.CUSTODY.value}.1"
    yield lambda db: made.append(destructions.ask(db, Doomed.ROOT, old, ONE))
    request = made[-1]
    yield lambda db: destructions.approve(db, request, OTHER)
    yield lambda db: roots.retire(db, old)


def custodians(house: House) -> Iterator[Act]:
    """A hold is asked for and opened, keeps a value from erasure, and is released."""
    made: list[Any] = []
    yield holding.name
    until = house.clock() + timedelta(days=9)
    new = NewHold(holding.ANN, GroundKind.HOLD, holding.CASE, (), until)
    yield lambda db: made.append(holds.ask(db, new, ONE))
    held = made[-1]
    yield lambda db: holds.confirm(db, held, OTHER)
    yield lambda db: made.append(custody.erase(db, holding.ANN).kept[0].id)
    value, warrant = made[-1], Warrant(Need.SECURITY, held)
    yield lambda db: prepared(db, ONE)
    yield lambda db: made.append(custody.ask(db, value, warrant, holding.member(ONE), 1))
    may = made[-1]
    yield lambda db: clearance.approve(db, may, holding.member(OTHER))
    yield lambda db: custody.read(db, value, warrant, ONE)
    yield lambda db: refused.note(db, Attempt(OTHER, subject=holding.ANN), "clearance.no-grant")
    yield lambda db: holds.release(db, held, ONE)


def members(_house: House) -> Iterator[Act]:
    """Staff come with a second factor, look after an alarm, and leave."""
    made: list[Any] = []
    roles = [StaffRole.SECURITY]
    yield lambda db: made.append(staff.create_staff(db, "li-watch", "correct horse battery", roles))
    hired = made[-1]
    yield lambda db: with_key(db, hired)
    yield lambda db: staff.set_roles(db, hired.staff_id, [StaffRole.PRIVACY])
    yield lambda db: alarm_jobs._note(db, ("keys.silent", "timeout", ""), 1)
    yield lambda db: alarms.close(db, alarms.living(db)[0].id, hired.staff_id, CloseReason.HARMLESS)
    yield lambda db: staff.deactivate(db, hired.staff_id)
    yield lambda db: staff_jobs.leavers(db, Job(ONE, staff_jobs.LEAVERS, "", {}, 1, db.clock()))


def publishers(house: House) -> Iterator[Act]:
    """A house founds itself on a policy, announces the next and runs under it."""
    yield lambda db: editions.adopt(db, source.load())
    coming = edition("1.1.0", house.clock(), 16)
    yield lambda db: editions.announce(db, coming)
    house.clock.forward(days=16)
    yield lambda db: editions.adopt(db, coming)


def logs(house: House) -> Iterator[Act]:
    """The log meets another of its kind, and a house comes back from a backup."""
    yield lambda db: witnessing.forked(db, "witness.example/w1", 9, 1)
    yield witnessing.acknowledge
    made: list[Any] = []
    yield lambda db: made.append(sign_up(db).subject)
    with house.store.begin() as db:
        lines = [Line(key.id, "", Cause.ERASED, "", "") for key in keys.live(db, made[-1])]
    backup = Manifest("0" * 26, "", "", "", 0, "", Position(0, ""), {})
    yield lambda db: recovery.mark(db, backup, (0, ""))
    journal = Journal(Path())
    journal.set_back = lambda *_: None  # type: ignore[method-assign] # a restore writes its folder
    yield lambda db: recovery.replay(db, lines, journal, custody_again.again)


AREAS = (
    people,
    emergencies_of,
    companies,
    developers,
    recipients,
    keepers,
    custodians,
    members,
    publishers,
    logs,
)
MET = {
    people: {
        "people.accounts.entry.enter",
        "people.accounts.entry._register",
        "people.accounts.sessions.step_up",
        "people.accounts.platform.link",
        "people.accounts.platform.unlink",
        "privacy.consent.record._write_all",
        "privacy.keys.service.destroy_all",
        "privacy.vault.evidence.kept",
        "privacy.vault.evidence.looked_all",
        "privacy.vault.evidence.forgotten",
        "privacy.vault.evidence.shredded",
        "privacy.grounds.service.become_party",
        "privacy.grounds.service.switch_all",
    },
    emergencies_of: {
        "privacy.grounds.emergencies._write",
        "privacy.oversight.service.holdings",
        "privacy.oversight.reach.reach",
        "privacy.grounds.service.become_party",
        "privacy.vault.evidence.kept",
        "privacy.vault.evidence.looked_all",
    },
    companies: {
        "people.accounts.standing.move",
        "privacy.clearance.evidence.write",
        "platform.confirmations.answers.open_confirmation",
        "platform.confirmations.answers._answer",
        "platform.confirmations.links._count",
        "platform.onboarding.casework.move",
        "platform.onboarding.checks.run",
        "platform.onboarding.service.draft",
        "platform.onboarding.service.drop",
        "platform.onboarding.service.submit",
    },
    developers: {
        "platform.apps.credentials.roll_secret",
        "platform.apps.credentials._told",
        "platform.apps.freezing._turn",
        "platform.apps.service.register",
        "platform.decryption.service._ask",
        "platform.grants.service._end",
        "platform.grants.service.grant",
        "platform.oauth.service.trial",
        "platform.oauth.service.pass_time",
        "platform.grants.shops.left",
        "platform.quotas.service.reset",
        "platform.quotas.service.upgrade",
        "platform.push.heartbeat.suspend",
        "platform.push.service.choose",
        "platform.push.service.subscribe",
        "platform.push.service.switch",
    },
    recipients: {
        "privacy.sharing.service._write",
        "privacy.sharing.service._end",
        "privacy.sharing.service.provide",
        "privacy.sharing.service.register_recipient",
        "privacy.sharing.service.set_standing",
    },
    keepers: {
        "privacy.keys.destructions._write",
        "privacy.keys.roots.retire",
        "privacy.keys.roots.rotate",
        "privacy.keys.service.unseal_in_custody",
    },
    custodians: {
        "privacy.custody.holds._write",
        "privacy.custody.moves._take",
        "privacy.custody.moves.end",
        "privacy.looks.refused._write",
    },
    members: {
        "people.alarms.service.close",
        "people.staff.jobs.leavers",
        "people.staff.passkeys.register",
        "people.staff.service._record",
    },
    publishers: {
        "privacy.editions.service.adopt",
        "privacy.editions.service.announce",
    },
    logs: {
        "privacy.ledger.witnessing.acknowledge",
        "privacy.ledger.witnessing.forked",
        "privacy.recovery.service._destroy",
        "privacy.recovery.service._witness",
    },
}


class Sink:
    """The ledger's table as it fails at one insert; remembers who came with each."""

    def __init__(self, house: House) -> None:
        self.fails_at, self.count, self.met = 0, 0, set[str]()
        sa.event.listen(house.store.engine, "before_cursor_execute", self.write)

    def write(self, *told: object) -> None:
        if not str(told[2]).startswith("INSERT INTO ledger_leaf"):
            return
        self.count += 1
        self.met.add(_who())
        if self.count == self.fails_at:
            raise SinkBrokenError


def _who() -> str:
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code not in APPENDS:
        frame = frame.f_back
    while frame is not None and frame.f_code in APPENDS:
        frame = frame.f_back
    assert frame is not None
    name = str(frame.f_globals["__name__"]).removeprefix("shouyue.")
    return f"{name}.{frame.f_code.co_qualname}"


def everything(house: House) -> dict[str, list[str]]:
    """Every row of every table."""
    with house.store.read() as db:
        tables = Table.metadata.sorted_tables
        return {
            one.name: sorted(repr(tuple(row)) for row in db.execute(sa.select(one)))
            for one in tables
        }


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.__name__)
def test_an_act_whose_evidence_fails_anywhere_has_not_happened(
    house: House, area: Callable[[House], Iterator[Act]]
) -> None:
    sink = Sink(house)
    for act in area(house):
        before, fails_at = everything(house), 0
        while True:
            fails_at += 1
            sink.count, sink.fails_at = 0, fails_at
            try:
                with house.store.begin() as db:
                    act(db)
            except SinkBrokenError:
                assert everything(house) == before
                continue
            assert sink.count < fails_at  # nobody has swallowed the failure
            break
        sink.fails_at = 0
    assert MET[area] <= sink.met


def test_every_place_that_owes_evidence_is_failed_at() -> None:
    # A new call of `ledger.append` joins an area above, with an act that leads to it.
    assert written() == set().union(*MET.values())


def written() -> set[str]:
    """Every function that writes evidence, as room, module and name."""
    found = set()
    for path in SRC.rglob("*.py"):
        module = ".".join(path.relative_to(SRC).with_suffix("").parts)
        rooms = ("ledger", "service") if ".ledger." in module else ("ledger",)
        appends = {f"{room}.{verb}" for room in rooms for verb in ("append", "append_all")}
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            if any(ast.unparse(call.func) in appends for call in calls):
                found.add(f"{module}.{function.name}")
    return found

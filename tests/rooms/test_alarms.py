"""Alarms: counted while they live, closed with a reason, forgotten in time."""

from datetime import timedelta

import pytest

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.types import Args, Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.alarms import fields, rules, service
from shouyue.people.alarms import jobs as bells
from shouyue.people.alarms.errors import AlarmClosed, NoAlarm
from shouyue.people.alarms.holder import AlarmHolder
from shouyue.people.alarms.notes import Notes, write
from shouyue.people.alarms.tables import AlarmRow
from shouyue.people.alarms.types import Alarm, AlarmState, CloseReason
from tests.house import MONDAY, House

STAFF = f"{7:026d}"
APP = f"{8:026d}"


def ring(house: House, about: str = APP, times: int = 1, kind: str = "push.abroad") -> None:
    """Raise an alarm as a room does, and let the worker answer."""
    with house.store.begin() as db:
        args: Args = {"kind": kind, "where": "push", "about": about, "times": times}
        jobs.enqueue(db, bells.RAISED, args)
    Worker(house.store, {bells.RAISED: bells.raised, bells.EXPIRE: bells.expire}).run_once()


def living(house: House) -> list[Alarm]:
    with house.store.read() as db:
        return service.living(db)


def close(house: House, alarm: Alarm, reason: CloseReason = CloseReason.FIXED) -> None:
    with house.store.begin() as db:
        service.close(db, alarm.id, STAFF, reason)


def test_what_happens_again_is_counted_and_not_repeated(house: House) -> None:
    ring(house)
    house.clock.forward(minutes=5)
    ring(house, times=3)
    (alarm,) = living(house)
    assert (alarm.kind, alarm.where, alarm.about) == ("push.abroad", "push", APP)
    assert (alarm.count, alarm.state) == (4, AlarmState.OPEN)
    assert alarm.last_at - alarm.first_at == timedelta(minutes=5)


def test_another_place_or_id_is_another_alarm(house: House) -> None:
    ring(house)
    ring(house, about=STAFF)
    assert {alarm.about for alarm in living(house)} == {APP, STAFF}


def test_taking_it_in_hand_keeps_it_open_and_says_who(house: House) -> None:
    ring(house)
    with house.store.begin() as db:
        service.see(db, living(house)[0].id, STAFF)
        assert service.unseen(db) == 0
    (alarm,) = living(house)
    assert (alarm.state, alarm.seen_by) == (AlarmState.SEEN, STAFF)
    ring(house)
    assert living(house)[0].state is AlarmState.SEEN


def test_after_closing_the_same_thing_opens_a_new_alarm(house: House) -> None:
    ring(house)
    close(house, living(house)[0], CloseReason.HARMLESS)
    assert living(house) == []
    ring(house)
    assert living(house)[0].count == 1
    with house.store.read() as db:
        (before,) = service.closed(db)
    assert (before.closed_by, before.reason) == (STAFF, CloseReason.HARMLESS)


def test_closing_leaves_evidence_and_happens_once(db: Session) -> None:
    bells.raised(db, _job())
    (alarm,) = service.living(db)
    service.close(db, alarm.id, STAFF, CloseReason.INCIDENT)
    with pytest.raises(AlarmClosed):
        service.close(db, alarm.id, STAFF, CloseReason.FIXED)
    with pytest.raises(AlarmClosed):
        service.see(db, alarm.id, STAFF)
    with pytest.raises(NoAlarm):
        service.close(db, "0" * 26, STAFF, CloseReason.FIXED)


def test_a_flood_of_ids_ends_in_one_row(house: House) -> None:
    for number in range(rules.MOST_ABOUT + 7):
        with house.store.begin() as db:
            bells.raised(db, _job(about=f"{number:026d}"))
    found = living(house)
    with house.store.read() as db:
        assert db.query(AlarmRow).count() == rules.MOST_ABOUT + 1
    assert next(alarm.count for alarm in found if alarm.about == rules.OTHERS) == 7


@pytest.mark.parametrize("kind", ["", "Wang Wei", "push", "x" * 65 + ".y", "push..é"])
def test_an_alarm_is_not_lost_for_its_name(db: Session, kind: str) -> None:
    bells.raised(db, _job(kind=kind))
    assert [alarm.kind for alarm in service.living(db)] == [rules.UNNAMED]


def test_a_closed_alarm_is_gone_after_three_years_and_an_open_one_is_not(house: House) -> None:
    ring(house)
    close(house, living(house)[0])
    ring(house)
    house.clock.forward(days=3 * 365)
    with house.store.begin() as db:
        bells.expire(db, _job())
        assert service.closed(db) == []
    assert len(living(house)) == 1


def test_a_person_sees_and_outlives_the_alarms_about_them(house: House) -> None:
    someone = SubjectId(f"{9:026d}")
    ring(house, about=someone)
    ring(house, about=APP)
    with house.store.begin() as db:
        shown = AlarmHolder().export(db, someone)["alarms"]
        assert AlarmHolder().erase(db, someone) == 0
    assert isinstance(shown, list)
    assert len(shown) == 1
    close(house, next(alarm for alarm in living(house) if alarm.about == someone))
    with house.store.begin() as db:
        assert AlarmHolder().erase(db, someone) == 1
        assert AlarmHolder().export(db, someone) == {"alarms": []}


def _job(about: str = APP, kind: str = "push.abroad") -> Job:
    args: Args = {"kind": kind, "where": "push", "about": about}
    return Job("0" * 26, bells.RAISED, "", args, 1, MONDAY)


def test_a_name_that_a_stranger_chose_holds_up_no_other_note(house: House) -> None:
    notes = Notes()
    fields.notice(notes.note, "call open.item.get", ["orders[].x", "你好", "hobby"])
    notes.note("upstreams.away", "upstream", "")
    with house.store.begin() as db:
        write(db, notes.take())
    worker = Worker(house.store, {bells.RAISED: bells.raised, bells.EXPIRE: bells.expire})
    while worker.run_once():
        pass
    found = {(alarm.kind, alarm.where) for alarm in living(house)}
    assert found == {(fields.KIND, "call-open.item.get"), ("upstreams.away", "upstream")}

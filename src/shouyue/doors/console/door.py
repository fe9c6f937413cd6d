"""The console as a door: its own cookie, its own menu, and nobody but staff."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shouyue.doors.web.visits import Door, Entry, Group, Visit
from shouyue.people.alarms import service as alarms
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance import glass, grants
from shouyue.privacy.custody import holds
from shouyue.privacy.keys import destructions

_TODAY = Entry("/ops", "home", "今日", "Today")
_REVIEWS = Entry("/ops/reviews", "certificate", "入驻审核", "Reviews")
_ACCESS = Entry("/ops/access", "shield-lock", "查看许可", "Access")
_ALARMS = Entry("/ops/alarms", "bell", "告警", "Alarms")
_REGISTER = Entry("/ops/purposes", "database", "信息与用途", "What is held")
_REACH = Entry("/ops/reach", "users", "影响范围", "Who was reached")
_HANDLING = Entry("/ops/handling", "list-check", "应用自报日志", "What apps report")
_EMERGENCIES = Entry("/ops/emergencies", "alert-triangle", "紧急情况", "Emergencies")
_KEYS = Entry("/ops/keys", "key", "密钥", "Keys")
_HOLDS = Entry("/ops/holds", "lock", "限制存储与保全", "Restricted storage")
_WATCH = frozenset({StaffRole.PRIVACY, StaffRole.SECURITY})
_ME = Group("我", "Me", (Entry("/ops/passkeys", "fingerprint", "通行密钥", "Passkeys"),))


def menu(visit: Visit) -> Sequence[Group]:
    """Return the left rail: what the duties of who is signed in open."""
    if visit.person is None:
        return ()
    reviews = (_REVIEWS,) if StaffRole.REVIEWER in visit.staff.roles else ()
    watched = _watched(visit) if watches(visit) else ()
    held = (_holds(visit),) if StaffRole.PRIVACY in visit.staff.roles else ()
    kept = (_keys(visit),) if StaffRole.SECURITY in visit.staff.roles else ()
    return (Group("", "", (_TODAY, *reviews, _access(visit), *watched, *kept, *held)), _ME)


def _access(visit: Visit) -> Entry:
    db, member = visit.db, visit.staff.member
    return replace(
        _ACCESS, badge=len(grants.waiting(db, member)) + len(glass.unreviewed(db, member))
    )


def _watched(visit: Visit) -> tuple[Entry, ...]:
    told = replace(_ALARMS, badge=alarms.unseen(visit.db))
    return told, _EMERGENCIES, _REGISTER, _REACH, _HANDLING


def _keys(visit: Visit) -> Entry:
    return replace(_KEYS, badge=destructions.waiting(visit.db, visit.staff.staff_id))


def _holds(visit: Visit) -> Entry:
    return replace(_HOLDS, badge=holds.waiting(visit.db, visit.staff.staff_id))


def watches(visit: Visit) -> bool:
    """Tell whether alarms are for who is signed in: privacy and security staff."""
    return bool(_WATCH & visit.staff.roles)


DOOR = Door(
    name="console",
    templates=Path(__file__).parent / "templates",
    menu=menu,
    sign_in="/ops/login",
    knows=staff.visit,
    touch=staff.touch,
    cookie="sy_staff",
    sign_out="/ops/logout",
    mainland_only=True,
    title=("运营后台", "Console"),
)

"""Whom a credential in strange hands reached, for privacy and security staff (5.4, PIPL 57).

Counts by item on the page; who must be told, by ids alone, as CSV. Both questions are on record.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.responses import Response

from shouyue.doors.console.alarms import watcher
from shouyue.doors.web import forms, pages, sheets
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Act, Visit
from shouyue.ground.kit.calendar import BEIJING
from shouyue.people.staff import service as staff
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.grants import service as grants
from shouyue.privacy.oversight import reach
from shouyue.privacy.oversight.reach import Hands, Kind, Reach
from shouyue.privacy.policy import service as policy

REACH = "/ops/reach"
KINDS = {
    Kind.APP: (
        ("应用", "An app"),
        ("密钥或所有令牌；填 appkey", "Its secrets, or all of its tokens; give the appkey"),
    ),
    Kind.GRANT: (
        ("一次授权", "One grant"),
        ("某商家授权的令牌；填授权编号", "Tokens of one merchant's grant; give the grant's id"),
    ),
    Kind.STAFF: (
        ("工作人员", "A member of staff"),
        ("账号或会话；填登录名", "Account or session; give the login name"),
    ),
}


def _moment(said: datetime) -> datetime:
    """Return a moment that a browser's own field gives without a zone: Beijing's."""
    try:
        return (said if said.tzinfo else said.replace(tzinfo=BEIJING)).astimezone(UTC)
    except OverflowError:  # the first hours of the year 1, the last ones of 9999
        raise forms.wrong("没有这个时间。", "There is no such time.") from None


Moment = Annotated[datetime, AfterValidator(_moment)]


class ReachForm(forms.Form):
    """Whose credential, and from when to when it was in strange hands, in Beijing time."""

    kind: Kind
    who: Annotated[str, Field(min_length=1, max_length=64)]
    since: Moment
    until: Moment


@dataclass(frozen=True, slots=True)
class Row:
    """One item, and how many people and buyers it is about."""

    item: str
    called: str
    people: int
    buyers: int


def shown(visit: Visit, found: Reach | None = None) -> Response:
    """GET /ops/reach; after a question, with its answer."""
    return pages.render(
        visit,
        "reach.html",
        kinds=[(kind.value, *(visit.say(*word) for word in KINDS[kind])) for kind in Kind],
        found=found,
        rows=[
            Row(item.value, policy.item(item).name.say(visit.lang), people, buyers)
            for item, people, buyers in (found.counts() if found else ())
        ],
    )


def asked(act: Act) -> Response:
    """POST /ops/reach: how many people and buyers, by item."""
    return shown(act, _reach(act))


def taken(act: Act) -> Response:
    """POST /ops/reach/list: who they are, by id, as CSV (RFC 4180)."""
    found = _reach(act)
    heads = (("类别", "Kind"), ("编号", "Id"), ("信息项编号", "Items"))
    rows = [[act.say(*head) for head in heads]]
    for kind, those in (("person", found.people), ("buyer", found.buyers)):
        rows += [[kind, who, " ".join(sorted(items))] for who, items in those.items()]
    name = f"reached-{act.db.clock().astimezone(BEIJING).date().isoformat()}.csv"
    return sheets.answer(name, rows)


def _reach(act: Act) -> Reach:
    told = forms.read(act, ReachForm)
    who, grant = _whose(act, told)
    hands = Hands(told.kind, who, told.since, told.until, grant)
    return reach.reach(act.db, hands, act.staff.staff_id)


def _whose(act: Act, told: ReachForm) -> tuple[str, str]:
    """Return the id of the app or member of staff, and of the grant; refuse what is not there."""
    if told.kind is Kind.APP:
        try:
            return apps.by_appkey(act.db, told.who).id, ""
        except NoApp:
            raise forms.faulty("who", "没有这个 appkey。", "There is no such appkey.") from None
    if told.kind is Kind.GRANT:
        if (one := grants.get(act.db, told.who)) is None:
            raise forms.faulty("who", "没有这个授权编号。", "There is no such grant.")
        return one.app_id, one.id
    for member in staff.everybody(act.db):
        if member.name == told.who:
            return member.id, ""
    raise forms.faulty("who", "没有这个登录名。", "There is no such login name.")


PAGES = (
    Page(REACH, shown, asked, who=watcher),
    Page(f"{REACH}/list", act=taken, who=watcher, shown=shown),
)

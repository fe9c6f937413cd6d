"""Pure decisions: phone numbers, code caps, session ages, what an account may become."""

import ipaddress
from datetime import datetime, timedelta

import phonenumbers

from shouyue.people.accounts.errors import BadPhone
from shouyue.people.accounts.types import AccountState

CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
CODE_GAP = timedelta(seconds=60)
CODE_WINDOW = timedelta(hours=24)
CODES_PER_PHONE = 10
CODES_PER_CLIENT = 50
TICKET_LIFE = timedelta(minutes=10)
SESSION_IDLE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=7)
SESSION_RECORD = timedelta(days=365)
"""Which devices were signed in is kept for twelve months (DI-08, CSL 23(3))."""
STEP_UP_LIFE = timedelta(minutes=10)
TOUCH_EVERY = timedelta(seconds=60)
"""A look is written down at most once a minute, so that a page that reads stays one that reads."""

_MAINLAND = 86
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
_FAMILIES = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)

_S = AccountState
_LIVE = {_S.REGISTERED, _S.CERTIFYING, _S.ACTIVE, _S.LIMITED, _S.SUSPENDED}
_MOVES: dict[AccountState, set[AccountState]] = {
    _S.REGISTERED: {_S.CERTIFYING},
    _S.CERTIFYING: {_S.REGISTERED, _S.ACTIVE},
    _S.ACTIVE: {_S.LIMITED, _S.SUSPENDED, _S.TRANSFERRED},
    _S.LIMITED: {_S.ACTIVE, _S.SUSPENDED},
    _S.SUSPENDED: {_S.ACTIVE},
    _S.FROZEN_ID_THEFT: {_S.REGISTERED, _S.CANCEL_PENDING},
    _S.CANCEL_PENDING: {_S.CLOSED_RESTRICTED, _S.ERASED, *_LIVE},
    _S.CLOSED_RESTRICTED: {_S.ERASED},
}
_ENTERABLE = _LIVE | {_S.CANCEL_PENDING}


def normal_phone(text: str) -> str:
    """Return a mainland mobile number in E.164 (`+8613800138000`); raise BadPhone otherwise."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise BadPhone from None
    mobile = phonenumbers.number_type(number) in _MOBILE
    if number.country_code != _MAINLAND or not mobile:
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def source(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 that one IPv6 line has."""
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(at, ipaddress.IPv6Address) and at.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(at) >> 64 << 64, 64)))
    return str(getattr(at, "ipv4_mapped", None) or at)


def seconds_to_wait(last: datetime | None, at: datetime) -> int:
    """Return how long until another code may go to a phone; 0 for now."""
    if last is None or at - last >= CODE_GAP:
        return 0
    return max(1, int((last + CODE_GAP - at).total_seconds()))


def family(agent: str) -> str:
    """Return a device family such as `Chrome / Windows`; nothing finer is kept (DI-08)."""
    browser = next((name for mark, name in _FAMILIES if mark in agent), "?")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "?")
    return f"{browser} / {system}"


def may_enter(state: AccountState) -> bool:
    """Tell whether log-in is open: a suspended or leaving person keeps the privacy centre."""
    return state in _ENTERABLE


def may_move(before: AccountState, after: AccountState) -> bool:
    """Tell whether an account may go from one state to another (requirements 3.1)."""
    if after in {_S.FROZEN_ID_THEFT, _S.CANCEL_PENDING} and before in _LIVE:
        return True
    frozen_leaving = before is _S.CANCEL_PENDING and after is _S.FROZEN_ID_THEFT
    return frozen_leaving or after in _MOVES.get(before, set())


def alive(
    made: datetime, seen: datetime, at: datetime, *, idle: timedelta, life: timedelta
) -> bool:
    """Tell whether a session is inside both its idle and its absolute limit."""
    return at - seen < idle and at - made < life

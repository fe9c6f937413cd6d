"""Who is about to give what to whom: the merchant's shop, and the company behind the app.

The operator's directory of shops is asked each time a merchant comes to authorise. The question
carries the platform account's id (DI-03) and nothing else:

    {"sellerId": 2900001, "shopName": "…", "staffInfo": {"staffId": 7, "scopes": ["user_info"]}}

`staffInfo` is of a sub-account, with the packages that its main account lets it give; who is no
account of a shop any more gets result 26. Of the answer the house keeps the numbers and the
packages. The names travel sealed to the next page. Clauses: 2.1.1.b, 2.3, 5.1.2; PIPL 23.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.platform.apps.types import App
from shouyue.platform.catalogue import upstreams
from shouyue.platform.directory.types import Directory, Parties, Shop
from shouyue.platform.grants.errors import DirectorySilent, NoMerchant, NoPlatformAccount
from shouyue.platform.onboarding import service as onboarding
from shouyue.platform.onboarding.errors import NotCertified
from shouyue.platform.papers.company import Licence
from shouyue.privacy.egress.types import HttpBack, HttpOut
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.types import SYSTEM, Reader

_METHOD = "seller.directory.get"
_LOOK_UP = Reader("directory", SYSTEM, Purpose.P1, Basis.CONTRACT_SELF, reason="shop-lookup")
_CHECK = Reader("directory", SYSTEM, Purpose.P1, Basis.CONTRACT_SELF, reason="staff-check")
_NAMING = Reader("grant-page", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY, reason="recipient-named")
_LABEL = "oauth-parties"
_LIFE = timedelta(minutes=30)
_OK, _SUCCESS, _NO_SHOP = 200, 1, 26
_MOST_NAME = 100
_HEAD = frozenset({"result", "sub_code", "sub_msg", "data"})
_SHOP = frozenset({"sellerId", "shopName", "staffInfo"})
_STAFF = frozenset({"staffId", "scopes"})


@control(
    Clause.C5_1_2,
    Clause.C2_1_1_b,
    says="The directory is asked with the platform account's id alone, and the look is logged.",
)
def ask(
    db: Session, directory: Directory, subject: SubjectId, *, by_round: bool = False
) -> HttpOut:
    """Return the signed question whose shop this is; it is sent after the commit.

    `by_round` says that nobody is there: the house looks for itself.
    Raises NoPlatformAccount where the person entered by phone alone.
    """
    try:
        found = vault.reveal(db, subject, [Item.DI_03], _CHECK if by_round else _LOOK_UP)
    except NotHeld:
        raise NoPlatformAccount from None
    param = {"open_id": found[Item.DI_03].open(Sink.SHOP_LOOKUP)}
    body = canonical({"seller_id": 0, "app_key": "", "param": param})
    headers = upstreams.signed_headers(directory.secret, db.clock(), body)
    return HttpOut(
        url=f"{directory.base_url.rstrip('/')}/api/{_METHOD}",
        body=body,
        headers={**headers, "Content-Type": "application/json"},
        personal=True,
        where="directory",
    )


def answer(back: HttpBack, note: Note = fields.unheard) -> Shop:
    """Return the shop; raises NoMerchant where there is none, DirectorySilent for trouble.

    The directory is asked for a number and a name. Whatever else it tells is dropped and noted.
    """
    try:
        told = json.loads(back.body) if back.status == _OK else {}
    except ValueError:
        raise DirectorySilent from None
    if not isinstance(told, Mapping):
        raise DirectorySilent
    if told.get("result") == _NO_SHOP:
        raise NoMerchant
    shop = told.get("data")
    if told.get("result") != _SUCCESS or not isinstance(shop, Mapping):
        raise DirectorySilent
    fields.notice(note, "directory", _strange(told, shop))
    number, name = shop.get("sellerId"), shop.get("shopName")
    if type(number) is not int or not isinstance(name, str):
        raise DirectorySilent
    return Shop(number, name[:_MOST_NAME], *_staff(shop.get("staffInfo")))


def _strange(told: Mapping[str, object], shop: Mapping[str, object]) -> list[str]:
    staff = shop.get("staffInfo")
    inside = staff.keys() - _STAFF if isinstance(staff, Mapping) else ()
    return [
        *(told.keys() - _HEAD),
        *(f"data.{name}" for name in shop.keys() - _SHOP),
        *(f"data.staffInfo.{name}" for name in inside),
    ]


def _staff(told: object) -> tuple[int, tuple[str, ...]]:
    """Return a sub-account's number and what it may give; DirectorySilent for half a word."""
    if told is None:
        return 0, ()
    if not isinstance(told, Mapping):
        raise DirectorySilent
    number, lets = told.get("staffId"), told.get("scopes")
    if type(number) is not int or number <= 0 or not isinstance(lets, list):
        raise DirectorySilent
    if not all(isinstance(scope, str) for scope in lets):
        raise DirectorySilent
    return number, tuple(lets)


@control(
    Clause.C4_1_a,
    Clause.C5_1_2,
    says="The grant page names the company that would receive the data.",
)
def developer(db: Session, app: App) -> str:
    """Return the name of the certified company behind an app, or nothing while it is not certified.

    Papers that nobody has reviewed yet name nobody to a merchant.
    """
    try:
        if onboarding.certified_enterprise(db, app.owner) != app.enterprise:
            return ""
        found = vault.reveal(db, SubjectId(app.enterprise), [Item.DI_11], _NAMING)
    except (NotCertified, NotHeld):
        return ""
    return Licence.read(found[Item.DI_11].open(Sink.COMPANY_NAME)).title


def seal(db: ReadSession, subject: SubjectId, parties: Parties) -> str:
    """Return the parties for this person's next page, for half an hour."""
    facts = canonical({**asdict(parties), "at": db.clock().isoformat()})
    return base64.urlsafe_b64encode(db.keys.seal_named(_LABEL, facts, subject.encode())).decode()


def read(db: ReadSession, subject: SubjectId, app_id: str, sealed: str) -> Parties | None:
    """Return what `seal` wrote for this person and app, or None for anything else."""
    try:
        text = base64.urlsafe_b64decode(sealed.encode("ascii"))
        facts = json.loads(db.keys.unseal_named(_LABEL, text, subject.encode()))
    except (NotAuthentic, UnicodeEncodeError, binascii.Error):
        return None
    at = datetime.fromisoformat(facts.pop("at"))
    parties = Parties(**facts)
    return parties if parties.app_id == app_id and db.clock() - at < _LIFE else None

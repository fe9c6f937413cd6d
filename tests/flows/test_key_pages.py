"""Keys on the console: two people destroy, and a certificate is there to be given."""

import re

from shouyue.ground.jobs.service import Worker
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.custody import jobs as custody
from shouyue.privacy.keys import opening, roots
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.house import House
from tests.staff import Member

NICK = "清风徐来"


def test_two_of_security_destroy_a_class_and_hand_the_certificate_out(house: House) -> None:
    with house.store.begin() as db:
        subject = vault.new_subject(db)
        vault.keep(db, Keep(subject, Item.DI_05, NICK, Purpose.P1b, Basis.CONSENT, "portal"))
    one = Member(house, StaffRole.SECURITY)
    asked = one.press("/ops/keys/destructions", doomed="class", target="profile")
    assert asked == "/ops/keys?done=asked"
    page = one.page("/ops/keys?lang=en")
    assert "Take back" in page
    assert "/approve" not in page  # who asked cannot approve
    other = Member(house, StaffRole.SECURITY, name="wang-watch")
    badge = re.compile(r'href="/ops/keys"[^>]*>.*?<span[^>]*>1</span>', re.DOTALL)
    assert badge.search(other.page("/ops"))
    found = re.search(r"/ops/keys/destructions/\w+/approve", other.page("/ops/keys"))
    assert found
    assert one.post(found.group()).status_code == 403
    assert other.send("/ops/keys", found.group()) == "/ops/keys?done=approved"
    Worker(house.store, custody.ANSWERS).run_once()
    with house.store.begin() as db:
        ledger.integrate(db)
        known = ledger.verifier(db)
    page = other.page("/ops/keys?lang=en")
    assert "Whole class destroyed" in page
    assert NICK not in page
    assert subject not in page
    link = re.search(r"/ops/keys/certificates/\w+", page)
    assert link
    answer = other.web.get(link.group())
    assert "attachment" in answer.headers["content-disposition"]
    assert ledger.verify(answer.content, known).leaf.kind == "keys.destroyed"


def test_roots_and_what_rests_on_them_are_shown(house: House) -> None:
    with house.store.begin() as db:
        opening.greet(db)
        roots.rotate(db)
    member = Member(house, StaffRole.SECURITY)
    page = member.page("/ops/keys")
    assert "live.1" in page
    assert "最新" in page
    ask = member.press("/ops/keys/destructions", doomed="root", target="live.1")
    assert ask == "/ops/keys?done=asked"
    refused = member.post("/ops/keys/destructions", doomed="root", target="live.2")
    assert refused.status_code == 409


def test_other_staff_see_no_keys(house: House) -> None:
    member = Member(house, StaffRole.PRIVACY)
    assert "/ops/keys" not in member.page("/ops")
    assert member.web.get("/ops/keys").status_code == 403
    refused = member.post("/ops/keys/destructions", doomed="class", target="profile")
    assert refused.status_code == 403

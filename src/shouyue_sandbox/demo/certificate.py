"""Certification: four steps with photos, and the own word of the two people named."""

import re

from shouyue_sandbox.demo import papers
from shouyue_sandbox.demo.browser import File
from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.walk import Stopped, Walk, wait

_LINK = re.compile(r"(/confirm/[^\s。]+)")
_LEGAL, _ADMIN = "法定代表人", "管理员"


def begin(walk: Walk) -> str:
    """Read the notices before a draft is made."""
    page = walk.open("developer", "/onboarding")
    walk.send("developer", page, "token")
    return "两份告知 two notices"


def company(walk: Walk) -> str:
    """The licence."""
    about = walk.company
    licence = papers.photo("Business licence", (about.latin, about.code), "#f6efe0")
    values = {
        "title": about.name,
        "code": about.code,
        "scope": "软件开发；技术服务；互联网销售",
        "legal_person": about.legal_person.name,
        "place": about.address,
        "start": "2020-05-06",
    }
    page = walk.open("developer", "/onboarding/enterprise")
    walk.send("developer", page, "code", values, tick=("forever",), files={"photo": _jpeg(licence)})
    return "营业执照照片 licence photo"


def legal_person(walk: Walk) -> str:
    """Both sides of an identity card."""
    about = walk.company.legal_person
    front = papers.photo("Identity card", (about.latin, about.id_number), "#e6eef6")
    back = papers.photo("Identity card", ("Issued by: Example City",), "#e6eef6")
    values = {
        "person": about.name,
        "number": about.id_number,
        "start": "2019-03-04",
        "until": "2039-03-04",
    }
    page = walk.open("developer", "/onboarding/legal")
    files = {"front": _jpeg(front), "back": _jpeg(back)}
    walk.send("developer", page, "number", values, files=files)
    return "身份证两面 both sides of the card"


def administrator(walk: Walk) -> str:
    """The applicant herself, under the phone that she signed up with."""
    about = walk.company.administrator
    values = {
        "same": "applicant",
        "person": about.name,
        "number": about.id_number,
        "mobile": about.phone,
        "mail": about.email,
    }
    page = walk.open("developer", "/onboarding/admin")
    walk.send("developer", page, "mobile", values)
    return "就是申请人本人 the applicant herself"


def submit(walk: Walk) -> str:
    """Three boxes, each ticked for itself."""
    page = walk.open("developer", "/onboarding/check")
    page = walk.send("developer", page, "plain", tick=("agreed", "agreed_sensitive", "authorised"))
    if "/onboarding/status" not in page.url:
        raise Stopped(page.url, page.status, "not handed in")
    return "一般信息、敏感信息分别同意 two separate consents"


def call_legal_person(walk: Walk) -> str:
    """One message to a number that is not kept."""
    page = wait(lambda: _asks_for_phone(walk), "the legal representative cannot be reached")
    walk.send("developer", page, "phone", {"phone": walk.company.legal_person.phone})
    return "号码只用一次 the number serves once"


def confirm_legal_person(walk: Walk) -> str:
    """The legal representative opens the link from the post box, reads and agrees."""
    person = walk.company.legal_person
    sent = wait(lambda: link(walk, person.phone), "no link in the post box")
    return _confirm(walk, "legal", walk.open("legal", sent), person)


def confirm_administrator(walk: Walk) -> str:
    """The applicant, as administrator, goes the same way from the status page."""
    page = walk.open("developer", "/onboarding/status")
    page = walk.send("developer", page, "/own")
    return _confirm(walk, "developer", page, walk.company.administrator)


def _confirm(walk: Walk, who: str, page: Page, person: papers.Person) -> str:
    page = walk.send(who, page, "proof")
    said = {"person": person.name, "tail": person.id_number[-6:]}
    page = walk.send(who, page, "tail", said, tick=("agreed",))
    if "/confirm/done" not in page.url:
        raise Stopped(page.url, page.status, "not confirmed")
    return "姓名和证件号后六位 name and last six characters"


def link(walk: Walk, to: str) -> str:
    """Return the newest link sent to a phone on which a person named answers, or nothing."""
    found = _LINK.search(walk.letter(to, about="/confirm/"))
    return found.group(1) if found else ""


def _asks_for_phone(walk: Walk) -> Page | None:
    page = walk.open("developer", "/onboarding/status")
    return page if any("phone" in form.fields for form in page.forms) else None


def _jpeg(content: bytes) -> File:
    return "paper.jpg", content, "image/jpeg"

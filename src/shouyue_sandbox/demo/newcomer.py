"""Somebody new: reads the policy, and signs up by phone with a consent of their own."""

import re

from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.walk import Stopped, Walk, wait

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


def read_policy(walk: Walk) -> str:
    """The policy in Chinese and in English, before anything is given."""
    page = walk.open("developer", "/legal/privacy")
    walk.open("developer", "/legal/privacy?lang=en")
    walk.open("developer", "/legal/privacy?lang=zh")
    clauses = page.text.count('id="c-')
    if not clauses:
        raise Stopped(page.url, page.status, "no clause")
    return f"{clauses} 条 clauses"


def sign_up(walk: Walk) -> str:
    """Phone, code from the post box, the notice, two boxes ticked by hand."""
    page = walk.open("developer", "/login?next=/onboarding")
    page = walk.send("developer", page, "phone", {"phone": walk.phone})
    came = wait(lambda: code(walk), "no code in the post box")
    walk.codes.add(came)
    page = walk.send("developer", page, "code", {"code": came})
    page = agree(walk, "developer", page)
    if not page.url.endswith("/onboarding"):
        raise Stopped(page.url, page.status, "not signed in")
    return f"手机 phone {walk.phone[:3]}****{walk.phone[-4:]}"


def agree(walk: Walk, person: str, page: Page) -> Page:
    """Tick what the notice asks of a newcomer; who is known already sees no notice."""
    if "/consent" not in page.url:
        return page
    return walk.send(person, page, "agreed", tick=("agreed", "of_age"))


def code(walk: Walk) -> str:
    """Return the newest log-in code in the post box, or nothing."""
    found = _CODE.search(walk.letter(walk.phone, about=""))
    return found.group() if found else ""

"""Pure decisions about grants: what may be asked, how long it lives, what a reason is."""

import re
from collections.abc import Iterable
from datetime import timedelta

from shouyue.privacy.clearance.errors import AskUnfit, NotYourPost, ReasonUnfit
from shouyue.privacy.clearance.types import RESTRICTED, Ask, Glass, Member
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

MOST_HOURS = 8
UNANSWERED = timedelta(hours=24)
"""An ask that nobody answers lapses."""

GLASS_LIFE = timedelta(minutes=30)
REVIEW_WITHIN = timedelta(hours=24)
TRAINED_FOR = timedelta(days=365)
REASON_LEAST = 15
REASON_MOST = 300
MOST_REACH = 120
"""Persons times items in one grant: a certification has three persons and sixteen items."""

GLASS_PURPOSES = frozenset({Purpose.P4, Purpose.P7, Purpose.P15})
"""What cannot wait: proving who somebody is, an attack, an incident."""

PRIVACY = "privacy"
APPROVERS = frozenset({PRIVACY, "security"})
"""The posts that answer asks and review broken glass. About minors `privacy` alone."""

MINORS = frozenset({Item.DI_60, Item.DI_61, Item.DI_62})
"""Items that exist about minors and their guardians only (MNR 36)."""

_ANY_STAFF = "staff"
_LIKE_DATA = re.compile(r"(?:\d[\W_]*){6}|[@＠]")
"""Six digits, however they are spaced, or a mail address."""


def about_minors(purpose: Purpose, items: Iterable[Item]) -> bool:
    """Tell whether purpose or items alone say that a minor is concerned."""
    return purpose is Purpose.P14 or not MINORS.isdisjoint(items)


def check_ask(member: Member, ask: Ask) -> bool:
    """Return whether the ask concerns minors; raise NotYourPost or AskUnfit."""
    items = {item for chosen in ask.reach.values() for item in chosen}
    if ask.need in RESTRICTED:
        raise AskUnfit(cause="restricted")
    _check_items(member, ask.post, ask.purpose, items)
    if not all(ask.reach) or not ask.reach:
        raise AskUnfit(cause="nobody")
    if sum(map(len, ask.reach.values())) > MOST_REACH:
        raise AskUnfit(cause="too-much")
    _check_hours(ask)
    minors = ask.minors or about_minors(ask.purpose, items)
    if minors and len(ask.reach) > 1:
        raise AskUnfit(cause="minors-one-by-one")
    return minors


def check_restricted(member: Member, ask: Ask) -> bool:
    """Return whether the ask concerns minors; raise NotYourPost or AskUnfit.

    Into restricted storage: privacy staff alone, one item of one person, by the statute or hold
    that keeps it as the case. What the policy declares for live use does not count there.
    """
    if ask.post != PRIVACY or PRIVACY not in member.posts:
        raise NotYourPost
    if ask.need not in RESTRICTED or not ask.case:
        raise AskUnfit(cause="restricted")
    if [len(items) for items in ask.reach.values()] != [1]:
        raise AskUnfit(cause="too-much")
    _check_hours(ask)
    return ask.minors or about_minors(ask.purpose, *ask.reach.values())


def check_glass(member: Member, glass: Glass) -> None:
    """Return if this may be taken without asking; raise NotYourPost, AskUnfit, ReasonUnfit."""
    if glass.purpose not in GLASS_PURPOSES:
        raise AskUnfit(cause="not-an-emergency")
    if about_minors(glass.purpose, glass.items):
        raise AskUnfit(cause="minors-need-approval")
    if not glass.subject:
        raise AskUnfit(cause="nobody")
    _check_items(member, glass.post, glass.purpose, set(glass.items))
    if not REASON_LEAST <= len(glass.told) <= REASON_MOST or _LIKE_DATA.search(glass.told):
        raise ReasonUnfit(least=REASON_LEAST)


def may_answer(member: Member, *, minors: bool) -> bool:
    """Tell whether a member's posts let them approve or review."""
    return PRIVACY in member.posts if minors else not APPROVERS.isdisjoint(member.posts)


def _check_hours(ask: Ask) -> None:
    if not 1 <= ask.hours <= MOST_HOURS:
        raise AskUnfit(cause="hours")


def _check_items(member: Member, post: str, purpose: Purpose, items: set[Item]) -> None:
    if not items:
        raise AskUnfit(cause="nothing")
    if post not in member.posts:
        raise NotYourPost
    for item in items:
        rule = policy.item(item)
        if not {post, _ANY_STAFF} & set(rule.seen_by):
            raise NotYourPost
        if purpose not in rule.purposes:
            raise AskUnfit(cause="purpose")

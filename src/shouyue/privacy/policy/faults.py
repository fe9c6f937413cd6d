"""What can be wrong with a policy: told as a list, so that all of it is seen at once."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from shouyue.ground.kit.calendar import full_days
from shouyue.privacy.policy import pages
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import (
    Basis,
    ClauseText,
    CookieClass,
    Emphasis,
    Fault,
    ItemRule,
    Policy,
    RecipientKind,
    Right,
    SubjectKind,
    Text,
)

LANGS = ("zh", "en")
_DEADLINE = re.compile(r"(\d+(WD|D|H|M))?")
_NO_PARTY = frozenset({SubjectKind.S2, SubjectKind.S3, SubjectKind.S5, SubjectKind.S6})
"""Whom a contract of somebody else concerns: it is no basis for their data (2.6.1.a, INV-05)."""
_BOLD = re.compile(r"\*\*\S")


def find(policy: Policy) -> list[Fault]:
    """Return every fault of the policy, by part; an empty list means it may be published."""
    return [
        *_units(policy),
        *_order(policy),
        *(fault for clause in policy.clauses.values() for fault in _clause(policy, clause)),
        *_taxonomy(policy),
        *(fault for item in policy.items.values() for fault in _item(item)),
        *_citations(policy),
        *_cookies(policy),
        *_version(policy),
        *_lock(policy),
    ]


def _units(policy: Policy) -> Iterator[Fault]:
    for unit in Clause:
        if unit not in policy.clauses:
            yield Fault(unit, "the unit is missing")
    for clause_id in policy.clauses.keys() - set(Clause):
        yield Fault(clause_id, "no such unit")


def _order(policy: Policy) -> Iterator[Fault]:
    numbers = Counter(clause.order for clause in policy.clauses.values())
    chapter = "0"
    for clause in policy.clauses.values():
        if numbers[clause.order] > 1:
            yield Fault(clause.id, f"order {clause.order} is taken twice")
        if clause.chapter < chapter:
            yield Fault(clause.id, f"chapter {clause.chapter} after chapter {chapter}")
        chapter = clause.chapter
        above = policy.clauses.get(clause.parent)
        if above and above.order > clause.order:
            yield Fault(clause.id, f"stands before {clause.parent}")


@control(
    Clause.C0_1,
    Clause.C9_1,
    says="A policy that leaves out who runs the platform, or how to reach them, is refused.",
)
def _clause(policy: Policy, clause: ClauseText) -> Iterator[Fault]:
    yield from _said(clause.id, "title", clause.title)
    yield from _said(clause.id, "prose", clause.prose)
    if clause.chapter not in policy.headings:
        yield Fault(clause.id, f"no heading for chapter {clause.chapter}")
    if clause.parent and clause.parent not in policy.headings.keys() | policy.clauses.keys():
        yield Fault(clause.id, f"no heading {clause.parent}")
    yield from _names(policy, clause)
    yield from _emphasis(clause)
    for lang in LANGS:
        if "**" in clause.html.say(lang):
            yield Fault(clause.id, f"** is left in the {lang} rendition")
        for name in sorted(set(re.findall(r"\{\{[^}]*\}?\}?", clause.html.say(lang)))):
            yield Fault(clause.id, f"unknown variable {name}")


def _names(policy: Policy, clause: ClauseText) -> Iterator[Fault]:
    classes = {item.retention_class for item in policy.items.values()}
    for field, named, known in (
        ("subject", clause.subjects, set(SubjectKind)),
        ("item", clause.items, set(Item)),
        ("purpose", clause.purposes, set(Purpose)),
        ("basis", clause.bases, set(Basis)),
        ("recipient", clause.recipients, set(RecipientKind)),
        ("right", clause.rights, set(Right)),
        ("retention class", clause.keep, classes),
    ):
        yield from _unknown(clause.id, field, named, known)
    if not _DEADLINE.fullmatch(clause.deadline):
        yield Fault(clause.id, f"deadline {clause.deadline} is not like 15WD, 15D, 72H")


def _emphasis(clause: ClauseText) -> Iterator[Fault]:
    for lang in LANGS:
        bold = bool(_BOLD.search(clause.prose.say(lang)))
        if clause.emphasis is Emphasis.PART and not bold:
            yield Fault(clause.id, f"emphasis is part, but nothing is bold in {lang}")
        if clause.emphasis is Emphasis.NONE and bold:
            yield Fault(clause.id, f"emphasis is none, but something is bold in {lang}")


def _taxonomy(policy: Policy) -> Iterator[Fault]:
    for field, known, held in (
        ("item", Item, policy.items.keys()),
        ("purpose", Purpose, policy.purposes.keys()),
        ("subject", SubjectKind, policy.subjects.keys()),
        ("recipient", RecipientKind, policy.recipients.keys()),
    ):
        for name in known:
            if name not in held:
                yield Fault(name, f"the taxonomy has no such {field}")
    for where, text in (
        *((p.id, p.name) for p in policy.purposes.values()),
        *((r.id, r.name) for r in policy.recipients.values()),
        *((h.id, h.title) for h in policy.headings.values()),
        *policy.operator.items(),
    ):
        yield from _said(where, "name", text)


@control(
    Clause.C2_6_1_a,
    says="A policy that builds on a contract to which the person is no party is refused.",
)
def _item(item: ItemRule) -> Iterator[Fault]:
    yield from _said(item.id, "name", item.name)
    yield from _said(item.id, "why", item.why)
    yield from _said(item.id, "keep rule", item.keep.text)
    if item.collected and not item.purposes:
        yield Fault(item.id, "collected without a purpose")
    if item.collected and set(item.bases) != set(item.subjects):
        yield Fault(item.id, "not every subject kind has a basis")
    if item.collected and not item.keep.anchors and item.retention_class != "none":
        yield Fault(item.id, "its retention runs from no event")
    for kind in sorted(item.bases.keys() & _NO_PARTY):
        if Basis.CONTRACT_SELF in item.bases[kind]:
            yield Fault(item.id, f"{kind} is no party to a contract with us")
    if not item.collected and (item.purposes or item.bases):
        yield Fault(item.id, "not collected, but has a purpose or basis")


def _citations(policy: Policy) -> Iterator[Fault]:
    for where, clause in (
        *((str(p.id), p.clause) for p in policy.purposes.values()),
        *((str(r.id), r.clause) for r in policy.recipients.values()),
        *((c.name, c.clause) for c in policy.cookies.values()),
    ):
        yield from _unknown(where, "clause", (clause,), policy.clauses.keys())


def _cookies(policy: Policy) -> Iterator[Fault]:
    for cookie in policy.cookies.values():
        refusable = policy.purposes[cookie.purpose].refusable
        if refusable != (cookie.cookie_class is CookieClass.OPTIONAL):
            yield Fault(cookie.name, f"{cookie.cookie_class} does not fit {cookie.purpose}")
        for item in cookie.items:
            if cookie.purpose not in policy.items[item].purposes:
                yield Fault(cookie.name, f"{item} is not declared for {cookie.purpose}")


def _version(policy: Policy) -> Iterator[Fault]:
    version = policy.version
    days = full_days(version.published_at, version.effective_at)
    wanted = version.change.notice_days
    if days < wanted:
        yield Fault("version.toml", f"{days} full days of notice, {wanted} are due")


def _lock(policy: Policy) -> Iterator[Fault]:
    number = policy.version.number
    for lang, locked in policy.released.get(number, {}).items():
        if pages.digest(policy, lang, filled=False) != locked:
            yield Fault("released.toml", f"the {lang} text of released {number} has changed")


def _said(where: str, field: str, text: Text) -> Iterator[Fault]:
    for lang in LANGS:
        if not text.say(lang).strip():
            yield Fault(where, f"no {field} in {lang}")


def _unknown(
    where: str, field: str, named: Iterable[str], known: Collection[str]
) -> Iterator[Fault]:
    for name in named:
        if name not in known:
            yield Fault(where, f"unknown {field} {name}")

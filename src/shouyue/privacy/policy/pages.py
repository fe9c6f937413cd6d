"""The policy as people read it (HTML) and as machines do (plain values)."""

from collections.abc import Iterable
from html import escape

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.canonical import Plain, canonical
from shouyue.privacy.policy import prose
from shouyue.privacy.policy.types import ClauseText, Heading, ItemRule, Policy

_TAGS = {"zh": "zh-CN", "en": "en"}


def anchor(clause_id: str) -> str:
    """Return the id of a clause on the page: `c-2-1-2-c`."""
    return "c-" + clause_id.replace(".", "-")


def article(policy: Policy, lang: str, shown: Iterable[ClauseText]) -> str:
    """Return the clauses under their headings. Every clause has its anchor."""
    parts = [f'<article class="policy" lang="{_TAGS.get(lang, lang)}">']
    seen: set[str] = set()
    for clause in shown:
        for heading in _above(policy, clause):
            if heading.id not in seen:
                seen.add(heading.id)
                parts.append(_heading(heading, lang))
        parts.append(_clause(clause, lang, titled=clause.id not in policy.headings))
    return "\n".join([*parts, "</article>"])


def plain(policy: Policy, lang: str, *, filled: bool = True) -> dict[str, Plain]:
    """Return all that the policy says in one language, as JSON-ready values.

    Without `filled` the operator's values are left out: the text as released.
    """
    values = {name: value.say(lang) for name, value in policy.operator.items()} if filled else {}
    version = policy.version
    return {
        "version": version.number,
        "published_at": version.published_at.isoformat(),
        "effective_at": version.effective_at.isoformat(),
        "change": version.change,
        "lang": lang,
        "operator": values,
        "headings": [_plain_heading(h, lang) for h in policy.headings.values()],
        "clauses": [_plain_clause(c, lang, values) for c in policy.clauses.values()],
        "items": [_plain_item(item, lang) for item in policy.items.values()],
        "purposes": [
            {"id": p.id, "name": p.name.say(lang), "clause": p.clause, "bases": p.bases}
            | {"refusable": p.refusable, "refusal": p.refusal.say(lang)}
            for p in policy.purposes.values()
        ],
        "recipients": [
            {"id": r.id, "name": r.name.say(lang), "clause": r.clause, "bases": r.bases}
            | {"purposes": r.purposes, "items": r.items, "method": r.method.say(lang)}
            for r in policy.recipients.values()
        ],
        "cookies": [
            {"name": c.name, "class": c.cookie_class, "purpose": c.purpose, "items": c.items}
            | {"minutes": c.minutes, "clause": c.clause, "text": c.text.say(lang)}
            for c in policy.cookies.values()
        ],
    }


def digest(policy: Policy, lang: str, *, filled: bool = True) -> str:
    """Return the SHA-256 of the canonical JSON of `plain`, in hex."""
    return suites.digest(Suite.AES, canonical(plain(policy, lang, filled=filled))).hex()


def _above(policy: Policy, clause: ClauseText) -> list[Heading]:
    pieces = clause.parent.split(".") if clause.parent else []
    prefixes = [".".join(pieces[:count]) for count in range(1, len(pieces) + 1)]
    wanted = dict.fromkeys([clause.chapter, *prefixes])
    return [policy.headings[name] for name in wanted if name in policy.headings]


def _heading(heading: Heading, lang: str) -> str:
    level = 2 + heading.id.count(".")
    number = "" if heading.id == "0" else f'<span class="number">{heading.id}</span> '
    name = "h-" + heading.id.replace(".", "-")
    title = f'<h{level} id="{name}">{number}{escape(heading.title.say(lang))}</h{level}>'
    lead = heading.lead.say(lang)
    return title + (prose.render(lead, full=heading.key).rstrip() if lead else "")


def _clause(clause: ClauseText, lang: str, *, titled: bool) -> str:
    level = min(6, max(3, 2 + clause.id.count(".")))
    printed = clause.id[0] not in "H0" and not clause.id.endswith(".0")
    number = f'<span class="number">{escape(clause.id)}</span> ' if printed else ""
    title = f"<h{level}>{number}{escape(clause.title.say(lang))}</h{level}>" if titled else ""
    marked = "clause key-clause" if clause.emphasised else "clause"
    return (
        f'<section class="{marked}" id="{anchor(clause.id)}" data-clause="{escape(clause.id)}">'
        f"{title}{clause.html.say(lang).rstrip()}</section>"
    )


def _plain_heading(heading: Heading, lang: str) -> dict[str, Plain]:
    return {
        "id": heading.id,
        "title": heading.title.say(lang),
        "lead": heading.lead.say(lang),
        "key": heading.key,
    }


def _plain_clause(clause: ClauseText, lang: str, values: dict[str, str]) -> dict[str, Plain]:
    return {
        "id": clause.id,
        "title": clause.title.say(lang),
        "chapter": clause.chapter,
        "order": clause.order,
        "parent": clause.parent,
        "emphasis": clause.emphasis,
        "kind": clause.kind,
        "subjects": clause.subjects,
        "items": clause.items,
        "purposes": clause.purposes,
        "bases": clause.bases,
        "recipients": clause.recipients,
        "keep": clause.keep,
        "rights": clause.rights,
        "deadline": clause.deadline,
        "text": prose.fill(clause.prose.say(lang), values, escape=False),
    }


def _plain_item(item: ItemRule, lang: str) -> dict[str, Plain]:
    keep = item.keep
    return {
        "id": item.id,
        "name": item.name.say(lang),
        "why": item.why.say(lang),
        "kind": item.kind,
        "subjects": item.subjects,
        "sensitive": item.sensitive,
        "purposes": item.purposes,
        "bases": {str(kind): list(bases) for kind, bases in item.bases.items()},
        "necessary": item.necessary,
        "collected": item.collected,
        "seen_by": item.seen_by,
        "mask": item.mask,
        "keep": {
            "text": keep.text.say(lang),
            "class": keep.retention_class,
            "anchors": keep.anchors,
            "minutes": keep.minutes,
            "days": keep.days,
            "months": keep.months,
            "least_months": keep.least_months,
        },
    }

"""The policy in force: what it says, how it reads, and whether it may be used at all."""

from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from shouyue.ground.kit.canonical import Plain
from shouyue.privacy.policy import faults, pages, sheets, source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control, declared
from shouyue.privacy.policy.errors import PolicyBroken, PolicyIncomplete
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import (
    ClauseText,
    CookieRule,
    Fault,
    ItemRule,
    Policy,
    PurposeRule,
    RecipientKind,
    RecipientRule,
    Sheet,
)

_IN_FORCE: list[Policy] = []


def load(overlay: Path | None = None) -> Policy:
    """Read the policy of this package, with an operator's folder laid over it.

    The folder may hold `operator.toml`, `version.toml`, `released.toml` and `clauses/<id>.md`.
    Raises PolicyBroken for a file that cannot be read. Nothing is in force until `use`.
    """
    return source.load(overlay)


@control(Clause.H, says="A policy with faults, or a released text that was changed, is refused.")
def use(policy: Policy) -> None:
    """Put a policy in force for this process; PolicyBroken names its first fault."""
    for fault in check(policy):
        raise PolicyBroken(where=fault.where, why=fault.what)
    _IN_FORCE[:] = [policy]


def active() -> Policy:
    """Return the policy in force: the one last given to `use`, else the package's own."""
    return _IN_FORCE[0] if _IN_FORCE else _own()


@cache
def _own() -> Policy:
    return source.load()


def check(policy: Policy | None = None) -> list[Fault]:
    """Return all faults of a policy, of the active one if none is given."""
    return faults.find(policy or active())


def assert_covers(clauses: Iterable[str], items: Iterable[str]) -> None:
    """Raise PolicyIncomplete unless the active policy has every clause and declares every item.

    An item that the policy names only to say it is not collected counts as missing.
    """
    policy = active()
    held: Collection[str] = {item.id for item in policy.items.values() if item.collected}
    lacking = sorted({*clauses} - policy.clauses.keys()) + sorted({*items} - {*held})
    if lacking:
        raise PolicyIncomplete(missing=", ".join(lacking))


def cited() -> frozenset[Clause]:
    """Return the clauses that the controls imported so far say they keep."""
    return frozenset(clause for kept in declared() for clause in kept.clauses)


def clause(clause_id: str) -> ClauseText:
    """Return one clause of the active policy; KeyError if it has none of that id."""
    return active().clauses[clause_id]


def item(item_id: Item) -> ItemRule:
    """Return the rule of a data item."""
    return active().items[item_id]


def purpose(purpose_id: Purpose) -> PurposeRule:
    """Return the rule of a purpose."""
    return active().purposes[purpose_id]


def recipient(kind: RecipientKind) -> RecipientRule:
    """Return what may reach a kind of recipient, as the published list says."""
    return active().recipients[kind]


@control(Clause.C3_0, says="Only the cookies that the policy lists are known by name.")
def cookie(name: str) -> CookieRule:
    """Return the rule of a cookie; KeyError for a name that the policy does not list."""
    return active().cookies[name]


def anchor(clause_id: str) -> str:
    """Return the id under which a clause stands on the policy page: `c-2-1-2-c`."""
    return pages.anchor(clause_id)


def render(lang: str) -> str:
    """Return the whole policy as HTML that is safe to embed; `lang` is `zh` or `en`."""
    policy = active()
    return pages.article(policy, lang, policy.clauses.values())


@control(
    Clause.C0_2,
    says="The short layer holds every stressed clause, none may be left out.",
    lacks="An explanation of a clause is asked for by mail, not yet beside the clause.",
)
def short_layer(lang: str) -> str:
    """Return every emphasised clause, under its headings, as HTML (clause 0.2)."""
    policy = active()
    stressed = [c for c in policy.clauses.values() if c.emphasised]
    return pages.article(policy, lang, stressed)


def plain(lang: str) -> dict[str, Plain]:
    """Return all that the policy says in one language as JSON-ready values, for machines."""
    return pages.plain(active(), lang)


def digest(lang: str) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of `plain`: what a consent binds."""
    return pages.digest(active(), lang)


def collection_list(lang: str) -> Sheet:
    """Return what is collected (个人信息收集清单)."""
    return sheets.collection(active(), lang)


def retention_table(lang: str) -> Sheet:
    """Return how long each item is kept."""
    return sheets.retention(active(), lang)


def cookie_list(lang: str) -> Sheet:
    """Return the cookies that may be set."""
    return sheets.cookies(active(), lang)


def share_list(lang: str) -> Sheet:
    """Return the kinds of recipients and what may reach each (第三方共享清单)."""
    return sheets.sharing(active(), lang)

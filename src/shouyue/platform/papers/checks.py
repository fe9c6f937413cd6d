"""What a machine can say about papers, and what its answers count as (2.1.2.a, 7)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from shouyue.platform.papers import company, identity
from shouyue.platform.papers.company import Licence
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role, Term
from shouyue.privacy.policy.items import Item

NEEDED: Mapping[Role, tuple[Item, ...]] = {
    Role.LEGAL: (Item.DI_13, Item.DI_14, Item.DI_15),
    Role.ADMIN: (Item.DI_19,),
}
"""The values of each role that are looked at."""

CHECKED: Mapping[CheckCode, Item] = {
    CheckCode.LICENCE_CODE: Item.DI_11,
    CheckCode.LICENCE_TERM: Item.DI_11,
    CheckCode.ONLY_HERE: Item.DI_11,
    CheckCode.LEGAL_NAME: Item.DI_13,
    CheckCode.LEGAL_NUMBER: Item.DI_14,
    CheckCode.LEGAL_AGE: Item.DI_14,
    CheckCode.LEGAL_VALIDITY: Item.DI_15,
    CheckCode.ADMIN_NUMBER: Item.DI_19,
    CheckCode.ADMIN_AGE: Item.DI_19,
}
"""The item beside which a check's result stands."""

JUDGED = frozenset({CheckCode.LEGAL_NAME, CheckCode.ONLY_HERE})
"""Checks whose no is a mismatch, for two people to judge; every other no is a failure."""


def look(
    licence: Licence,
    legal: Mapping[Item, str],
    admin: Mapping[Item, str],
    at: datetime,
    *,
    only_here: bool,
) -> dict[CheckCode, CheckOutcome]:
    """Return what every check says about these values at that moment."""
    good = {
        CheckCode.LICENCE_CODE: _passes(lambda: company.code(licence.code)),
        CheckCode.LICENCE_TERM: _running(licence.term, at),
        CheckCode.LEGAL_NUMBER: _passes(lambda: identity.number(legal[Item.DI_14])),
        CheckCode.LEGAL_AGE: _passes(lambda: identity.adult(legal[Item.DI_14], at)),
        CheckCode.LEGAL_VALIDITY: _running(Term.read(legal[Item.DI_15]), at),
        CheckCode.LEGAL_NAME: licence.legal_person == legal[Item.DI_13],
        CheckCode.ADMIN_NUMBER: _passes(lambda: identity.number(admin[Item.DI_19])),
        CheckCode.ADMIN_AGE: _passes(lambda: identity.adult(admin[Item.DI_19], at)),
        CheckCode.ONLY_HERE: only_here,
    }
    return {code: outcome(code, good=passed) for code, passed in good.items()}


def outcome(code: CheckCode, *, good: bool) -> CheckOutcome:
    """Return what a check's answer counts as."""
    if good:
        return CheckOutcome.PASSED
    return CheckOutcome.MISMATCH if code in JUDGED else CheckOutcome.FAILED


def failed(found: Mapping[CheckCode, CheckOutcome]) -> CheckCode | None:
    """Return a check that nobody may pass over; a check that was never made is one."""
    for code in CheckCode:
        if found.get(code, CheckOutcome.FAILED) is CheckOutcome.FAILED:
            return code
    return None


def mismatched(found: Mapping[CheckCode, CheckOutcome]) -> bool:
    """Tell whether two people have to judge."""
    return CheckOutcome.MISMATCH in found.values()


def _running(term: Term, at: datetime) -> bool:
    return _passes(lambda: identity.term(term, at))


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except FieldWrong:
        return False
    return True

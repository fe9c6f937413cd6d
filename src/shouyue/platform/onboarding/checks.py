"""Machine checks: values are looked at, outcomes are kept, answers are not (2.1.2.a)."""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import casework, queries
from shouyue.platform.onboarding.tables import CaseRow, CheckRow
from shouyue.platform.papers import checks
from shouyue.platform.papers.company import Licence
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role, Term
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault import service as vault


@control(
    Clause.C2_1_2_a,
    Clause.C7,
    says="Numbers, ages, terms and names are checked by rule; only the outcomes are kept.",
)
def run(db: Session, row: CaseRow) -> dict[CheckCode, CheckOutcome]:
    """Check a case anew and keep one outcome for each check; every value read leaves evidence."""
    outcomes = checks.look(
        _licence(db, row),
        _values(db, row, Role.LEGAL),
        _values(db, row, Role.ADMIN),
        db.clock(),
        only_here=not queries.certified_elsewhere(db, row.code_mac, row.applicant),
    )
    queries.drop_checks(db, row.id)
    for code, outcome in outcomes.items():
        db.add(CheckRow(case=row.id, code=code.value, outcome=outcome.value, at=db.clock()))
    facts = {code.value.replace("-", "_"): outcome.value for code, outcome in outcomes.items()}
    facts["case"] = row.id
    ledger.append(db, Fact("onboarding.checked", SubjectId(row.applicant), facts))
    db.flush()
    return outcomes


def terms(db: Session, row: CaseRow) -> tuple[Term, Term]:
    """Return the terms of licence and card, by which the next check is set."""
    legal = _values(db, row, Role.LEGAL)
    return _licence(db, row).term, Term.read(legal[Item.DI_15])


def _licence(db: Session, row: CaseRow) -> Licence:
    enterprise = SubjectId(row.enterprise)
    reader = casework.reader(row.id, "machine-check")
    found = vault.reveal(db, enterprise, [Item.DI_11], reader)
    return Licence.read(found[Item.DI_11].open(Sink.CERTIFICATION_CHECK))


def _values(db: Session, row: CaseRow, role: Role) -> dict[Item, str]:
    subject = SubjectId(queries.parties(db, row.id)[role].subject)
    reader = casework.reader(row.id, "machine-check")
    found = vault.reveal(db, subject, checks.NEEDED[role], reader)
    return {item: value.open(Sink.CERTIFICATION_CHECK) for item, value in found.items()}

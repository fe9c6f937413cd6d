"""After a restore: what people took back since the backup is taken back again.

The journal names each yes that somebody's act has ended, by the id of its event. One that the
backup brought back as if it were in force ends once more, before the house opens.
"""

from collections.abc import Sequence

from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import Session
from shouyue.privacy.consent import queries, record, rules, service
from shouyue.privacy.consent.types import ConsentEvent, ConsentState
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control as enforces

_CHANNEL = "restore"
_BELLS = {ConsentState.WITHDRAWN: "consent.withdrawn", ConsentState.VOID: "consent.void"}


@enforces(
    Clause.C6_2_1,
    says="A consent that was withdrawn after a backup does not come back with a restore.",
)
def again(db: Session, lines: Sequence[Line]) -> int:
    """End each yes that the journal knows to be over; return how many were in force again."""
    states = {cause: state for state, cause in record.IN_JOURNAL.items()}
    ends = {line.key: states[line.cause] for line in lines if line.cause in states}
    back = [yes for yes in queries.yeses(db, ends) if _is_back(db, yes, ends[yes.id])]
    for yes in back:
        state = ends[yes.id]
        record.bell(db, _BELLS[state], record.follow(db, yes, state, _CHANNEL))
    return len(back)


def _is_back(db: Session, yes: ConsentEvent, end: ConsentState) -> bool:
    mine = yes.subject, yes.purpose, yes.recipient
    stands = end is ConsentState.VOID or service.state(db, *mine) in rules.CAN_END
    return stands and record.last_yes(db, *mine) == yes

"""Pure decisions about a certification: its states and where they lead, its deadlines."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.platform.onboarding.types import CaseState

APPEAL_DAYS = 15
DRAFT_LIFE = timedelta(days=30)

_S = CaseState
MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED}),
    _S.SUBMITTED: frozenset({_S.AUTO_CHECK}),
    _S.AUTO_CHECK: frozenset({_S.SUBJECT_CONFIRM, _S.NEED_MORE}),
    _S.SUBJECT_CONFIRM: frozenset({_S.MANUAL_REVIEW, _S.REJECTED}),
    _S.MANUAL_REVIEW: frozenset({_S.APPROVED, _S.NEED_MORE, _S.REJECTED}),
    _S.NEED_MORE: frozenset({_S.SUBMITTED, _S.REJECTED}),
    _S.APPROVED: frozenset({_S.REVERIFY_DUE, _S.NEED_MORE, _S.REVOKED}),
    _S.REVERIFY_DUE: frozenset({_S.APPROVED, _S.NEED_MORE, _S.EXPIRED, _S.REVOKED}),
    _S.REJECTED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.REVOKED: frozenset(),
}
"""Where a case may go (requirements 3.2; from certified to NEED_MORE: 6.1.1, papers changed)."""

EDITABLE = frozenset({_S.DRAFT, _S.NEED_MORE})
CERTIFIED = frozenset({_S.APPROVED, _S.REVERIFY_DUE})
OVER = frozenset(state for state, ways in MOVES.items() if not ways)

_AUTHORITY = {
    "zh": "我确认：所填法定代表人和管理员的信息，已事先取得其本人授权；"
    "我知道平台会分别联系他们本人，由其自行确认或者反对，我的确认不能代替他们的意思。",
    "en": "I confirm that the legal representative and the administrator have authorised me "
    "beforehand to give their information. I know that the platform will contact each "
    "of them, that they confirm or object themselves, and that my word does not stand in "
    "for theirs.",
}


def authority(lang: str) -> str:
    """Return the words that the applicant confirms (2.1.2.c, 2.5); their digest is stored."""
    return _AUTHORITY["zh" if lang == "zh" else "en"]


def may_move(before: CaseState, after: CaseState) -> bool:
    """Tell whether a case may go from one state to another."""
    return after in MOVES[before]

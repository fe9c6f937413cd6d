"""Every room that keeps rows about people, in the order in which they are asked.

What stands on others goes first: grants and apps before the account, custody before the vault,
whose keys it takes over, the evidence last.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from shouyue.assembly.errors import Unheld
from shouyue.ground.store.columns import subject
from shouyue.ground.store.holders import Holders
from shouyue.people.accounts.holder import AccountsHolder
from shouyue.people.alarms.holder import AlarmHolder
from shouyue.people.notices.holder import NoticeHolder
from shouyue.platform.apps.holder import AppHolder
from shouyue.platform.confirmations import holder as confirmations
from shouyue.platform.oauth.holder import GrantHolder
from shouyue.platform.onboarding import holder as onboarding
from shouyue.platform.push.holder import PushHolder
from shouyue.privacy.clearance import holder as clearance
from shouyue.privacy.consent.holder import ConsentHolder
from shouyue.privacy.custody import holder as custody
from shouyue.privacy.grounds import holder as grounds
from shouyue.privacy.ledger.holder import LedgerHolder
from shouyue.privacy.looks import holder as looks
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.sharing.holder import SharingHolder
from shouyue.privacy.vault import holder as vault

HOLDERS: Holders = (
    GrantHolder(),
    PushHolder(),
    AppHolder(),
    onboarding,
    confirmations,
    NoticeHolder(),
    AlarmHolder(),
    AccountsHolder(),
    SharingHolder(),
    ConsentHolder(),
    clearance,
    looks,
    grounds,
    custody,
    vault,
    LedgerHolder(),
)

UNHELD = {"job": "work under way, an erasure among it: what is done is deleted"}
"""Tables about people that nobody answers for, with the reason."""


@control(
    Clause.C6_3_2,
    says="A table about people that no room shows and erases stops start-up.",
    lacks="No page takes a whole account through all rooms yet.",
)
def check(ours: Iterable[sa.Table]) -> None:
    """Return if each table about people has a holder; raise Unheld."""
    held = {name for holder in HOLDERS for name in holder.tables} | UNHELD.keys()
    if found := [table.name for table in ours if subject(table) and table.name not in held]:
        raise Unheld(found=", ".join(found))

"""Deleting an item is withdrawing: each yes that was given for it ends, and then it is erased.

Clause 6.2.2; PIPL 15, 47.
"""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.consent import queries, rules, service
from shouyue.privacy.consent.errors import NotByConsent
from shouyue.privacy.consent.types import ConsentEvent, ConsentState, Deleted
from shouyue.privacy.custody import service as custody
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control as enforces
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Document, Held


def yeses(db: ReadSession, subject: SubjectId, item: Item) -> list[ConsentEvent]:
    """Return each yes for an item that is in force and can be withdrawn, oldest first.

    A yes to what carries the account itself is none of them: that ends with the account.
    """
    newest = {
        (event.purpose, event.recipient): event
        for event in queries.events(db, subject)
        if event.state is ConsentState.GIVEN
    }
    return [
        event
        for event in newest.values()
        if item in event.items
        and service.may_end(event.purpose, event.recipient)
        and service.state(db, subject, event.purpose, event.recipient) in rules.CAN_END
    ]


@enforces(
    Clause.C6_2_2,
    says="Who deletes an item has withdrawn every yes for it; what only a yes carried is erased.",
)
def delete_item(db: Session, subject: SubjectId, item: Item, *, channel: str = "web") -> Deleted:
    """Withdraw every yes for an item and erase it where nothing but a yes carried it.

    Where the law or a contract carries it, the withdrawals stand and the item stays for that
    ground alone. Raises NotByConsent where no yes is in force and another ground carries it.
    """
    ended = yeses(db, subject, item)
    held = held_as(db, subject, item)
    carried = [one for one in held if not one.basis.agreed]
    if carried and not ended:
        raise NotByConsent(purpose=carried[0].purpose.value)
    leaves = [
        service.withdraw(db, subject, event.purpose, event.recipient, channel=channel)
        for event in ended
    ]
    erased = 0 if carried else custody.erase(db, subject, [item]).erased
    recipients = dict.fromkeys(event.recipient for event in ended if event.recipient)
    return Deleted(tuple(leaves), erased, tuple(recipients))


def held_as(db: ReadSession, subject: SubjectId, item: Item) -> list[Held | Document]:
    """Return how an item of a person is held, without its value."""
    everything: list[Held | Document] = [*vault.held(db, [subject])]
    everything += vault.documents(db, subject)
    return [one for one in everything if one.item is item]

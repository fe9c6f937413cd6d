"""What deleting one item would do, told before it is done (6.2.2)."""

from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.people.overview import decisions
from shouyue.people.overview.errors import NotYours
from shouyue.people.overview.types import Deletion
from shouyue.privacy.consent import deletions
from shouyue.privacy.consent.types import ConsentEvent
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item


def may(db: ReadSession, subject: SubjectId, item: Item) -> bool:
    """Tell whether a person can delete an item alone, without closing the account."""
    held = deletions.held_as(db, subject, item)
    if not held:
        return False
    return all(one.basis.agreed for one in held) or bool(deletions.yeses(db, subject, item))


@control(Clause.C6_2_2, says="Before deleting an item a person sees which consents end with it.")
def effect(db: ReadSession, subject: SubjectId, item: Item, lang: Lang) -> Deletion:
    """Return what deleting the item would do. Raises NotYours where it cannot be deleted alone."""
    if not may(db, subject, item):
        raise NotYours
    yeses = deletions.yeses(db, subject, item)
    named = policy.item(item).name.say(lang)
    goes = [one for yes in yeses for one in decisions.carried(db, subject, yes.purpose, lang)]
    return Deletion(
        item=item.value,
        name=named,
        ends=tuple(_name(yes, lang) for yes in yeses),
        also=tuple(dict.fromkeys(one for one in goes if one != named)),
        goes=all(one.basis.agreed for one in deletions.held_as(db, subject, item)),
    )


def _name(yes: ConsentEvent, lang: Lang) -> str:
    name = policy.purpose(yes.purpose).name.say(lang)
    return f"{name} ({yes.recipient})" if yes.recipient else name

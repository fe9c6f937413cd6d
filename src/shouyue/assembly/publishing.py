"""What `shouyue policy lock` and `announce` do, and what a server asks before it opens."""

from pathlib import Path

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.ground.store.service import Store
from shouyue.platform.apps import service as apps
from shouyue.privacy.consent import service as consents
from shouyue.privacy.editions import service as editions
from shouyue.privacy.editions.types import Edition
from shouyue.privacy.policy import pages
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.errors import PolicyBroken
from shouyue.privacy.policy.types import Policy


def lock(folder: Path) -> str:
    """Fix the digests of the version in an operator's folder; return its number.

    From then on a text of this number that differs is refused. A second time changes nothing.
    Raises PolicyBroken for a policy with faults, and for a version that ours has locked already.
    """
    own = _whole(folder)
    number = own.version.number
    if number in own.released:
        return number
    released = folder / "released.toml"
    before = released.read_text("utf-8").rstrip() + "\n\n" if released.exists() else ""
    lines = [f'{lang} = "{pages.digest(own, lang, filled=False)}"' for lang in ("zh", "en")]
    block = "\n".join(["[[release]]", f'version = "{number}"', *lines])
    released.write_text(f"{before}{block}\n", "utf-8")
    return number


def announce(settings: Settings, folder: Path | None) -> Edition:
    """Record the policy of a folder, or of the settings, as an edition to come.

    Raises PolicyBroken for one with faults or without a lock, and what `editions.announce` does.
    """
    coming = _whole(folder or settings.policy_overlay)
    if coming.version.number not in coming.released:
        raise PolicyBroken(where="released.toml", why="not locked: shouyue policy lock")
    house = wiring.build(settings)
    try:
        with house.store.begin() as db:
            return editions.announce(db, coming)
    finally:
        house.store.close()


def adopt(store: Store) -> None:
    """Let a server open under the policy in force; refuse what `editions.adopt` refuses.

    A yes to a purpose that has changed since the edition before reaches no further, and gateways
    forget the tokens that rested on one: the news goes to each merchant's grant by a job.
    """
    with store.begin() as db:
        changed = sorted(editions.adopt(db, policy.active()))
        agreed = [one for one in changed if any(by.agreed for by in policy.purpose(one).bases)]
        if sum(consents.outdate(db, purpose) for purpose in agreed):
            apps.changed(db)


def _whole(folder: Path | None) -> Policy:
    read = policy.load(folder)
    for fault in policy.check(read):
        raise PolicyBroken(where=fault.where, why=fault.what)
    return read

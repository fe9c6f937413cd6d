"""Put the house together: root key, store, ways out, and who answers which bell."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from pydantic import SecretStr

from shouyue.assembly import declared
from shouyue.assembly.home import Agreed, Keeper, identity, open_root
from shouyue.assembly.settings import Settings
from shouyue.assembly.systems import UpstreamSettings
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.ids import maker
from shouyue.ground.kit.types import Means
from shouyue.ground.store import migrate, objects
from shouyue.ground.store.journal import Journal
from shouyue.ground.store.service import Store
from shouyue.people.alarms.notes import Notes
from shouyue.platform.catalogue import service as catalogue
from shouyue.privacy.egress.identities import Context, inside
from shouyue.privacy.egress.keytoken import Token
from shouyue.privacy.egress.mail import Security, SmtpMail, SmtpSettings
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.sms import HttpSms
from shouyue.privacy.egress.types import Border
from shouyue.privacy.grounds import duties
from shouyue.privacy.keys import opening
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.recovery import service as recovery
from shouyue.privacy.vault import resealing

STORED = tuple(
    Item(number)
    for number in (
        "DI-01",
        "DI-03",
        "DI-04",
        "DI-05",
        "DI-10",
        "DI-11",
        "DI-12",
        "DI-13",
        "DI-14",
        "DI-15",
        "DI-16",
        "DI-17",
        "DI-18",
        "DI-19",
        "DI-20",
        "DI-21",
    )
)
"""The items that rooms put into the vault; start-up refuses one that the policy lacks."""


@dataclass(frozen=True, slots=True)
class Partners:
    """Where the house meets the operator's other systems, settled from settings or development."""

    provider_url: str
    provider_app_id: str
    provider_secret: str
    upstream_url: str
    upstream_secret: str


@dataclass(frozen=True, slots=True)
class House:
    """Everything that servers and commands need."""

    settings: Settings
    store: Store
    egress: Egress
    partners: Partners
    box: PostBox | None
    agreed: Agreed | None
    notes: Notes
    token: Token | None = None


def now() -> datetime:
    """The one clock of a running house."""
    return datetime.now(UTC)  # noqa: TID251 - here the world's time comes in


def _unheard(_how: str) -> None: ...


def build(settings: Settings) -> House:
    """Open the house: check the promises, bring the schema up, open store and ways out.

    Raises NotReplayed after a restore that was cut off, RolledBack where an older database was put
    in its place, JournalBroken or JournalShort where the erasure journal is not whole;
    PolicyBroken or PolicyIncomplete when the policy in force does not cover the code,
    StatuteMissing where it claims a duty that no article carries, Undeclared where the database
    holds what policy and schema do not know;
    CatalogueBroken for an API file of the operator that does not agree,
    IdentityUnusable for a client certificate that does not serve,
    WrongRoot or KeyUnavailable when the root key is not the one of this database,
    KeyTokenEnded when the key service that keeps it does not know us.
    """
    policy.use(policy.load(settings.policy_overlay))
    catalogue.use(settings.catalogue_overlay)
    policy.assert_covers(policy.cited(), STORED)
    duties.check(now().astimezone(BEIJING).date())
    notes = Notes()
    journal = Journal(settings.journal_folder)
    opened, keeper = store(settings, journal, silent=partial(notes.note, "keys.silent"))
    try:
        migrate.upgrade(settings.database_url)
        with opened.read() as db:
            recovery.greet(db, journal)
        journal.found(opened.means.new_id(), now().isoformat())
        unlock(opened, keeper)
        declared.check(opened)
        with opened.begin() as db:
            recovery.settle(db)
            resealing.begin(db)
    except BaseException:
        opened.close()
        raise
    box = PostBox(now) if settings.development else None
    agreed = Agreed.read(settings.home) if settings.development else None
    egress, partners = _egress(settings, box, notes), _partners(settings, agreed)
    token = None
    if keeper.service is not None:
        token = Token(keeper.service.line, partial(notes.note, "keys.token-ends"))
    return House(settings, opened, egress, partners, box, agreed, notes, token)


def store(
    settings: Settings,
    journal: Journal | None = None,
    *,
    silent: Callable[[str], None] = _unheard,
    url: str = "",
) -> tuple[Store, Keeper]:
    """Return the store of the settings, or one elsewhere, still locked, and who keeps its roots."""
    keeper = open_root(settings, silent)
    keys = KeyRing(keeper.root, os.urandom, Suite(settings.suite))
    means = Means(now, maker(now, os.urandom), os.urandom)
    shelves = objects.folder(settings.home / "objects")
    return Store(url or settings.database_url, means, keys, shelves, journal), keeper


def unlock(opened: Store, keeper: Keeper) -> None:
    """Check that the keeper's roots are this database's, and take up suite and pepper."""
    with opened.begin() as db:
        opening.greet(db)
        opened.keys.founded = opening.founding(db)
        if keeper.service is not None:
            keeper.service.remember(opening.pepper(db, keeper.handed_down))


def _egress(settings: Settings, box: PostBox | None, notes: Notes) -> Egress:
    border = Border(settings.mainland.holds, partial(notes.note, "egress.abroad"))

    if box is not None:
        return Egress(box, box, loopback_allowed=True, border=border)
    mail, sms = settings.mail, settings.sms
    if mail is None or sms is None:
        raise ValueError("mail and sms must be set outside development")
    post = SmtpMail(
        SmtpSettings(
            mail.host,
            mail.port,
            mail.sender,
            mail.user,
            mail.password.get_secret_value(),
            Security(mail.security),
        ),
        border,
    )
    # The provider of text messages is reached by the same guarded HTTP.
    line = Egress(post, PostBox(now), border=border)
    text = HttpSms(sms.url, sms.key.get_secret_value(), line.http)
    egress = Egress(post, text, border=border)
    # The directory of shops is asked by this way; the rest shows now that their files serve.
    for one in (settings.upstream, *settings.upstreams.values()):
        if one is not None and (one.authority or one.identity):
            egress.introduce(one.base_url, inside_of(one))
    return egress


def inside_of(given: UpstreamSettings | None) -> Context:
    """Return what connections to an upstream are opened with. Raises IdentityUnusable."""
    if given is None:
        return inside()
    return inside(given.authority, identity(given.identity))


def _partners(settings: Settings, agreed: Agreed | None) -> Partners:
    provider, upstream = settings.provider, settings.upstream
    sandbox = f"{settings.origin}/sandbox"
    if agreed is None and (provider is None or upstream is None):
        raise ValueError("provider and upstream must be set outside development")
    return Partners(
        provider_url=provider.base_url if provider else f"{sandbox}/provider",
        provider_app_id=provider.app_id if provider else "shouyue",
        provider_secret=_either(
            provider.app_secret if provider else None, agreed.provider_secret if agreed else ""
        ),
        upstream_url=upstream.base_url if upstream else f"{sandbox}/upstream",
        upstream_secret=_either(
            upstream.secret if upstream else None, agreed.upstream_secret if agreed else ""
        ),
    )


def _either(given: SecretStr | None, agreed: str) -> str:
    return given.get_secret_value() if given else agreed

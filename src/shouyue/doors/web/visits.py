"""The values that pages speak: a site, its doors, a visit, an act, what a form sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from shouyue.doors.web.errors import Crowded, Fault, NotSignedIn
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import Lang
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import types as accounts
from shouyue.people.alarms.notes import Notes
from shouyue.people.arrivals.types import Provider
from shouyue.people.staff import types as people_staff
from shouyue.platform.directory.types import Directory
from shouyue.privacy.egress.regions import Mainland
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import Region

HOST = "__Host-"
"""The prefix that makes a browser insist on Secure, no Domain and Path=/ (RFC 6265bis 4.1.3.2)."""

Person = accounts.Visit | people_staff.StaffVisit
"""Whoever is signed in: a person at the portal, a member of staff at the console."""

Knows = Callable[[ReadSession, str], Person | None]
"""Answers who a session token belongs to, or None for one that is unknown or over."""

Touch = Callable[[Session, str], None]
"""Writes down that a session is in use."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A signed call on its way from a page to the gateway: path, body, and whence it comes."""

    path: str
    body: bytes = field(repr=False)
    media_type: str
    address: str


SignedCall = Callable[[Posted], bytes]
"""Takes a signed call; gives the gateway's answer."""


class Bodies:
    """The bodies of requests to one site that are in memory now. For one event loop."""

    def __init__(self, most: int = 256 * 1024 * 1024) -> None:
        """Hold so many bytes of all together."""
        self.held = 0
        self._most = most

    @contextmanager
    def one(self) -> Iterator[Callable[[int], None]]:
        """Yield what takes note of the bytes of one body, until it is forgotten; raises Crowded."""
        size = 0

        def hold(count: int) -> None:
            nonlocal size
            if self.held + count > self._most:
                raise Crowded
            size += count
            self.held += count

        try:
            yield hold
        finally:
            self.held -= size


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages live. `origin` is scheme, host and port as a browser writes them.

    `egress` is for what a door must send or ask itself, outside any unit of work: a code right
    after its commit, the parent platform during a log-in. Without a `provider` there is no log-in
    by platform account, without a `directory` of shops nobody can authorise an app. `mainland` says
    which addresses are inside; `notes` takes what a person must look at. `call` hands a signed call
    to the gateway, outside any unit of work. `bodies` bounds what is sent to it at once.
    """

    store: Store
    origin: str
    egress: Egress
    provider: Provider | None = None
    directory: Directory | None = None
    development: bool = False
    mainland: Region = field(default=Mainland().holds)
    notes: Notes = field(default_factory=Notes)
    call: SignedCall | None = None
    bodies: Bodies = field(default_factory=Bodies)

    @property
    def secure(self) -> bool:
        """Whether the site is reached over TLS."""
        return self.origin.startswith("https://")

    def cookie(self, name: str) -> str:
        """Return the name of a cookie on the wire: a browser keeps `__Host-` ones to this host."""
        return f"{HOST}{name}" if self.secure else name


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. `icon` is a symbol of `static/icons.svg`."""

    href: str
    icon: str
    zh: str
    en: str
    badge: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Menu lines under one heading; an empty heading shows none."""

    zh: str
    en: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. Its name is not kept: it may hold a person's name."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the body of a writing request held, as it came."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    files: Mapping[str, Upload] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request that looks: who asks, in which language, over a session that cannot write."""

    site: Site
    door: "Door"
    request: Request
    db: ReadSession
    lang: Lang
    person: Person | None = None
    sent: Sent = field(default_factory=Sent)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    refusal: Refusal | None = None

    @property
    def someone(self) -> accounts.Visit:
        """The person signed in; raises NotSignedIn where there is none."""
        if not isinstance(self.person, accounts.Visit):
            raise NotSignedIn
        return self.person

    @property
    def staff(self) -> people_staff.StaffVisit:
        """The member of staff signed in; raises NotSignedIn where there is none."""
        if not isinstance(self.person, people_staff.StaffVisit):
            raise NotSignedIn
        return self.person

    @property
    def token(self) -> str:
        """The session token that the browser holds, or nothing."""
        return self.request.cookies.get(self.site.cookie(self.door.cookie), "")

    @property
    def client(self) -> accounts.Client:
        """Where the request comes from. Never stored as it is."""
        address = self.request.client.host if self.request.client else ""
        return accounts.Client(address, self.request.headers.get("user-agent", ""))

    @property
    def request_id(self) -> str:
        """Names this request in answers and logs."""
        return str(self.request.scope["shouyue.request_id"])

    @property
    def nonce(self) -> str:
        """The word that lets a script of this one response run."""
        return str(self.request.scope["shouyue.nonce"])

    def path(self, name: str) -> str:
        """Return a part of the path, as declared in the route."""
        return str(self.request.path_params[name])

    def query(self, name: str, otherwise: str = "") -> str:
        """Return a word of the query string."""
        return self.request.query_params.get(name, otherwise)

    def say(self, zh: str, en: str) -> str:
        """Return the sentence in the visitor's language."""
        return zh if self.lang == "zh" else en


@dataclass(frozen=True, kw_only=True)
class Act(Visit):
    """One request that writes. The door commits when the page function returns."""

    db: Session


Look = Callable[[Visit], Response]
Then = Callable[[], Response]
"""What follows after the commit: sending a code, or a refusal that must not undo the deed."""

Deed = Callable[[Act], Response | Then]
Guard = Callable[[Visit], None]
"""Returns when the visitor may enter; raises a Refusal otherwise."""


@dataclass(frozen=True, slots=True)
class Door:
    """One set of pages under one layout.

    `templates` is the folder of its own templates. `menu` answers the groups of the left rail,
    none for a page without rail. `sign_in` is where a visitor goes whom a page does not know,
    `sign_out` takes the POST of the one who leaves.
    `cookie` holds the session, `knows` tells whose it is, `touch` writes down its use.
    `title` stands beside the mark, on a page that says no as well.
    `mainland_only` shuts it to addresses outside, for whoever comes (5.7).
    """

    name: str
    templates: Path
    menu: Callable[[Visit], Sequence[Group]]
    sign_in: str
    knows: Knows
    touch: Touch
    cookie: str = "sy_session"
    sign_out: str = "/logout"
    mainland_only: bool = False
    title: tuple[str, str] = ("开放平台", "Open Platform")

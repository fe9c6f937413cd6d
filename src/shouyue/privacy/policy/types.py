"""What the policy says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose


class Basis(StrEnum):
    """The lawful bases of PIPL 13 and how consent must be given. Fixed before collection."""

    CONTRACT_SELF = "CONTRACT_SELF"
    LEGAL_DUTY = "LEGAL_DUTY"
    EMERGENCY = "EMERGENCY"
    MEDIA = "MEDIA"
    PUBLIC = "PUBLIC"
    OTHER_LAW = "OTHER_LAW"
    CONSENT = "CONSENT"
    SEPARATE_CONSENT = "SEPARATE_CONSENT"
    GUARDIAN = "GUARDIAN"

    @property
    def agreed(self) -> bool:
        """Whether the person's (or guardian's) own yes carries it, so that it can be withdrawn."""
        return self in {Basis.CONSENT, Basis.SEPARATE_CONSENT, Basis.GUARDIAN}


class SubjectKind(StrEnum):
    """The roles in which a person meets the platform; `subjects.toml` names them."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"
    S5 = "S5"
    S6 = "S6"
    S7 = "S7"
    S8 = "S8"
    S9 = "S9"
    S10 = "S10"
    S11 = "S11"


class RecipientKind(StrEnum):
    """Who may ever receive personal data; `recipients.toml` says what and why."""

    AUTHORITY = "authority"
    BUYER = "buyer"
    AFFILIATE = "affiliate"
    PARTNER = "partner"
    PROVIDER = "provider"
    GUARDIAN = "guardian"
    SUCCESSOR = "successor"
    PUBLIC = "public"
    DEVELOPER = "developer"


class Emphasis(StrEnum):
    """How much of a clause is bold and underlined (clause 0.2)."""

    NONE = "none"
    PART = "part"
    FULL = "full"


class Kind(StrEnum):
    """What a clause is to the person who reads it."""

    PROMISE = "promise"
    NOTICE = "notice"
    LIMIT = "limit"
    RIGHT = "right"
    EXCEPTION = "exception"
    CONTACT = "contact"


class Right(StrEnum):
    """What a person may ask for; `OBJECT_THIRD` is open to people inside others' content."""

    VIEW = "VIEW"
    COPY = "COPY"
    PORT = "PORT"
    CORRECT = "CORRECT"
    DELETE = "DELETE"
    RESTRICT = "RESTRICT"
    OBJECT = "OBJECT"
    WITHDRAW = "WITHDRAW"
    CANCEL = "CANCEL"
    EXPLAIN = "EXPLAIN"
    AUTO_DECISION = "AUTO_DECISION"
    DECEASED = "DECEASED"
    GUARDIAN = "GUARDIAN"
    OBJECT_THIRD = "OBJECT_THIRD"
    COMPLAIN = "COMPLAIN"
    APPEAL = "APPEAL"


class Sensitive(StrEnum):
    """Why an item is handled as sensitive: named by law, by the standard, or by our decision."""

    NO = "N"
    OWN = "Y-own"
    STANDARD = "Y-std"
    LAW = "Y-law"


class Mask(StrEnum):
    """What is shown of an item before a logged unmask."""

    HIDDEN = "hidden"
    FULL = "full"
    PHONE = "phone"
    NAME = "name"
    ID_NUMBER = "id-number"
    EMAIL = "email"
    ADDRESS = "address"
    IP = "ip"
    PREFIX = "prefix"
    YEAR = "year"
    LAST4 = "last4"
    BAND = "band"
    SCREENED = "screened"
    ICON = "icon"
    BLURRED = "blurred"
    FAMILY = "family"
    PSEUDONYM = "pseudonym"


class Anchor(StrEnum):
    """Events from which a retention period runs."""

    COLLECTED = "COLLECTED"
    LAST_USED = "LAST_USED"
    VERIFIED = "VERIFIED"
    REPLACED = "REPLACED"
    UNLINKED = "UNLINKED"
    WITHDRAWN = "WITHDRAWN"
    REFUSED = "REFUSED"
    OBJECTED = "OBJECTED"
    LIFTED = "LIFTED"
    PUBLISHED = "PUBLISHED"
    CASE_DECIDED = "CASE_DECIDED"
    CASE_CLOSED = "CASE_CLOSED"
    LAST_EFFECT = "LAST_EFFECT"
    ROLE_END = "ROLE_END"
    RELATION_END = "RELATION_END"
    OFFICE_END = "OFFICE_END"
    ACCOUNT_END = "ACCOUNT_END"
    EXIT = "EXIT"
    NEVER = "NEVER"


class CookieClass(StrEnum):
    """NECESSARY needs no consent; OPTIONAL is off until the person opts in (clauses 3.1, 3.2)."""

    NECESSARY = "NECESSARY"
    OPTIONAL = "OPTIONAL"


class Change(StrEnum):
    """How much a version changes; the last two need 15 full days of notice (clause H)."""

    EDITORIAL = "EDITORIAL"
    MINOR = "MINOR"
    MAJOR = "MAJOR"
    REDUCES_RIGHTS = "REDUCES_RIGHTS"

    @property
    def notice_days(self) -> int:
        """Full days between publication and effect, the day of publication not counted (H)."""
        return 15 if self in {Change.MAJOR, Change.REDUCES_RIGHTS} else 7


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """Return the Chinese sentence for `zh`, the English one for any other language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class KeepRule:
    """How long an item is kept: a period from the first of the anchors (clause 5.5).

    Items of one `retention_class` of one person are sealed under one key and go together.
    """

    text: Text
    retention_class: str
    anchors: tuple[Anchor, ...]
    minutes: int = 0
    days: int = 0
    months: int = 0
    least_months: int = 0


@dataclass(frozen=True, slots=True)
class ItemRule:
    """A data item: whose, what for, on which bases, how long, who may look. Clause 2.0."""

    id: Item
    name: Text
    why: Text
    kind: str
    subjects: tuple[SubjectKind, ...]
    sensitive: Sensitive
    purposes: tuple[Purpose, ...]
    bases: Mapping[SubjectKind, tuple[Basis, ...]]
    necessary: bool
    collected: bool
    keep: KeepRule
    seen_by: tuple[str, ...]
    mask: Mask
    findable: bool

    @property
    def retention_class(self) -> str:
        """The class whose key seals the item."""
        return self.keep.retention_class


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """A purpose: the clause that states it, its bases (the usual one first), whether refusable."""

    id: Purpose
    name: Text
    clause: str
    bases: tuple[Basis, ...]
    refusable: bool
    refusal: Text


@dataclass(frozen=True, slots=True)
class RecipientRule:
    """A kind of recipient: what may reach it, for what, on which basis, in which way."""

    id: RecipientKind
    name: Text
    clause: str
    bases: tuple[Basis, ...]
    purposes: tuple[Purpose, ...]
    items: tuple[Item, ...]
    method: Text


@dataclass(frozen=True, slots=True)
class CookieRule:
    """A cookie the doors may set; any other name is refused (clause 3.0)."""

    name: str
    cookie_class: CookieClass
    purpose: Purpose
    items: tuple[Item, ...]
    minutes: int
    clause: str
    text: Text


@dataclass(frozen=True, slots=True)
class Version:
    """Which text this is. Times are aware; the wall dates meant are those of Beijing."""

    number: str
    published_at: datetime
    effective_at: datetime
    change: Change


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading without a clause of its own, with the sentence that leads into what follows."""

    id: str
    title: Text
    lead: Text
    key: bool


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One unit of the policy: its head as written, its prose as HTML and as written.

    `items`, `purposes`, `bases`, `recipients` and `keep` (retention classes) are as the file
    says them; `check()` tells which of them the taxonomy does not know.
    """

    id: str
    title: Text
    chapter: str
    order: int
    parent: str
    emphasis: Emphasis
    kind: Kind
    subjects: tuple[str, ...]
    items: tuple[str, ...]
    purposes: tuple[str, ...]
    bases: tuple[str, ...]
    recipients: tuple[str, ...]
    keep: tuple[str, ...]
    rights: tuple[str, ...]
    deadline: str
    prose: Text
    html: Text

    @property
    def zh_html(self) -> str:
        """The Chinese prose, rendered."""
        return self.html.zh

    @property
    def en_html(self) -> str:
        """The English prose, rendered."""
        return self.html.en

    @property
    def emphasised(self) -> bool:
        """Whether the short layer must show it (clause 0.2)."""
        return self.emphasis is not Emphasis.NONE


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. Mappings keep the order of the document or of the taxonomy."""

    version: Version
    operator: Mapping[str, Text]
    clauses: Mapping[str, ClauseText]
    headings: Mapping[str, Heading]
    items: Mapping[Item, ItemRule]
    purposes: Mapping[Purpose, PurposeRule]
    subjects: Mapping[SubjectKind, Text]
    recipients: Mapping[RecipientKind, RecipientRule]
    cookies: Mapping[str, CookieRule]
    released: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the policy that must not stay: where (a clause, item or file) and what."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A published list: a title, its columns, its rows. Cells are plain text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

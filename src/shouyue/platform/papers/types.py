"""What crosses the wall of the papers room: roles, steps, terms, and what the steps carry."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """The two people of a company: its legal representative (S2) and its administrator (S3)."""

    LEGAL = "legal"
    ADMIN = "admin"


class Same(StrEnum):
    """Whom a role falls together with: nobody, the applicant, the legal representative."""

    NOBODY = ""
    APPLICANT = "applicant"
    LEGAL = "legal"


class Step(StrEnum):
    """The steps that hold values; looking them over and submitting is the fourth."""

    ENTERPRISE = "enterprise"
    LEGAL = "legal"
    ADMIN = "admin"


class CheckCode(StrEnum):
    """What the machine looks at."""

    LICENCE_CODE = "licence-code"
    LICENCE_TERM = "licence-term"
    LEGAL_NUMBER = "legal-number"
    LEGAL_AGE = "legal-age"
    LEGAL_VALIDITY = "legal-validity"
    LEGAL_NAME = "legal-name-on-licence"
    ADMIN_NUMBER = "admin-number"
    ADMIN_AGE = "admin-age"
    ONLY_HERE = "certified-once"


class CheckOutcome(StrEnum):
    """A mismatch is for two people to judge; a failure nobody may pass."""

    PASSED = "passed"
    MISMATCH = "mismatch"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of validity, both days included; `until` None means 长期."""

    start: date
    until: date | None

    def spell(self) -> str:
        """Return the term as it is kept."""
        return f"{self.start.isoformat()}/{self.until.isoformat() if self.until else '长期'}"

    @classmethod
    def read(cls, text: str) -> "Term":
        """Return the term that `spell` wrote."""
        start, _, until = text.partition("/")
        return cls(
            date.fromisoformat(start), None if until == "长期" else date.fromisoformat(until)
        )


@dataclass(frozen=True, slots=True)
class Enterprise:
    """Step 企业: the licence and where the company is. `photo` empty keeps the one sent before."""

    title: str = field(repr=False)
    code: str = field(repr=False)
    scope: str = field(repr=False)
    term: Term
    legal_person: str = field(repr=False)
    place: str = field(repr=False)
    photo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class LegalPerson:
    """Step 法人: name, number, validity, both sides of the card."""

    person: str = field(repr=False)
    number: str = field(repr=False)
    term: Term = field(repr=False)
    front: bytes = field(default=b"", repr=False)
    back: bytes = field(default=b"", repr=False)
    same: Same = Same.NOBODY


@dataclass(frozen=True, slots=True)
class Administrator:
    """Step 管理员. With `same` LEGAL name and number are those of the legal representative."""

    mobile: str = field(repr=False)
    mail: str = field(repr=False)
    person: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    same: Same = Same.NOBODY


Filled = Enterprise | LegalPerson | Administrator
"""What one step of the wizard carries."""

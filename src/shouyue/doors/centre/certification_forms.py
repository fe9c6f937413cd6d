"""The forms of certification: each field checked where it was typed, none that nobody asked for.

Clauses 2.1.2.a, 5.2.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from shouyue.doors.web import forms
from shouyue.doors.web.visits import Upload
from shouyue.platform.papers import company, identity
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Role, Term


def _fit(check: Callable[[str], str]) -> AfterValidator:
    def checked(text: str) -> str:
        try:
            return check(text) if text else text
        except FieldWrong as no:
            raise forms.wrong(*no.sentences) from None

    return AfterValidator(checked)


_Person = Annotated[str, Field(max_length=40), _fit(identity.person)]
_Number = Annotated[str, Field(max_length=40), _fit(identity.number)]


class Begin(forms.Form):
    """The notice that was read."""

    token: str


class _Dated(forms.Form):
    start: date
    until: date | None = None
    forever: bool = False

    @model_validator(mode="after")
    def _ends(self) -> "_Dated":
        if self.until is None and not self.forever:
            raise forms.wrong(
                "请填写截止日期，或者勾选长期。", "Give the last day, or tick “no end”."
            )
        return self

    @property
    def term(self) -> Term:
        """The term as the room takes it."""
        return Term(self.start, None if self.forever else self.until)


class EnterpriseForm(_Dated):
    """Step 企业."""

    title: Annotated[str, Field(max_length=120), _fit(company.title)]
    code: Annotated[str, Field(max_length=40), _fit(company.code)]
    scope: Annotated[str, Field(max_length=2000), _fit(company.scope)] = ""
    legal_person: _Person
    place: Annotated[str, Field(max_length=200), _fit(company.place)]
    photo: Upload | None = None


class LegalForm(_Dated):
    """Step 法人."""

    person: _Person
    number: _Number
    front: Upload | None = None
    back: Upload | None = None
    mine: bool = False


class AdminForm(forms.Form):
    """Step 管理员. `same` is `other`, `applicant` or `legal`."""

    same: Annotated[str, Field(pattern=r"^(other|applicant|legal)$")]
    person: _Person = ""
    number: _Number = ""
    mobile: Annotated[str, Field(max_length=32), _fit(identity.mobile)]
    mail: Annotated[str, Field(max_length=254), _fit(identity.mail)]


class SubmitForm(forms.Form):
    """Step 核对: two notices, two boxes, one word about the others."""

    plain: str
    sensitive: str
    agreed: bool = False
    agreed_sensitive: bool = False
    authorised: bool = False


class RoleForm(forms.Form):
    """Whom a button is about."""

    role: Role


class PhoneForm(forms.Form):
    """Where to send one message; not kept."""

    phone: Annotated[str, Field(max_length=32), _fit(identity.mobile)]

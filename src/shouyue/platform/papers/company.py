"""What a licence says: pure checks of code, names and places, and the one spelling of DI-11.

Codes after GB 32100-2015. Clauses 2.1.2.a, 5.2.
"""

import unicodedata
from dataclasses import dataclass, field

from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Term

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**place % 31 for place in range(17))
_LENGTH = 18
_REGION = slice(2, 8)
_PLACE = range(6, 121)
_TITLE = range(4, 101)
_SCOPE = 2000
_ADMINISTRATIVE = "省市区县州盟旗"


@dataclass(frozen=True, slots=True)
class Licence:
    """The particulars of a licence (DI-11)."""

    title: str = field(repr=False)
    code: str = field(repr=False)
    scope: str = field(repr=False)
    term: Term
    legal_person: str = field(repr=False)

    def spell(self) -> str:
        """Return the one value that is kept. The name comes first: the mask shows its beginning."""
        term = self.term.spell()
        return f"{self.title}\n{self.code}\n{term}\n{self.legal_person}\n{self.scope}"

    @classmethod
    def read(cls, text: str) -> "Licence":
        """Return the particulars that `spell` wrote."""
        title, code, term, legal_person, scope = text.split("\n")
        return cls(title, code, scope, Term.read(term), legal_person)


def check_character(first17: str) -> str:
    """Return the eighteenth character of a code."""
    values = (ALPHABET.index(char) for char in first17)
    total = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def code(text: str) -> str:
    """Return a unified social credit code in its one spelling; raise FieldWrong."""
    spelt = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(spelt) != _LENGTH or not all(char in ALPHABET for char in spelt):
        raise FieldWrong(cause="code-form")
    if not spelt[_REGION].isdigit():
        raise FieldWrong(cause="code-form")
    if spelt[-1] != check_character(spelt[:-1]):
        raise FieldWrong(cause="code-check")
    return spelt


def title(text: str) -> str:
    """Return a company's name on one line; raise FieldWrong."""
    spelt = _line(text)
    if len(spelt) not in _TITLE or not spelt.isprintable():
        raise FieldWrong(cause="title")
    return spelt


def scope(text: str) -> str:
    """Return a scope of business on one line, possibly empty; raise FieldWrong."""
    spelt = _line(text)
    if len(spelt) > _SCOPE or not spelt.isprintable():
        raise FieldWrong(cause="scope")
    return spelt


def place(text: str) -> str:
    """Return an address that names its province, city or county; raise FieldWrong."""
    spelt = _line(text)
    named = any(mark in spelt for mark in _ADMINISTRATIVE)
    if len(spelt) not in _PLACE or not spelt.isprintable() or not named:
        raise FieldWrong(cause="place")
    return spelt


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())

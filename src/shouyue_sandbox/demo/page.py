"""A page as a person reads it: forms, links, warnings, and what stands where."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
_KEPT = {
    "alert": "sy-alert",
    "refusal": "sy-refusal",
    "masked": "sy-masked",
    "look": "sy-timeline-title",
    "fault": "sy-faults",
    "said": "sy-says",
}


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes and what it already holds."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    def holds(self, word: str) -> bool:
        """Tell whether the action, a field, a box or a file carries the word."""
        return word in self.action or word in {*self.fields, *self.boxes, *self.files}


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: address, status, text, and what a reader finds in it."""

    url: str
    status: int
    text: str
    content: bytes
    forms: list[Form]
    links: list[str]
    marks: dict[str, list[str]]
    ids: dict[str, str]

    def form(self, word: str) -> Form:
        """Return the form whose action or fields carry the word; raises LookupError."""
        for found in self.forms:
            if found.holds(word):
                return found
        raise LookupError(f"no form with {word!r}")

    def refusal(self) -> str:
        """Return the sentence with which the page says no, or nothing."""
        faults = self.marks["alert-bad"] or self.marks["refusal"]
        return " ".join(" ".join(faults).split())[:300]


def read(url: str, status: int, content: bytes, *, html: bool) -> Page:
    """Return a page; what is no HTML has text and nothing else."""
    text = content.decode(errors="replace")
    reader = _Reader()
    if html:
        reader.feed(text)
        reader.close()
    return Page(
        url, status, text, content, reader.forms, reader.links, reader.marks, dict(reader.ids)
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.marks: dict[str, list[str]] = defaultdict(list)
        self.ids: dict[str, str] = defaultdict(str)
        self._open: Form | None = None
        self._choice = ""
        self._writing = ""
        self._depth = 0
        self._kept: list[tuple[int, str]] = []
        self._named: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._depth += 1
            self._keep(given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None:
            self._read(self._open, tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        self._kept = [one for one in self._kept if one[0] < self._depth]
        self._named = [one for one in self._named if one[0] < self._depth]
        self._depth -= 1
        if tag == "form":
            self._open = None
        elif tag in {"select", "textarea"}:
            self._choice = self._writing = ""

    def handle_data(self, data: str) -> None:
        for _, name in self._kept:
            self.marks[name][-1] += data
        for _, name in self._named:
            self.ids[name] += data
        if self._open is not None and self._writing:
            self._open.fields[self._writing] += data

    def _keep(self, given: dict[str, str]) -> None:
        classes = given.get("class", "").split()
        names = [name for name, mark in _KEPT.items() if mark in classes]
        if "sy-alert" in classes and "sy-bad" in classes:
            names.append("alert-bad")
        for name in names:
            self.marks[name].append("")
            self._kept.append((self._depth, name))
        if "id" in given:
            self._named.append((self._depth, given["id"]))

    def _read(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "select" and name:
            self._choice = name
            form.fields[name] = ""
        elif tag == "option" and self._choice:
            if "selected" in given or not form.fields[self._choice]:
                form.fields[self._choice] = given.get("value", "")
        elif tag == "textarea" and name:
            self._writing = name
            form.fields[name] = ""
        elif tag == "input" and name:
            self._read_input(form, name, given)

    def _read_input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind == "file":
            form.files.add(name)
        elif kind in {"checkbox", "radio"}:
            form.boxes.setdefault(name, []).append(value or "on")
            if "checked" in given and "disabled" not in given:
                form.fields[name] = value or "on"
        elif kind != "submit":
            form.fields[name] = value

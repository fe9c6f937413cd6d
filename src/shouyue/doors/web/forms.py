"""Forms: the fields a page declares, and a proof that the page sent them.

A field that the form does not declare is refused, not dropped in silence: nothing is collected
that was not asked for (clause 5.2).
"""

from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from starlette.datastructures import Headers

from shouyue.doors.web.errors import Fault, Forged, FormFaulty
from shouyue.doors.web.visits import Act, Person, Sent, Site
from shouyue.people.alarms import fields
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

TOKEN = "csrf"  # noqa: S105 - the field's name


class Form(BaseModel):
    """The declared fields of one form. Lists take repeated fields, `Upload` takes a file."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, arbitrary_types_allowed=True
    )


class Button(Form):
    """A button alone: the page's proof, and no field."""


F = TypeVar("F", bound=Form)


@control(Clause.C2_0, says="A field that no form declares is noticed.")
def read(act: Act, form: type[F]) -> F:
    """Return the form as declared; raises FormFaulty, on which the page is shown again.

    A field that the form does not declare is not taken, and raises an alarm that names door, form
    and field.
    """
    strange = {*act.sent.fields, *act.sent.files} - form.model_fields.keys() - {TOKEN}
    fields.notice(act.site.notes.note, f"{act.door.name}.{form.__name__}", strange)
    return parse(act.sent, form)


@control(Clause.C5_2, says="A form refuses any field that it does not declare.")
def parse(sent: Sent, form: type[F]) -> F:
    """Return the sent fields as `form`; raises FormFaulty with one fault for each field."""
    given: dict[str, Any] = dict(sent.files)
    for name, values in sent.fields.items():
        if name == TOKEN:
            continue
        declared = form.model_fields.get(name)
        if declared and get_origin(declared.annotation) in (list, tuple, set, frozenset):
            given[name] = list(values)
        elif not declared or values[-1].strip():
            given[name] = values[-1]  # left empty is left out: a default, or a fault
    try:
        return form.model_validate(given)
    except ValidationError as wrong:
        raise FormFaulty(_faults(wrong)) from None  # the cause holds the values


def wrong(zh: str, en: str) -> PydanticCustomError:
    """Return the error that a form's own validator raises, in both languages."""
    return PydanticCustomError("said", "{en}", {"zh": zh, "en": en})


def faulty(field: str, zh: str, en: str) -> FormFaulty:
    """Return the refusal for one field that only the page, not the form, can judge."""
    return FormFaulty({field: Fault(zh, en)})


def check_origin(site: Site, headers: Headers, person: Person | None, sent: Sent) -> None:
    """Return when a page of this site sent the form; raise Forged otherwise.

    Fetch metadata first, `Origin` where a browser has none of it, silence is a no. Who is signed
    in must send the session's own word as well.
    """
    fetch = headers.get("sec-fetch-site")
    ours = fetch == "same-origin" if fetch else headers.get("origin") == site.origin
    if not ours:
        raise Forged
    # Plain comparison: to time it, one would already need the person's cookie.
    if person is not None and person.csrf != sent.fields.get(TOKEN, ("",))[-1]:
        raise Forged


_SAID = {
    "missing": ("请填写这一项。", "Please fill this in."),
    "string_too_short": ("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": ("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("格式不正确。", "The format is not right."),
    "enum": ("请从选项中选择。", "Please choose one of the options."),
    "literal_error": ("请从选项中选择。", "Please choose one of the options."),
    "int_parsing": ("请填写整数。", "Please enter a whole number."),
    "greater_than_equal": ("不能小于 {ge}。", "No less than {ge}."),
    "less_than_equal": ("不能大于 {le}。", "No more than {le}."),
    "greater_than": ("必须大于 {gt}。", "More than {gt}."),
    "less_than": ("必须小于 {lt}。", "Less than {lt}."),
    "date_from_datetime_parsing": (
        "请按 2026-01-31 的格式填写。",
        "Please write it as 2026-01-31.",
    ),
    "too_short": ("至少选择 {min_length} 项。", "Choose at least {min_length}."),
    "too_long": ("最多选择 {max_length} 项。", "Choose at most {max_length}."),
    "extra_forbidden": (
        "本页没有要求填写“{field}”，因此没有收下。",
        "This page did not ask for “{field}”, so it was not taken.",
    ),
    "said": ("{zh}", "{en}"),
}
_OTHERWISE = ("请检查这一项。", "Please check this.")


def _faults(wrong: ValidationError) -> dict[str, Fault]:
    faults: dict[str, Fault] = {}
    for error in wrong.errors(include_url=False, include_input=False):
        # What nobody asked for has no place in the page: it belongs to the form as a whole.
        name = "" if error["type"] == "extra_forbidden" else str((*error["loc"], "")[0])
        faults.setdefault(name, _fault(error))
    return faults


def _fault(error: ErrorDetails) -> Fault:
    zh, en = _SAID.get(error["type"], _OTHERWISE)
    facts = {**error.get("ctx", {}), "field": str((*error["loc"], "")[0])[:40]}
    if error["type"] == "is_instance_of":
        zh, en = _SAID["missing"]
    return Fault(zh.format(**facts), en.format(**facts))

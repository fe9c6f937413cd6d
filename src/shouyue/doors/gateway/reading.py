"""Query, form and multipart as one set of parameters (protocol, 7.4.2).

Every value is decoded once and kept as received: the signature is over exactly these.
"""

from collections.abc import Callable, Mapping

from python_multipart.multipart import parse_options_header

from shouyue.doors.gateway.errors import GivenTwice, Malformed, NotAForm, TooLarge
from shouyue.doors.gateway.types import Call, Received, Upload
from shouyue.doors.wire import forms, parts
from shouyue.doors.wire.parts import Multipart
from shouyue.doors.wire.types import File
from shouyue.ground.spools.service import Kept
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

FILE_PART = "imgBytes"
_MOST_FIELDS = 64
_FORM = frozenset({"", "application/x-www-form-urlencoded"})
_Pairs = list[tuple[str, str]]


@control(Clause.C5_1_1, says="A file on its way through lies on the disk sealed and nameless.")
def taker(headers: Mapping[str, str], make: Callable[[], File]) -> Multipart | None:
    """Return what takes a body of these headers as it comes; its file goes where `make` says."""
    if headers.get("content-type", "") in _FORM:
        return None
    return parts.multipart(headers, _MOST_FIELDS, FILE_PART, make)


def read(call: Call) -> Received:
    """Return the merged parameters.

    Raises Malformed, GivenTwice for two unequal values, or NotAForm where all that came is a body
    of another type, as JSON.
    """
    pairs = _pairs(call.query)
    said = call.headers.get("content-type", "")
    if said in _FORM:
        return Received(_merged(pairs + _pairs(call.body) if call.body else pairs))
    form = call.taker
    if form is None and (form := taker(call.headers, Kept)) is not None:
        form.take(call.body)
    if isinstance(form, Multipart):
        return _of_parts(pairs, form)
    if parse_options_header(said)[0].decode("latin-1") in _FORM:
        pairs += _pairs(call.body)
    elif call.body and not pairs:
        raise NotAForm
    return Received(_merged(pairs))


def _of_parts(pairs: _Pairs, form: Multipart) -> Received:
    try:
        form.end()
        pairs += [(name, content.decode()) for name, content in form.texts]
    except OverflowError:
        raise TooLarge(limit=parts.TEXT) from None
    except ValueError:
        raise Malformed from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise Malformed
    upload = None if form.file is None else Upload(form.file, form.media_type)
    return Received(_merged(pairs), upload)


def _pairs(octets: bytes) -> _Pairs:
    try:
        return forms.read(octets, _MOST_FIELDS) if octets else []
    except ValueError:
        raise Malformed from None


def _merged(pairs: _Pairs) -> dict[str, str]:
    found = dict(pairs)
    # Two values for one name could be signed as one and used as the other.
    for name, value in pairs if len(found) != len(pairs) else ():
        if found[name] != value:
            raise GivenTwice(name=name[:40])
    return found

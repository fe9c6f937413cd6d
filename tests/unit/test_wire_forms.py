"""A query or form is read once, and exactly as the standard library reads its escapes."""

from urllib.parse import unquote_to_bytes, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shouyue.doors.wire import forms

MOST = 64
PIECES = st.sampled_from(
    ["%", "%%", "%2", "%2C", "%zz", "%E5%AE%88", "=", "+", "\r", "\n", "a", "约"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
@example("_0%\r_%C%")  # read as quoted-printable, a soft break hides what is no escape
@example("%%00"[:3])
def test_escapes_are_read_as_the_standard_library_reads_them(text: str) -> None:
    wanted = unquote_to_bytes(text.replace("+", " "))
    try:
        told = wanted.decode()
    except UnicodeDecodeError:
        with pytest.raises(ValueError, match="utf-8"):
            forms.plain(text)
    else:
        assert forms.plain(text) == told


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_what_was_encoded_comes_back(pairs: list[tuple[str, str]]) -> None:
    try:
        octets = urlencode(pairs).encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair is no text
    if b"%00" in octets:
        with pytest.raises(ValueError, match="NUL"):
            forms.read(octets, MOST)
    else:
        assert forms.read(octets, MOST) == pairs


def test_a_field_without_a_value_is_empty_and_an_empty_one_is_none() -> None:
    assert forms.read(b"a&&b=&=c", MOST) == [("a", ""), ("b", ""), ("", "c")]


@pytest.mark.parametrize("octets", [b"a=1\0", b"a=%00", b"%00=1", b"a=%%00", b"&" * 64, b"a=\xff"])
def test_what_cannot_be_a_form_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match=r"NUL|utf-8"):
        forms.read(octets, MOST)

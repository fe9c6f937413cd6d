"""What both clients of the protocol sign, we accept, whatever it says; and nothing else.

The signers are written after the two real clients (protocol, 7.1): npm `kuaishou-merchant-open-api`
over axios, and PyPI `kwaixiaodian` over httpx. They differ in how they spell JSON and in how they
escape a value on its way.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shouyue.doors.gateway import reading
from shouyue.doors.gateway.types import Call
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.requests import SIGNED, SignMethod, Verifier

SECRET = "8f2c6c1f0d3b4a59"
FORM = {"content-type": "application/x-www-form-urlencoded"}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
VALUE = st.recursive(
    TEXT | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
PARAM = st.dictionaries(TEXT, VALUE, max_size=4)
METHODS = st.sampled_from(list(SignMethod))


def _mark(text: str, method: SignMethod) -> str:
    whole = f"{text}&signSecret={SECRET}".encode()
    if method is SignMethod.MD5:
        return hashlib.md5(whole).hexdigest()  # noqa: S324 - the protocol's
    return base64.b64encode(hmac.new(SECRET.encode(), whole, hashlib.sha256).digest()).decode()


def _system(param: str, method: SignMethod) -> dict[str, str]:
    return {
        "appkey": "ks700000000000000001",
        "access_token": "ChFvYXV0aC5hY2Nlc3NUb2tlbg+/=",
        "method": "open.item.get",
        "version": "1",
        "timestamp": "1795399200000",
        "signMethod": method.value,
        "param": param,
    }


def npm(param: Mapping[str, Any], method: SignMethod) -> Call:
    """JSON as JSON.stringify spells it; a GET whose query axios escapes."""
    text = json.dumps(param, ensure_ascii=False, separators=(",", ":"))
    sent = _system(text, method)
    keys = sorted(sent)
    sent["sign"] = _mark("&".join(f"{key}={sent[key]}" for key in keys), method)
    query = "&".join(f"{key}={_axios(value)}" for key, value in sent.items())
    return Call("GET", "/open/item/get", query.encode())


def _axios(value: str) -> str:
    """As `encodeURIComponent` does, with some characters put back (axios 0.27, buildURL)."""
    escaped = quote(value, safe="-_.!~*'()")
    for code, plain in (("%3A", ":"), ("%24", "$"), ("%2C", ","), ("%20", "+")):
        escaped = escaped.replace(code, plain)
    return escaped.replace("%5B", "[").replace("%5D", "]")


def pypi(param: Mapping[str, Any], method: SignMethod) -> Call:
    """JSON as json.dumps spells it; a POST form; `param` left out where there is none."""
    sent = _system(json.dumps(param), method)
    if not param:
        del sent["param"]
    whole = "&".join(f"{key}={value}" for key, value in sorted(sent.items()))
    return Call(
        "POST",
        "/open/open/item/get",
        b"",
        FORM,
        urlencode({**sent, "sign": _mark(whole, method)}).encode(),
    )


@pytest.mark.parametrize("client", [npm, pypi])
@given(param=PARAM, method=METHODS)
def test_what_a_client_signs_is_accepted_and_read_as_it_was_meant(
    client: Any, param: dict[str, Any], method: SignMethod
) -> None:
    params = reading.read(client(param, method)).params
    Verifier(SECRET).verify(method, params, params["sign"])
    assert json.loads(params.get("param", "{}")) == param


@pytest.mark.parametrize("client", [npm, pypi])
@given(param=PARAM, method=METHODS, name=st.sampled_from(SIGNED), other=TEXT)
def test_what_was_changed_after_it_was_signed_is_not_accepted(
    client: Any, param: dict[str, Any], method: SignMethod, name: str, other: str
) -> None:
    params = dict(reading.read(client(param, method)).params)
    assume(params.get(name) != other)
    with pytest.raises(NotAuthentic):
        Verifier(SECRET).verify(method, {**params, name: other}, params["sign"])


@given(method=METHODS, name=st.sampled_from(["nonce", "param", "version"]))
def test_a_value_cannot_be_moved_into_its_neighbour(method: SignMethod, name: str) -> None:
    """The signed text would be the same; what is missing then, or odd, stops the call (7.4)."""
    params = {**_system('{"a":1}', method), "nonce": "n-12345678"}
    whole = dict(sorted(params.items()))
    names = list(whole)
    before = names[names.index(name) - 1]
    moved = {**whole, before: f"{whole[before]}&{name}={whole[name]}"}
    del moved[name]
    sign = _mark("&".join(f"{key}={value}" for key, value in whole.items()), method)
    Verifier(SECRET).verify(method, moved, sign)
    assert before in {"method", "nonce", "timestamp"}  # none of which may hold an `&`

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.hazmat import messages, requests
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.requests import SignMethod

PARAMS = {
    "method": "open.order.detail",
    "appkey": "ks0001",
    "version": "1",
    "param": '{"oid": 1, "名":"/"}',
    "timestamp": "1700000000000",
    "signMethod": "MD5",
    "access_token": "token",
}
BASE = (
    'access_token=token&appkey=ks0001&method=open.order.detail&param={"oid": 1, "名":"/"}'
    "&signMethod=MD5&timestamp=1700000000000&version=1&signSecret=secret"
)


def test_the_signed_string_is_raw_ordered_and_ends_in_the_secret() -> None:
    assert requests.base_string(PARAMS, "secret") == BASE


def test_other_parameters_are_not_under_the_signature() -> None:
    assert requests.base_string({**PARAMS, "sign": "x", "imgBytes": "y"}, "secret") == BASE


def test_an_absent_parameter_leaves_no_trace_and_an_empty_one_does() -> None:
    assert requests.base_string({"param": ""}, "s") == "param=&signSecret=s"
    assert requests.base_string({}, "s") == "signSecret=s"


def test_md5_is_lower_case_hex() -> None:
    digest = hashlib.md5(BASE.encode(), usedforsecurity=False).hexdigest()
    assert requests.sign(SignMethod.MD5, PARAMS, "secret") == digest


def test_md5_in_upper_case_is_taken() -> None:
    signed = requests.sign(SignMethod.MD5, PARAMS, "secret")
    requests.Verifier("secret").verify(SignMethod.MD5, PARAMS, signed.upper())


def test_hmac_is_padded_standard_base64() -> None:
    signed = requests.sign(SignMethod.HMAC_SHA256, PARAMS, "secret")
    assert len(base64.b64decode(signed, validate=True)) == 32
    requests.Verifier("secret").verify(SignMethod.HMAC_SHA256, PARAMS, signed)
    with pytest.raises(NotAuthentic):
        requests.Verifier("secret").verify(SignMethod.HMAC_SHA256, PARAMS, signed.swapcase())


@pytest.mark.parametrize("method", list(SignMethod))
@pytest.mark.parametrize("key", requests.SIGNED)
def test_a_change_to_any_signed_parameter_is_refused(method: SignMethod, key: str) -> None:
    whole = {**PARAMS, "nonce": "n-12345678"}
    signed = requests.sign(method, whole, "secret")
    with pytest.raises(NotAuthentic):
        requests.Verifier("secret").verify(method, {**whole, key: whole[key] + " "}, signed)


@pytest.mark.parametrize("method", list(SignMethod))
def test_a_signature_under_another_secret_is_refused(method: SignMethod) -> None:
    with pytest.raises(NotAuthentic):
        requests.Verifier("secret").verify(method, PARAMS, requests.sign(method, PARAMS, "other"))


def test_a_signature_of_odd_characters_is_refused() -> None:
    with pytest.raises(NotAuthentic):
        requests.Verifier("secret").verify(SignMethod.MD5, PARAMS, "签\ud800")


@given(st.binary(max_size=200), st.sampled_from([16, 24, 32]))
def test_a_push_reads_as_it_was_written(body: bytes, size: int) -> None:
    key = bytes(range(size))
    assert messages.decrypt(key, messages.encrypt(key, body)) == body


def test_a_push_is_aes_cbc_with_an_iv_of_zeros() -> None:
    # NIST SP 800-38A, F.2.1: with this key the first block below gives the ciphertext below when
    # the IV has been added to the plain text beforehand, as ours is zero.
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    block = int.from_bytes(bytes.fromhex("6bc1bee22e409f96e93d7e117393172a"), "big")
    iv = int.from_bytes(bytes(range(16)), "big")
    text = messages.encrypt(key, (block ^ iv).to_bytes(16, "big"))
    assert base64.b64decode(text)[:16].hex() == "7649abac8119b246cee98e9b12e9197d"


@pytest.mark.parametrize(
    "text", ["", "not base64!", "AAAA", "签", base64.b64encode(bytes(16)).decode()]
)
def test_a_push_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(NotAuthentic):
        messages.decrypt(bytes(16), text)

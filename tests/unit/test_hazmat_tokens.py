from collections import Counter
from datetime import UTC, datetime

import pytest

from shouyue.ground.hazmat import otp, passwords, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from tests.house import SeededDice

# RFC 6238, appendix B: SHA-1 with the ASCII secret 12345678901234567890, last six digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_token_is_43_characters_safe_in_an_address() -> None:
    token = tokens.mint(SeededDice())
    assert len(token) == 43
    assert token.replace("-", "").replace("_", "").isalnum()


def test_a_fingerprint_is_the_digest_of_the_token() -> None:
    # FIPS 180-4 example: SHA-256 of "abc".
    assert tokens.fingerprint("abc").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_digits_come_out_equally_often() -> None:
    counts = Counter(tokens.digits(SeededDice(), 20_000))
    assert set(counts) == set("0123456789")
    assert max(counts.values()) - min(counts.values()) < 300


def test_digits_throw_away_bytes_that_would_favour_some() -> None:
    rolls = iter([bytes([250, 255, 7]), bytes([19, 8, 9])])
    assert tokens.digits(lambda _: next(rolls), 3) == "798"


def test_text_and_its_bytes_are_the_same() -> None:
    assert tokens.same("守约", "守约".encode())
    assert not tokens.same("守约", "守")


@pytest.mark.parametrize(("at", "code"), CODES.items())
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert otp.code_at(SECRET, moment(at)) == code


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_code_one_step_away_is_taken(drift: int) -> None:
    code = otp.code_at(SECRET, moment(1111111109 + drift))
    assert otp.check_code(SECRET, code, moment(1111111109), 0) == (1111111109 + drift) // 30


def test_a_code_two_steps_away_is_refused() -> None:
    with pytest.raises(NotAuthentic):
        otp.check_code(SECRET, otp.code_at(SECRET, moment(0)), moment(60), -1)


def test_a_code_is_not_taken_twice() -> None:
    used = otp.check_code(SECRET, CODES[59], moment(59), 0)
    with pytest.raises(NotAuthentic):
        otp.check_code(SECRET, CODES[59], moment(59), used)


def test_an_enrolment_address_names_issuer_and_account() -> None:
    uri = otp.provisioning_uri(otp.new_secret(SeededDice()), "staff-1", "Shouyue")
    assert uri.startswith("otpauth://totp/Shouyue:staff-1?secret=")


def test_a_password_fits_its_hash_and_no_other() -> None:
    hashed = passwords.hash_password("correct horse")
    passwords.check_password(hashed, "correct horse")
    with pytest.raises(NotAuthentic):
        passwords.check_password(hashed, "wrong horse")


def test_a_hash_that_is_none_fits_nothing() -> None:
    with pytest.raises(NotAuthentic):
        passwords.check_password("", "correct horse")

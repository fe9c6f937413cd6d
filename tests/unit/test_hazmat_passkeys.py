import base64
import hashlib
import json
from dataclasses import replace

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from shouyue.ground.hazmat import passkeys
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.passkeys import Party, Passkey
from tests.house import SeededDice

PARTY = Party("console.example.com", "Shouyue", "https://console.example.com")
CHALLENGE = passkeys.new_challenge(SeededDice())
VERIFIED, PRESENT, NEW_KEY = 0x04, 0x01, 0x40


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class SoftAuthenticator:
    """A key in memory that answers as a browser would (Web Authentication, 6.1 and 6.5)."""

    def __init__(self, *, verified: bool = True) -> None:
        self.id = b"key-1"
        self.uses = 0
        self._key = ec.derive_private_key(7, ec.SECP256R1())
        self._flags = PRESENT | (VERIFIED if verified else 0)

    def create(self, challenge: bytes, origin: str = PARTY.origin) -> str:
        point = self._key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        attested = self._told(NEW_KEY) + made
        stated = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": attested})
        client = self._client("webauthn.create", challenge, origin)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(stated)})

    def get(self, challenge: bytes, origin: str = PARTY.origin) -> str:
        self.uses += 1
        told, client = self._told(), self._client("webauthn.get", challenge, origin)
        message = told + hashlib.sha256(client).digest()
        signature = self._key.sign(message, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(told),
                "signature": b64(signature),
            }
        )

    def _told(self, flags: int = 0) -> bytes:
        host = hashlib.sha256(PARTY.id.encode()).digest()
        return host + bytes([self._flags | flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, challenge: bytes, origin: str) -> bytes:
        told = {"type": kind, "challenge": b64(challenge), "origin": origin}
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = b64(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


@pytest.fixture
def soft() -> SoftAuthenticator:
    return SoftAuthenticator()


@pytest.fixture
def passkey(soft: SoftAuthenticator) -> Passkey:
    return passkeys.verify_registration(PARTY, soft.create(CHALLENGE), CHALLENGE)


def test_a_registered_key_logs_in(soft: SoftAuthenticator, passkey: Passkey) -> None:
    assert (passkey.id, passkey.uses) == (b"key-1", 0)
    assert passkeys.verify_authentication(PARTY, soft.get(CHALLENGE), CHALLENGE, passkey) == 1


def test_options_ask_for_a_verified_user_and_name_known_keys() -> None:
    made = json.loads(
        passkeys.registration_options(PARTY, "staff-1", "staff-1", CHALLENGE, [b"key-1"])
    )
    asked = json.loads(passkeys.authentication_options(PARTY, CHALLENGE, [b"key-1"]))
    assert made["challenge"] == asked["challenge"] == b64(CHALLENGE)
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert asked["userVerification"] == "required"
    assert made["excludeCredentials"][0]["id"] == asked["allowCredentials"][0]["id"]


def test_an_answer_to_another_challenge_is_refused(
    soft: SoftAuthenticator, passkey: Passkey
) -> None:
    other = bytes(32)
    with pytest.raises(NotAuthentic):
        passkeys.verify_registration(PARTY, soft.create(other), CHALLENGE)
    with pytest.raises(NotAuthentic):
        passkeys.verify_authentication(PARTY, soft.get(other), CHALLENGE, passkey)


def test_an_answer_given_to_another_site_is_refused(
    soft: SoftAuthenticator, passkey: Passkey
) -> None:
    bait = "https://console.example.org"
    with pytest.raises(NotAuthentic):
        passkeys.verify_registration(PARTY, soft.create(CHALLENGE, bait), CHALLENGE)
    with pytest.raises(NotAuthentic):
        passkeys.verify_authentication(PARTY, soft.get(CHALLENGE, bait), CHALLENGE, passkey)


def test_a_key_that_did_not_verify_its_user_is_refused(passkey: Passkey) -> None:
    lazy = SoftAuthenticator(verified=False)
    with pytest.raises(NotAuthentic):
        passkeys.verify_registration(PARTY, lazy.create(CHALLENGE), CHALLENGE)
    with pytest.raises(NotAuthentic):
        passkeys.verify_authentication(PARTY, lazy.get(CHALLENGE), CHALLENGE, passkey)


def test_a_count_that_does_not_grow_tells_of_a_copy(
    soft: SoftAuthenticator, passkey: Passkey
) -> None:
    with pytest.raises(NotAuthentic):
        passkeys.verify_authentication(
            PARTY, soft.get(CHALLENGE), CHALLENGE, replace(passkey, uses=9)
        )


def test_the_answer_of_another_key_is_refused(soft: SoftAuthenticator, passkey: Passkey) -> None:
    with pytest.raises(NotAuthentic):
        passkeys.verify_authentication(
            PARTY, soft.get(CHALLENGE), CHALLENGE, replace(passkey, id=b"key-2")
        )


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"id": 1}', "null"])
def test_an_answer_out_of_form_is_refused(answer: str, passkey: Passkey) -> None:
    with pytest.raises(NotAuthentic):
        passkeys.verify_registration(PARTY, answer, CHALLENGE)
    with pytest.raises(NotAuthentic):
        passkeys.verify_authentication(PARTY, answer, CHALLENGE, passkey)

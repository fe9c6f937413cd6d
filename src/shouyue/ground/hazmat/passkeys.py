"""Passkeys of staff (W3C Web Authentication, level 2), checked by py_webauthn.

Pure: the caller keeps the challenge between the two halves, uses it once, and stores the key.
The authenticator must have verified its user, by a PIN or a finger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import webauthn
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.types import Dice

_CHALLENGE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks: the host name (`id`), what people read, and the origin `https://host[:port]`."""

    id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is stored of a key: its id, its public half (COSE), and how often it was used."""

    id: bytes
    public_key: bytes
    uses: int


def new_challenge(dice: Dice) -> bytes:
    """Return a challenge to be answered once."""
    return dice(_CHALLENGE_BYTES)


def registration_options(
    party: Party, user_id: str, label: str, challenge: bytes, known: Sequence[bytes] = ()
) -> str:
    """Return the JSON for `navigator.credentials.create`; keys in `known` are not made again.

    `label` is shown by the authenticator and stays there: a staff id, never a name.
    """
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_id.encode(),
        user_name=label,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return webauthn.options_to_json(options)


def verify_registration(party: Party, answer: str, challenge: bytes) -> Passkey:
    """Return the new key from the browser's JSON answer, or raise NotAuthentic."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - hostile bytes break its parsers in many ways; one answer
        raise NotAuthentic from None
    return Passkey(made.credential_id, made.credential_public_key, made.sign_count)


def authentication_options(party: Party, challenge: bytes, known: Sequence[bytes] = ()) -> str:
    """Return the JSON for `navigator.credentials.get`; with none `known`, any key may answer."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def verify_authentication(party: Party, answer: str, challenge: bytes, passkey: Passkey) -> int:
    """Return the new count of uses to store, or raise NotAuthentic.

    A count that does not grow, where the authenticator keeps one, tells of a copied key.
    """
    try:
        used = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.uses,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - hostile bytes break its parsers in many ways; one answer
        raise NotAuthentic from None
    if used.credential_id != passkey.id:
        raise NotAuthentic
    return used.new_sign_count


def _described(known: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one) for one in known]

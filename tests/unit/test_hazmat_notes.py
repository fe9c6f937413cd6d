import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from shouyue.ground.hazmat import notes
from shouyue.ground.hazmat.errors import NotAuthentic
from tests.witness import Watching

# The worked example in the documentation of golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NEUMANN_NOTE = (
    NEUMANN_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2"
    "pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "example.com/log"
VERIFIER = notes.verifier_key(SIGNER, ORIGIN)
ROOT = bytes(range(32))


def test_a_note_reads_and_is_written_as_the_reference_does() -> None:
    signer = Ed25519PrivateKey.from_private_bytes(NEUMANN_SEED)
    assert notes.verifier_key(signer, "PeterNeumann") == NEUMANN
    assert notes.sign_note(signer, "PeterNeumann", NEUMANN_TEXT) == NEUMANN_NOTE
    assert notes.open_note(NEUMANN_NOTE, NEUMANN) == NEUMANN_TEXT


def test_a_checkpoint_is_origin_size_and_root() -> None:
    note = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT)
    assert note.startswith(f"{ORIGIN}\n7\n{base64.b64encode(ROOT).decode()}\n\n— {ORIGIN} ")
    assert notes.verify_checkpoint(note, VERIFIER) == notes.Checkpoint(ORIGIN, 7, ROOT)


def test_a_line_of_a_stranger_is_passed_over() -> None:
    note = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT)
    stranger = NEUMANN_NOTE.split("\n\n")[1]
    assert notes.verify_checkpoint(note + stranger, VERIFIER).size == 7


def test_no_byte_of_a_checkpoint_can_change() -> None:
    whole = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT).encode()
    for at in range(len(whole)):
        text = (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]).decode(errors="replace")
        with pytest.raises(NotAuthentic):
            notes.verify_checkpoint(text, VERIFIER)


@pytest.mark.parametrize(
    "text",
    [
        f"other.example/log\n7\n{base64.b64encode(ROOT).decode()}\n",
        f"{ORIGIN}\n07\n{base64.b64encode(ROOT).decode()}\n",
        f"{ORIGIN}\n7\nAAAA\n",
        f"{ORIGIN}\n7\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_of_this_log_is_refused(text: str) -> None:
    with pytest.raises(NotAuthentic):
        notes.verify_checkpoint(notes.sign_note(SIGNER, ORIGIN, text), VERIFIER)


@pytest.mark.parametrize("verifier", ["", "a+b", VERIFIER[:-4], VERIFIER.replace("com", "org")])
def test_a_key_out_of_form_verifies_nothing(verifier: str) -> None:
    with pytest.raises(NotAuthentic):
        notes.verify_checkpoint(notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT), verifier)


def test_a_name_with_a_space_cannot_sign() -> None:
    with pytest.raises(ValueError, match="two words"):
        notes.sign_note(SIGNER, "two words", "text\n")


Kind = Callable[[bytes], Ed25519PrivateKey | MLDSA44PrivateKey]
ED25519: Kind = Ed25519PrivateKey.from_private_bytes
KINDS: list[Kind] = [ED25519, MLDSA44PrivateKey.from_seed_bytes]
both = pytest.mark.parametrize("kind", KINDS, ids=["ed25519", "ml-dsa-44"])
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def cosigner(name: str = "witness.example/w1", seed: int = 7, kind: Kind = ED25519) -> Watching:
    return Watching(name, lambda: AT, VERIFIER, signer=kind(bytes([seed]) * 32))


@both
def test_a_witness_signs_text_and_time(kind: Kind) -> None:
    note = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT)
    by = cosigner(kind=kind)
    line = by.cosign(note)
    stranger = NEUMANN_NOTE.split("\n\n")[1]
    assert notes.cosigned_line(note, stranger + line, by.key) == (line, AT)
    assert notes.cosigned(note + line, [by.key]) == [AT]
    assert notes.verify_checkpoint(note + line, VERIFIER).size == 7
    assert notes.cosigner(by.key) == by.name


@both
def test_no_byte_of_what_a_witness_signed_can_change(kind: Kind) -> None:
    by = cosigner(kind=kind)
    note = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT)
    whole = (note + by.cosign(note)).encode()
    for at in range(len(note.encode()), len(whole)):
        text = (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]).decode(errors="replace")
        with pytest.raises(NotAuthentic):
            notes.cosigned(text, [by.key])


def test_lines_and_witnesses_go_together_in_order_each_once() -> None:
    one, two = cosigner(), cosigner("witness.example/w2", 8, KINDS[1])
    note = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT)
    lines = note + one.cosign(note) + two.cosign(note)
    assert notes.cosigned(lines, [one.key, two.key]) == [AT, AT]
    twice = note + one.cosign(note) * 2
    for text, keys in (
        (lines, [two.key, one.key]),
        (lines, [one.key]),
        (note, [one.key]),
        (twice, [one.key, one.key]),
    ):
        with pytest.raises(NotAuthentic):
            notes.cosigned(text, keys)


@pytest.mark.parametrize("key", ["", NEUMANN, VERIFIER, "w+00000000+BAAA"])
def test_what_is_no_key_of_a_witness_names_none(key: str) -> None:
    with pytest.raises(NotAuthentic):
        notes.cosigner(key)


def test_a_time_beyond_all_years_is_no_time() -> None:
    by = cosigner()
    by.skew = 1e15
    note = notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT)
    with pytest.raises(NotAuthentic):
        notes.cosigned_line(note, by.cosign(note), by.key)


def test_a_witness_under_ml_dsa_vouches_for_name_size_and_root() -> None:
    by = cosigner(kind=KINDS[1])
    line = by.cosign(notes.sign_checkpoint(SIGNER, ORIGIN, 7, ROOT))
    for other in (
        notes.sign_checkpoint(SIGNER, ORIGIN, 8, ROOT),
        notes.sign_checkpoint(SIGNER, ORIGIN, 7, bytes(32)),
        notes.sign_checkpoint(SIGNER, "example.com/other", 7, ROOT),
    ):
        with pytest.raises(NotAuthentic):
            notes.cosigned_line(other, line, by.key)

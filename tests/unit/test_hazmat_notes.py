import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shouyue.ground.hazmat import notes
from shouyue.ground.hazmat.errors import NotAuthentic

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

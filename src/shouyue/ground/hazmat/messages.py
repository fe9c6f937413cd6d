"""The cipher of pushed messages, as the anchor's clients read it (protocol, section 3.1).

Base64 of AES-CBC with PKCS #7 padding and an IV of zeros. Possession of the key is the only
proof of origin that the form offers; it is used for nothing else.
"""

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from shouyue.ground.hazmat.errors import NotAuthentic

_BLOCK_BITS = 128
_NO_IV = bytes(16)


def encrypt(key: bytes, body: bytes) -> str:
    """Return the text of a push for a key of 16, 24 or 32 bytes."""
    padder = PKCS7(_BLOCK_BITS).padder()
    sealer = Cipher(algorithms.AES(key), modes.CBC(_NO_IV)).encryptor()
    padded = padder.update(body) + padder.finalize()
    return base64.b64encode(sealer.update(padded) + sealer.finalize()).decode()


def decrypt(key: bytes, text: str) -> bytes:
    """Return the body of a push, or raise NotAuthentic where form or padding do not fit."""
    opener = Cipher(algorithms.AES(key), modes.CBC(_NO_IV)).decryptor()
    padder = PKCS7(_BLOCK_BITS).unpadder()
    try:
        sealed = base64.b64decode(text, validate=True)
        padded = opener.update(sealed) + opener.finalize()
        return padder.update(padded) + padder.finalize()
    except (binascii.Error, ValueError):
        raise NotAuthentic from None

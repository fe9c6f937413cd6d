"""AES-128 in CBC mode, decryption alone, from the text of FIPS 197: a second opinion for tests."""


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _substitution() -> list[int]:
    box = [0x63] * 256
    for value in range(1, 256):
        inverse = next(other for other in range(1, 256) if _times(value, other) == 1)
        turned = inverse
        for _ in range(4):
            inverse = ((inverse << 1) | (inverse >> 7)) & 0xFF
            turned ^= inverse
        box[value] = turned ^ 0x63
    return box


_BOX = _substitution()
_BACK = [_BOX.index(value) for value in range(256)]
_ROUNDS = 10


def _round_keys(key: bytes) -> list[list[int]]:
    words, round_ = [list(key[at : at + 4]) for at in range(0, 16, 4)], 1
    while len(words) < 4 * (_ROUNDS + 1):
        word = list(words[-1])
        if len(words) % 4 == 0:
            word = [_BOX[value] for value in (*word[1:], word[0])]
            word[0] ^= round_
            round_ = _times(round_, 2)
        words.append([a ^ b for a, b in zip(words[-4], word, strict=True)])
    return [
        [value for word in words[at : at + 4] for value in word] for at in range(0, len(words), 4)
    ]


def _block(keys: list[list[int]], block: bytes) -> list[int]:
    state = [a ^ b for a, b in zip(block, keys[_ROUNDS], strict=True)]
    for number in range(_ROUNDS - 1, -1, -1):
        shifted = [state[(4 * (at // 4 - at % 4) + at % 4) % 16] for at in range(16)]
        state = [_BACK[value] ^ key for value, key in zip(shifted, keys[number], strict=True)]
        if number:
            state = [_mixed(state, at) for at in range(16)]
    return state


def _mixed(state: list[int], at: int) -> int:
    column, row = at // 4 * 4, at % 4
    found = 0
    for factor, other in zip((14, 11, 13, 9), range(row, row + 4), strict=True):
        found ^= _times(state[column + other % 4], factor)
    return found


def decrypt_cbc(key: bytes, sealed: bytes) -> bytes:
    """Decrypt with an IV of zeros and strip the padding of PKCS #7."""
    keys, before, plain = _round_keys(key), bytes(16), bytearray()
    for at in range(0, len(sealed), 16):
        block = sealed[at : at + 16]
        plain += bytes(a ^ b for a, b in zip(_block(keys, block), before, strict=True))
        before = block
    return bytes(plain[: -plain[-1]])

"""Why cryptography said no. Opaque on purpose: one answer for every cause."""

from shouyue.ground.kit.errors import Refusal


class NotAuthentic(Refusal):
    """A seal, a signature or a token does not fit. The cause is never told."""

    code = "hazmat.not-authentic"
    zh = "校验未通过。"
    en = "The check did not pass."


class KeyUnavailable(Refusal):
    """The root key cannot be used: absent, locked or of an unknown version."""

    code = "hazmat.key-unavailable"
    zh = "密钥暂不可用，请稍后再试。"
    en = "The key is not available now. Try again later."

"""Why there is no answer: not a refusal, for whoever asked decides what its caller is told.

And why there is no server, which is one.
"""

from shouyue.ground.kit.errors import Refusal


class TlsUnusable(Refusal):
    """Certificate and key cannot be read, or do not belong together."""

    code = "wire.tls-unusable"
    zh = "TLS 证书或私钥无法使用：请检查文件、权限与口令。"
    en = "The TLS certificate or key cannot be used: check files, rights and passphrase."


class NoAnswer(Exception):  # noqa: N818 - it says what happened
    """The other side gave no whole answer in time.

    `sent` tells whether it may have acted, `begun` whether it is no use to ask at once again: an
    answer had begun, or the time was over.
    """

    def __init__(self, why: str, *, sent: bool, begun: bool = False) -> None:
        """`why` is a word for logs: connect, timeout, closed, garbled, too-large, busy."""
        super().__init__(why)
        self.why = why
        self.sent = sent
        self.begun = begun

"""Why there is no answer. Not refusals: whoever asked decides what its own caller is told."""


class NoAnswer(Exception):  # noqa: N818 - it says what happened
    """The other side gave no whole answer in time. `sent` tells whether it may have acted."""

    def __init__(self, why: str, *, sent: bool) -> None:
        """`why` is a word for logs: connect, timeout, closed, garbled, too-large, busy."""
        super().__init__(why)
        self.why = why
        self.sent = sent

"""Refusals: the expected noes of the house.

A refusal carries a permanent dotted code, a sentence for the person in Chinese and English,
and facts that are safe to show. Status codes are chosen at the door, never here.
"""

import errno
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An expected no. Subclass it in a room's `errors` with its own code and sentences."""

    code: ClassVar[str] = "kit.refused"
    zh: ClassVar[str] = "请求被拒绝。"
    en: ClassVar[str] = "The request was refused."

    trace: object | None
    """What a door writes down about this no once all that led to it is undone."""

    def __init__(self, **facts: str | int) -> None:
        """Take facts that the sentences may name; never a personal value."""
        super().__init__(self.code)
        self.facts = facts
        self.trace: object | None = None

    def say(self, lang: str) -> str:
        """Return the sentence in `zh` or `en`, with the facts filled in."""
        sentence = self.zh if lang == "zh" else self.en
        return sentence.format(**self.facts)


def named(error: BaseException) -> str:
    """Return an error's class and what the driver or the system calls its cause; no message.

    The message may quote a person's values. `OperationalError: SQLITE_FULL` tells whoever reads
    the log that the disk is full.
    """
    cause = getattr(error, "orig", None)  # of a database, as SQLAlchemy hands it on
    word = str(getattr(cause, "sqlite_errorname", type(cause).__name__ if cause else ""))
    if isinstance(error, OSError):
        word = errno.errorcode.get(error.errno or 0, "")
    name = type(error).__name__
    return f"{name}: {word}" if word not in ("", name) else name

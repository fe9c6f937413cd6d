"""Why the object store said no."""

from shouyue.ground.kit.errors import Refusal


class Met(Exception):  # noqa: N818 - a chance meeting, not an error
    """Two units of work met over one value; `Store.do` does the later one anew."""


class ObjectAbsent(Refusal):
    """There is no object of this name, or it has been deleted."""

    code = "store.object-absent"
    zh = "文件不存在或已被删除。"
    en = "The file does not exist or has been deleted."


class ObjectExists(Refusal):
    """An object of this name is there already; objects are never overwritten."""

    code = "store.object-exists"
    zh = "文件已存在。"
    en = "The file exists already."


class ObjectTooLarge(Refusal):
    """The content is larger than the store takes."""

    code = "store.object-too-large"
    zh = "文件过大，上限为 {cap} 字节。"
    en = "The file is too large; the limit is {cap} bytes."


class JournalUnavailable(Refusal):
    """The erasure journal cannot be written, so nothing is erased now."""

    code = "store.journal-unavailable"
    zh = "删除日志无法写入，本次操作未执行。请检查磁盘后重试。"
    en = "The erasure journal cannot be written, so nothing was done. Look at its disk, then retry."


class JournalBroken(Refusal):
    """A line of the erasure journal was changed."""

    code = "store.journal-broken"
    zh = "删除日志第 {line} 行被改动。请从另一份副本恢复删除日志文件夹。"
    en = "Line {line} of the erasure journal was changed. Bring its folder back from another copy."


class JournalShort(Refusal):
    """Lines of the erasure journal are missing."""

    code = "store.journal-short"
    zh = "删除日志缺失：现有 {lines} 行，至少应有 {known} 行。请恢复完整的删除日志文件夹后再试。"
    en = (
        "The erasure journal has {lines} lines and must have {known} at least. "
        "Bring its whole folder back, then try again."
    )

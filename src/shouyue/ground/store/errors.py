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

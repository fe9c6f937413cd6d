"""Refusals of the ledger."""

from shouyue.ground.kit.errors import Refusal


class NotOpaque(Refusal):
    """A fact may tell of a person or is out of form. `name` says which one, never its value."""

    code = "ledger.not-opaque"
    zh = "证据中只能写入编号、代码、摘要、时间和数字：{name}。"
    en = "Evidence may hold only ids, codes, digests, moments and numbers: {name}."


class NotYetIntegrated(Refusal):
    """The leaf is written down and waits for its place in the tree."""

    code = "ledger.not-yet-integrated"
    zh = "凭证正在生成，请稍后再试。"
    en = "The receipt is being made. Try again shortly."


class NoSuchLeaf(Refusal):
    """There is no leaf by this id, or no tree of this size."""

    code = "ledger.no-such-leaf"
    zh = "没有找到这条证据。"
    en = "There is no such evidence."

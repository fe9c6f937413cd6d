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


class Forked(Refusal):
    """A witness has signed another log than ours; nothing goes into line until a person decides."""

    code = "ledger.forked"
    zh = (
        "见证方 {witness} 签过的日志有 {theirs} 条，与我们的不一致：数据库被回退或分叉。"
        "核实后运行 shouyue ledger acknowledge。"
    )
    en = (
        "The witness {witness} has signed a log of {theirs} leaves that ours does not grow from: "
        "the database was put back, or there are two. Find out which, then run "
        "shouyue ledger acknowledge."
    )


class NoSuchLeaf(Refusal):
    """There is no leaf by this id, or no tree of this size."""

    code = "ledger.no-such-leaf"
    zh = "没有找到这条证据。"
    en = "There is no such evidence."

"""Reference pages of what is held and why: tables with their columns, statutes (2.0, 2.6.1.b)."""

import sqlalchemy as sa

from shouyue.assembly import declared
from shouyue.ground.store.columns import Holds, subject, told
from shouyue.privacy.policy import service as policy
from shouyue.privacy.statutes import service as laws
from tools.markdown import code, page, table

_KINDS = {
    Holds.ID: ("编号或引用", "an id, or a reference made of ids"),
    Holds.WORD: ("词汇代码", "a code of the house's or the operator's vocabulary"),
    Holds.FACTS: ("编号、代码与数字", "ids, codes and numbers together"),
    Holds.NUMBER: ("数字", "a number"),
    Holds.FLAG: ("是或否", "yes or no"),
    Holds.TIME: ("时间", "a moment"),
    Holds.DAY: ("日期", "a day"),
    Holds.DIGEST: ("摘要", "a digest"),
    Holds.SEALED: ("密文", "a ciphertext or a wrapped key"),
    Holds.PUBLIC: ("公开证明", "a hash of the log, a signature, a public key"),
    Holds.TEXT: ("平台文本", "the house's or the operator's own text"),
    Holds.ROW: ("该行所指信息项", "the item that the row names"),
}


def columns() -> str:
    """Return the page of tables, columns and what they hold."""
    lead = (
        "Every column says what it holds: an item of the policy, or a technical kind. The house "
        "does not open with a column that says nothing. 每一列都声明保存什么：隐私政策的信息项，"
        "或技术类别；有未声明的列时平台不启动。"
    )
    kinds = [(kind.value, *words) for kind, words in _KINDS.items()]
    rows = [row for one in declared.tables() for row in _rows(one)]
    return page(
        "Columns · 表与列",
        lead,
        table(("Kind", "中文", "English"), kinds),
        table(("Table", "Whose", "A row is", "Column", "Holds", "中文", "English"), rows),
    )


def statutes() -> str:
    """Return the page of statutes: what they bid us hold, and what they keep from erasure."""
    lead = (
        "The one list of statutes. A duty carries its items for its purposes and no other; what is "
        "kept is kept only where it was held by legal duty. 平台所依据的法律条文清单：义务只支持"
        "所列目的和信息项；只有依法定义务持有的信息才会被保留。"
    )
    bidden = [
        (
            code(one.id),
            one.name.zh,
            one.name.en,
            one.bids.zh,
            one.bids.en,
            " ".join(one.purposes),
            " ".join(one.items),
            str(one.until or ""),
        )
        for one in laws.duties().values()
    ]
    kept = [
        (
            code(one.id),
            one.name.zh,
            one.name.en,
            " ".join(sorted(one.items)),
            " ".join(sorted(one.earlier)),
            one.runs_from.value,
            str(one.months),
            str(one.until or ""),
        )
        for one in laws.keepings().values()
    ]
    law = ("Id", "法律", "Law")
    return page(
        "Statutes · 法律依据",
        lead,
        table((*law, "义务", "Duty", "Purposes", "Items", "Until"), bidden),
        table((*law, "Items kept", "Earlier ones too", "Counted from", "Months", "Until"), kept),
    )


def _rows(one: sa.Table) -> list[tuple[str, ...]]:
    about = code(one.name), code(subject(one) or ""), told(one)
    return [(*about, code(column.name), *_words(told(column))) for column in one.columns]


def _words(said: str) -> tuple[str, str, str]:
    for rule in policy.active().items.values():
        if rule.id.value == said:
            return f"**{said}**", rule.name.zh, rule.name.en
    return said, "", ""

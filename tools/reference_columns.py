"""Reference page of the tables: what each column of the house says it holds (2.0, 5.2)."""

import sqlalchemy as sa

from shouyue.assembly import declared
from shouyue.ground.store.columns import Holds, subject, told
from shouyue.privacy.policy import service as policy
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


def _rows(one: sa.Table) -> list[tuple[str, ...]]:
    about = code(one.name), code(subject(one) or ""), told(one)
    return [(*about, code(column.name), *_words(told(column))) for column in one.columns]


def _words(said: str) -> tuple[str, str, str]:
    for rule in policy.active().items.values():
        if rule.id.value == said:
            return f"**{said}**", rule.name.zh, rule.name.en
    return said, "", ""

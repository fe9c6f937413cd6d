"""Why the house does not open: it holds, or would hold, what nobody declared."""

from shouyue.ground.kit.errors import Refusal


class Undeclared(Refusal):
    """The database holds what nobody declared; the fact `found` names tables, columns, items."""

    code = "declared.missing"
    zh = "数据库中有未声明的内容，平台不启动：{found}。请先声明或删除。"
    en = "The database holds what nobody declared, so the house stays shut: {found}."


class ColumnSilent(Refusal):
    """A column, or a table about people, does not say what it holds."""

    code = "declared.silent"
    zh = "这些列或表没有说明保存什么，平台不启动：{found}。请声明信息项或技术类别。"
    en = (
        "These columns or tables do not say what they hold, so the house stays shut: {found}. "
        "Name an item of the policy or a technical kind."
    )


class ColumnUnlawful(Refusal):
    """A column holds an item that the policy in force does not collect."""

    code = "declared.unlawful"
    zh = "这些列保存的信息项不在现行隐私政策的收集范围内，平台不启动：{found}。"
    en = "These columns hold what the policy does not collect, so the house stays shut: {found}."


class SchemaDiffers(Refusal):
    """The database lacks a table or a column of the house: it is not the one that was declared."""

    code = "declared.lacking"
    zh = "数据库缺少声明过的表或列，平台不启动：{lacking}。请运行 shouyue migrate 或恢复备份。"
    en = (
        "The database lacks what is declared, so the house stays shut: {lacking}. "
        "Run shouyue migrate, or restore a backup."
    )


class SchemaTwisted(Refusal):
    """A column, key or index of the database is another than the one that was declared.

    The fact `found` names each, with the type found and the type declared.
    """

    code = "declared.twisted"
    zh = "数据库中这些列、键或索引与声明不一致，平台不启动：{found}。"
    en = "These columns, keys or indexes are not as declared, so the house stays shut: {found}."


class Unheld(Refusal):
    """A table has rows about people, and no room shows them or erases them."""

    code = "declared.unheld"
    zh = "这些表保存个人相关记录，但没有负责导出和删除的模块，平台不启动：{found}。"
    en = "No room shows and erases people's rows in these tables; the house stays shut: {found}."

"""Why the house does not open: it is not there, or holds what nobody declared."""

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


class NoHouse(Refusal):
    """There is no platform where the settings say, and the command is not one that makes one."""

    code = "home.none"
    zh = "{home} 中没有平台：缺少 {what}。未执行任何操作，请检查主目录（SHOUYUE_HOME）是否写错。"
    en = (
        "There is no platform at {home}: {what} is missing. Nothing was done. "
        "Is the home (SHOUYUE_HOME) the right one?"
    )


class PassphraseWrong(Refusal):
    """The root key does not open: the passphrase is missing or another, or the file is damaged."""

    code = "home.passphrase"
    zh = (
        "root.key 打不开：口令缺失、口令不对，或文件已损坏。口令来自 SHOUYUE_KEY_PASSPHRASE，"
        "未设置时取自主目录中的文件 passphrase。"
    )
    en = (
        "root.key does not open: the passphrase is missing or wrong, or the file is damaged. It "
        "comes from SHOUYUE_KEY_PASSPHRASE, else from the file `passphrase` in the home."
    )


class Unusable(Refusal):
    """A file, a folder or a port that a command needs does not serve; the system says why."""

    code = "home.unusable"
    zh = "无法使用 {what}：{why}。"
    en = "{what} cannot be used: {why}."


class DatabaseSilent(Refusal):
    """The database does not answer, or does not let us; the driver's word says why."""

    code = "home.database"
    zh = "数据库没有应答或拒绝了操作（{why}）。请检查数据库地址（SHOUYUE_DATABASE）和账号权限。"
    en = (
        "The database did not answer or refused ({why}). Look at its address (SHOUYUE_DATABASE) "
        "and at what its user may do."
    )

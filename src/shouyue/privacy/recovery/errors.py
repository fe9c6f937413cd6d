"""Why a backup was not taken or not restored, and why a house does not open."""

from shouyue.ground.kit.errors import Refusal


class NotReplayed(Refusal):
    """A restored database opens only when the erasures since its backup have been done again."""

    code = "recovery.not-replayed"
    zh = "数据库来自备份，备份之后的删除尚未重新执行。请运行 shouyue restore --resume。"
    en = (
        "This database came from a backup, and erasures since then have not been done again. "
        "Run shouyue restore --resume."
    )


class RolledBack(Refusal):
    """The database is older than what was last known of it, and no restore says so."""

    code = "recovery.rolled-back"
    zh = (
        "数据库比已知状态旧（存证日志不含第 {size} 条的检查点）。请恢复最新的数据库，"
        "或用 shouyue restore 从备份恢复。"
    )
    en = (
        "The database is older than what is known of it: its evidence log lacks the checkpoint of "
        "{size} leaves. Bring the newest one back, or restore a backup with shouyue restore."
    )


class Unfinished(Refusal):
    """The folder is no backup, or one that was cut off while it was taken."""

    code = "recovery.unfinished"
    zh = "该文件夹不是完整的备份（没有清单）。请使用另一份备份。"
    en = "This folder is not a whole backup: it has no manifest. Use another one."


class Damaged(Refusal):
    """A file of the backup is not what the manifest says."""

    code = "recovery.damaged"
    zh = "备份已损坏：{file} 与清单不符。请使用另一份备份。"
    en = "The backup is damaged: {file} is not what the manifest says. Use another one."


class NotTaken(Refusal):
    """The backup could not be written, or not read completely; what there was of it is gone."""

    code = "recovery.not-taken"
    zh = "备份未完成（{why}），已写入的部分已清除。请腾出磁盘空间或更换目标文件夹，然后重新备份。"
    en = (
        "The backup was not taken ({why}), and what there was of it is removed. "
        "Make room or choose another folder, then run it again."
    )


class NoFolder(Refusal):
    """A backup goes into a folder, and what stands there is a file."""

    code = "recovery.no-folder"
    zh = "备份须写入文件夹，而 {what} 是一个文件。未执行任何操作，请另选一个文件夹。"
    en = "A backup goes into a folder, and {what} is a file. Nothing was done; choose a folder."


class NotEmpty(Refusal):
    """A backup goes into an empty folder, and a restore into an empty house."""

    code = "recovery.not-empty"
    zh = "目标不是空的（{what}），为避免覆盖数据，未执行任何操作。"
    en = "The target is not empty ({what}). Nothing was done, so that nothing is overwritten."


class OtherHouse(Refusal):
    """The backup needs another kind of database, a newer program, or its own root key."""

    code = "recovery.other-house"
    zh = "无法在此恢复该备份：{what}。"
    en = "This backup cannot be restored here: {what}."


class LedgerAhead(Refusal):
    """The evidence log reached further than the backup; going on from there is a fork."""

    code = "recovery.ledger-ahead"
    zh = (
        "存证日志已有 {lost} 条，备份中只有 {size} 条。恢复后日志将从第 {size} 条分叉，"
        "监督者会看到。确认后请加 --fork-ledger 重新运行。"
    )
    en = (
        "The evidence log had {lost} leaves, the backup has {size}. Going on from there is a fork "
        "that monitors see. Run it again with --fork-ledger to accept that."
    )


class NothingToResume(Refusal):
    """No restore was begun here, or it is done."""

    code = "recovery.nothing-to-resume"
    zh = "没有未完成的恢复。"
    en = "There is no unfinished restore."

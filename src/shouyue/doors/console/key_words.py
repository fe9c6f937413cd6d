"""What stages of a destruction and causes of a key's end are called, in both languages."""

from collections.abc import Mapping

from shouyue.privacy.keys.types import Cause, Stage

STAGES: Mapping[Stage, tuple[str, str, str]] = {
    Stage.ASKED: ("wait", "等待另一人批准", "Waits for another"),
    Stage.APPROVED: ("wait", "正在销毁", "Under way"),
    Stage.DROPPED: ("off", "已撤回或驳回", "Dropped"),
    Stage.REFUSED: ("bad", "仍被依赖，未销毁", "Still needed, kept"),
    Stage.DONE: ("good", "已销毁", "Destroyed"),
}

CAUSES: Mapping[Cause, tuple[str, str]] = {
    Cause.ERASED: ("个人信息已删除", "Data erased"),
    Cause.EXPIRED: ("保存期限届满", "Time was over"),
    Cause.RESTRICTED: ("转入限制存储", "Went into custody"),
    Cause.RESEALED: ("更换加密套件", "Suite changed"),
    Cause.RETIRED: ("整类销毁", "Whole class destroyed"),
    Cause.REPLAYED: ("恢复备份后重新销毁", "Destroyed again after a restore"),
}

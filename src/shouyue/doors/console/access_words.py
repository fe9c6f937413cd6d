"""What stages, needs, ends and verdicts of grants are called, in both languages."""

from collections.abc import Mapping

from shouyue.privacy.clearance.types import Need, Stage, Verdict, Why

STAGES: Mapping[Stage, tuple[str, str, str]] = {
    Stage.ASKED: ("wait", "等待批准", "Waits for approval"),
    Stage.LIVE: ("good", "有效", "Live"),
    Stage.REFUSED: ("bad", "未批准", "Turned down"),
    Stage.ENDED: ("off", "已结束", "Over"),
}

NEEDS: Mapping[Need, tuple[str, str]] = {
    Need.REVIEW: ("审核入驻申请", "Review a certification"),
    Need.REQUEST: ("答复权利请求", "Answer a request"),
    Need.COMPLAINT: ("答复投诉", "Answer a complaint"),
    Need.SECURITY: ("身份与安全验证", "Prove identity, security"),
    Need.INCIDENT: ("处置安全事件", "Handle an incident"),
    Need.HELD_ORDER: ("读取限制存储：主管机关的命令", "Restricted storage: order of an authority"),
    Need.HELD_CLAIM: ("读取限制存储：诉讼或仲裁", "Restricted storage: legal claim"),
    Need.HELD_SECURITY: ("读取限制存储：安全处置", "Restricted storage: security"),
    Need.HELD_ERASE: ("读取限制存储：执行删除", "Restricted storage: to erase it"),
}

WHYS: Mapping[Why, tuple[str, str]] = {
    Why.TIME: ("到期", "time was over"),
    Why.GIVEN_BACK: ("本人交回", "given back"),
    Why.TAKEN_BACK: ("被收回", "taken back"),
    Why.LEFT: ("离岗或离职", "left the post"),
    Why.FROZEN: ("逾期未复核被冻结", "frozen: review overdue"),
    Why.UNANSWERED: ("无人答复", "nobody answered"),
}

VERDICTS: Mapping[Verdict, tuple[str, str, str]] = {
    Verdict.JUSTIFIED: ("good", "复核：正当", "Reviewed: justified"),
    Verdict.UNJUSTIFIED: ("bad", "复核：不正当", "Reviewed: not justified"),
}

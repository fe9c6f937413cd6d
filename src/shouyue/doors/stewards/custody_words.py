"""What stages and kinds of holds and the needs of a read are called, in both languages."""

from collections.abc import Mapping

from shouyue.privacy.custody.types import GroundKind, HoldStage
from shouyue.privacy.keys.types import Need

STAGES: Mapping[HoldStage, tuple[str, str, str]] = {
    HoldStage.ASKED: ("wait", "等待另一人确认", "Waits for another"),
    HoldStage.OPEN: ("good", "保全中", "Open"),
    HoldStage.DROPPED: ("off", "已撤回或驳回", "Dropped"),
    HoldStage.RELEASED: ("off", "已解除", "Released"),
    HoldStage.EXPIRED: ("off", "已届满", "Over"),
}

KINDS: Mapping[GroundKind, tuple[str, str]] = {
    GroundKind.HOLD: ("案件保全", "Legal proceedings"),
    GroundKind.INFEASIBLE: ("技术上暂难删除", "Technically infeasible for now"),
}

NEEDS: Mapping[Need, tuple[str, str]] = {
    Need.AUTHORITY: ("主管机关的命令", "Order of an authority"),
    Need.LEGAL_CLAIM: ("诉讼或仲裁", "Legal claim"),
    Need.SECURITY: ("安全处置", "Security"),
    Need.ERASE: ("执行删除", "To erase it"),
}

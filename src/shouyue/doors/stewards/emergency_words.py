"""What dangers and the stages of an emergency are called, in both languages."""

from collections.abc import Mapping

from shouyue.privacy.grounds.types import Danger, Stage

DANGERS: Mapping[Danger, tuple[str, str]] = {
    Danger.HEALTH: ("突发公共卫生事件", "Public health"),
    Danger.LIFE: ("自然人的生命健康", "Somebody's life or health"),
    Danger.PROPERTY: ("自然人的财产安全", "Somebody's property"),
}

STAGES: Mapping[Stage, tuple[str, str, str]] = {
    Stage.ASKED: ("wait", "等待另一人确认", "Waits for another"),
    Stage.LIVE: ("bad", "进行中", "Live"),
    Stage.DROPPED: ("off", "未获确认", "Dropped"),
    Stage.OVER: ("good", "已结束，已告知本人", "Over, the person is told"),
}

"""Why the alarm room says no."""

from shouyue.ground.kit.errors import Refusal


class NoAlarm(Refusal):
    """There is no alarm of this id."""

    code = "alarms.none"
    zh = "没有这条告警，或记录已到期删除。"
    en = "There is no such alarm, or its record has reached its term."


class AlarmClosed(Refusal):
    """The alarm is closed already; what happens again opens a new one."""

    code = "alarms.closed"
    zh = "这条告警已经关闭。同样的情况再次出现时会另开一条。"
    en = "This alarm is closed already. If it happens again, a new one opens."

"""What alarms and the reasons for closing one are called, in both languages.

A kind that is not here is shown as its code; a law test sees that none that the house raises is.
"""

from collections.abc import Mapping

from shouyue.people.alarms.types import AlarmState, CloseReason

KINDS: Mapping[str, tuple[str, str]] = {
    "egress.abroad": (
        "个人信息未发送：目的地在境外",
        "Personal data not sent: the destination is outside the mainland",
    ),
    "staff.abroad": (
        "境外地址访问员工后台被拒",
        "Console refused to an address outside the mainland",
    ),
    "ledger.forked": (
        "存证日志被回退或分叉：见证方签过另一份。核实后运行 shouyue ledger acknowledge",
        "The evidence log was put back or forked: shouyue ledger acknowledge, once you know which",
    ),
    "ledger.unwitnessed": (
        "存证日志超过一天没有见证方签名",
        "No witness has signed the evidence log for a day",
    ),
    "ledger.witness-silent": ("见证方没有应答", "A witness does not answer"),
    "ledger.witness-unfit": (
        "见证方的应答不可用",
        "What a witness answered cannot be used",
    ),
    "upstreams.away": (
        "运营方的业务系统没有应答，已暂停转发，每 5 秒试一次",
        "A system of the operator's does not answer; it is tried every 5 seconds",
    ),
    "directory.unheard": (
        "店铺目录超过 3 天没有确认有授权的子账号，其授权仍然有效",
        "The directory has not spoken of sub-accounts with live grants for 3 days; they live on",
    ),
    "quotas.alone": (
        "多个网关共用的限额计数（Redis）没有应答，各网关暂按自己的计数",
        "The limits that gateways share (Redis) do not answer; each counts for itself meanwhile",
    ),
    "alarm.unnamed": ("未命名的告警", "An alarm without a name"),
    "vault.budget-near": (
        "有员工今天的查看次数接近上限",
        "A member of staff has nearly used up the looks of the day",
    ),
    "looks.refused-often": (
        "有员工今天多次查看被拒绝，请核实原因",
        "A member of staff was refused many looks today: find out why",
    ),
    "looks.untraced": (
        "有被拒绝的查看未能写入存证",
        "A refused look could not be written down",
    ),
    "clearance.glass-broken": (
        "有员工使用了紧急查看，须由他人复核",
        "A member of staff broke the glass; another has to review it",
    ),
    "clearance.glass-unjustified": (
        "紧急查看经复核认为不正当",
        "A broken glass was found not justified",
    ),
    "clearance.review-overdue": (
        "紧急查看超过 24 小时未复核，该员工的许可已冻结",
        "A broken glass is overdue for review; the member's grants are frozen",
    ),
    "clearance.leaver-held": (
        "已离岗人员仍持有查看许可，已收回",
        "Somebody who has left still held a grant; it has been ended",
    ),
    "vault.unread": (
        "有信息项持有九十天以上而从未查看，请考虑不再收集",
        "An item has been held for ninety days and read by nobody: perhaps it is not needed",
    ),
    "emergency.asked": (
        "有人提出了紧急情况，等待另一人确认",
        "An emergency was asked for and waits for another's word",
    ),
    "form.undeclared": (
        "收到未声明的字段，已拒收或丢弃",
        "A field that nobody declared came in; it was refused or dropped",
    ),
    "custody.read": (
        "限制存储中的信息被读取，请个人信息保护负责人核对",
        "Something in restricted storage was read: for the data protection officer to check",
    ),
    "editions.superseded": (
        "服务仍在按已被取代的隐私政策版本运行",
        "A server goes on under a policy that was replaced",
    ),
    "decryption.quota-near": (
        "店铺当日解密额度已用九成",
        "A shop has used nine tenths of its quota of decryptions today",
    ),
    "decryption.rate": (
        "应用解密率超过 5%，已暂停解密",
        "An app's share of decrypted orders passed 5%: decryption is paused",
    ),
    "decryption.index-near": (
        "应用当日由明文生成检索串已达上限的九成",
        "An app has had nine tenths of a day's plain values of a shop indexed",
    ),
    "decryption.index-spent": (
        "应用当日由明文生成检索串已达上限，请核查是否在枚举手机号",
        "An app's plain values to be indexed are used up for today: is it trying phone numbers?",
    ),
    "keys.silent": ("密钥服务没有应答", "The key service does not answer"),
    "keys.token-ends": (
        "密钥服务的令牌即将到期且未能续期",
        "Our token at the key service ends soon and is not renewed",
    ),
    "keys.root-old": ("根密钥超过一年未轮换", "A root key has not been renewed for a year"),
    "keys.root-left": (
        "旧的根密钥轮换一个月后仍未销毁",
        "An old root key is still there a month after its successor",
    ),
    "keys.seal-broken": (
        "保存的内容已损坏、被改动或移动，未显示；请从备份恢复该行并查明原因",
        "Something kept was damaged, changed or moved; restore the row and find out why",
    ),
    "keys.damaged": ("有密钥已损坏，无法打开", "A wrapped key is damaged and does not open"),
}

STATES: Mapping[AlarmState, tuple[str, str, str]] = {
    AlarmState.OPEN: ("bad", "未查看", "New"),
    AlarmState.SEEN: ("wait", "处理中", "In hand"),
    AlarmState.CLOSED: ("off", "已关闭", "Closed"),
}

REASONS: Mapping[CloseReason, tuple[str, str]] = {
    CloseReason.FIXED: ("原因已消除", "The cause is gone"),
    CloseReason.HARMLESS: ("经核实无害", "Looked into, harmless"),
    CloseReason.ACCEPTED: ("已知并接受", "Known and accepted"),
    CloseReason.INCIDENT: ("转为安全事件处理", "Goes on as a security incident"),
}

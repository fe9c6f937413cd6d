"""What the posts of staff are called, in both languages."""

from shouyue.people.staff.types import StaffRole

ROLES = {
    StaffRole.REVIEWER: ("入驻审核", "certification"),
    StaffRole.PRIVACY: ("隐私事务", "privacy"),
    StaffRole.SECURITY: ("安全", "security"),
    StaffRole.SUPPORT: ("客服", "support"),
    StaffRole.ADMIN: ("管理", "administration"),
}

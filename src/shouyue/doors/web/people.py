"""The doors of people: one menu, one log-in, one session cookie, whichever room the page is in."""

from collections.abc import Sequence
from pathlib import Path

from shouyue.doors.web.visits import Door, Entry, Group, Visit
from shouyue.people.accounts import sessions

_MENU = (
    Group(
        "开发",
        "Build",
        (
            Entry("/apps", "apps", "应用", "Apps"),
            Entry("/docs", "code", "接口文档", "API docs"),
            Entry("/tools/explore", "plug", "在线调试", "Explorer"),
            Entry("/tools/signature", "fingerprint", "签名调试", "Signatures"),
            Entry("/tools/token", "key", "token 查验", "Tokens"),
            Entry("/tools/diagnose", "search", "报错诊断", "Diagnose"),
        ),
    ),
    Group(
        "账号",
        "Account",
        (
            Entry("/onboarding", "certificate", "入驻认证", "Certification"),
            Entry("/account", "user", "账号信息", "Account"),
            Entry("/inbox", "bell", "消息", "Inbox"),
        ),
    ),
    Group(
        "我的隐私",
        "My privacy",
        (
            Entry("/privacy", "shield-lock", "隐私中心", "Privacy centre"),
            Entry("/privacy/activity", "eye", "谁看过我的信息", "Who looked"),
            Entry("/privacy/consents", "list-check", "同意与撤回", "Consents"),
            Entry("/grants", "hand-stop", "我授权的应用", "Apps I authorised"),
            Entry("/privacy/sharing", "send-2", "给过谁", "Who received it"),
        ),
    ),
)


def menu(visit: Visit) -> Sequence[Group]:
    """Return the left rail: for people who are signed in, and not over the public pages."""
    return () if visit.person is None else _MENU


def door(name: str, templates: Path) -> Door:
    """Return a door with its own templates under the layout of people's pages."""
    return Door(
        name=name,
        templates=templates,
        menu=menu,
        sign_in="/login",
        knows=sessions.visit,
        touch=sessions.touch,
    )

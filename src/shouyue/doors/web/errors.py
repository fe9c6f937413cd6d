"""Refusals that only a door can give: about the request itself, before any room is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouyue.ground.kit.errors import Refusal


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, said to the person who filled it in."""

    zh: str
    en: str


class NotSignedIn(Refusal):
    """Nobody is signed in on a page that needs somebody."""

    code = "door.not-signed-in"
    zh = "请先登录。"
    en = "Please sign in first."


class NotAllowed(Refusal):
    """The one signed in may not enter here."""

    code = "door.not-allowed"
    zh = "您没有打开此页面的权限。"
    en = "You may not open this page."


class Abroad(Refusal):
    """Staff pages are closed to addresses outside the mainland: a look from there is an export."""

    code = "door.abroad"
    zh = "员工后台只能从中国大陆的网络访问（港澳台同样视为境外）。从境外查看个人信息等同于出境。"
    en = (
        "The console opens only to networks in mainland China (Hong Kong, Macao and Taiwan count "
        "as outside): to look at personal data from abroad is to take them there."
    )


class PageMissing(Refusal):
    """No page has this address."""

    code = "door.page-missing"
    zh = "这个页面不存在，或者已经移走。"
    en = "This page does not exist, or has moved."


class MethodRefused(Refusal):
    """The page does not answer this HTTP method."""

    code = "door.method-refused"
    zh = "此页面不接受这种请求方式。"
    en = "This page does not answer this kind of request."


class Forged(Refusal):
    """The request did not come from a form of this site, or the form is from an older session."""

    code = "door.forged"
    zh = "无法确认这次提交来自本站页面。请刷新页面后重试。"
    en = "This did not verifiably come from a page of this site. Reload the page and try again."


class Crowded(Refusal):
    """More is being sent to pages at once than may lie in memory."""

    code = "door.crowded"
    zh = "现在同时提交的内容过多，本次没有收下，请稍后再提交。"
    en = "Too much is being sent at once, and this was not taken. Please send it again shortly."


class TooLarge(Refusal):
    """The body is larger than the page takes."""

    code = "door.too-large"
    zh = "提交的内容超过 {most} 字节的上限。"
    en = "What you sent exceeds the limit of {most} bytes."


class Malformed(Refusal):
    """The body is not a form."""

    code = "door.malformed"
    zh = "无法读取提交的内容。"
    en = "What you sent could not be read."


class FormFaulty(Refusal):
    """Fields are missing, wrong, or not asked for. `faults` says which; `""` is the whole form."""

    code = "door.form-faulty"
    zh = "有 {count} 处需要更正，其余内容已为您保留。"
    en = "{count} to correct; the rest is kept for you."

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        """Take the faults by field name."""
        super().__init__(count=len(faults))
        self.faults = faults


class Trouble(Refusal):
    """Something broke on our side. Says nothing of what."""

    code = "door.trouble"
    zh = "我们这边出了问题，您的操作没有生效。"
    en = "Something broke on our side; nothing was changed."


class CookieUnregistered(Exception):  # noqa: N818 - the name says it
    """Code tried to set a cookie that the policy's registry does not declare (clause 3.0)."""

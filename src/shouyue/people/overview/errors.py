"""Why the overview says no."""

from shouyue.ground.kit.errors import Refusal


class NotYours(Refusal):
    """There is no such record of this person; whether there is one of another is not told."""

    code = "overview.not-yours"
    zh = "在您的记录中没有找到这一条。"
    en = "There is no such entry among your records."

"""Why oversight said no."""

from shouyue.ground.kit.errors import Refusal


class NoWindow(Refusal):
    """A window of time that ends before it begins, or has not begun."""

    code = "oversight.no-window"
    zh = "开始时间须早于结束时间，且不能在将来。"
    en = "The beginning has to be earlier than the end, and not in the future."

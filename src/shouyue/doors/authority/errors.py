"""What the door says when something of ours failed."""

from shouyue.ground.kit.errors import Refusal


class Failed(Refusal):
    """Something of ours failed."""

    code = "authority.failed"
    zh = "服务内部错误，请凭 requestId 联系我们。"
    en = "Something of ours failed. Tell us the requestId."

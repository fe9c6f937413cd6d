"""Where nothing may be sent."""

from shouyue.ground.kit.errors import Refusal


class DestinationRefused(Refusal):
    """The address leads, or may lead, into a private network, or is not plain https."""

    code = "egress.destination-refused"
    zh = "该地址不可用：须为公网 https 地址，且不含账号信息（{reason}）。"
    en = "The address must be public https without credentials ({reason})."

"""Where nothing may be sent, and who we cannot prove to be."""

from shouyue.ground.kit.errors import Refusal


class DestinationRefused(Refusal):
    """The address leads, or may lead, into a private network, or is not plain https."""

    code = "egress.destination-refused"
    zh = "该地址不可用：须为公网 https 地址，且不含账号信息（{reason}）。"
    en = "The address must be public https without credentials ({reason})."


class IdentityUnusable(Refusal):
    """The files by which we and a system inside know each other do not serve."""

    code = "egress.identity-unusable"
    zh = "内部连接的客户端证书、私钥或根证书无法使用：缺失、不匹配或口令不对，平台不启动。"
    en = (
        "A client certificate, its key or an authority for connections inside does not serve: "
        "missing, not belonging together, or the passphrase is wrong. The house stays shut."
    )

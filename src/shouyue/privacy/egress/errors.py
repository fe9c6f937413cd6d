"""Where nothing may be sent, and who we cannot prove to be."""

from shouyue.ground.hazmat.errors import KeyUnavailable
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


class KeyTokenEnded(KeyUnavailable):
    """The key service does not know our token: its time is over, or it was never known there."""

    code = "egress.key-token-ended"
    zh = (
        "密钥暂不可用：密钥服务不认我们的令牌，令牌已到期、已作废或属于别的命名空间。"
        "请运营者换上新令牌后重新启动。"
    )
    en = (
        "The key is not available: the key service does not know our token. Its time is over, it "
        "was revoked, or it is of another namespace. The operator gives a new one and starts again."
    )

"""Why a key was not used. Facts name key ids, never values."""

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.errors import Refusal


class InCustody(Refusal):
    """The value is in restricted storage: it opens only under a warrant (PIPL 47)."""

    code = "keys.in-custody"
    zh = "该信息已停止使用，仅依法留存，须凭法律依据或保全编号方可读取。"
    en = "This is kept in custody by law alone. It opens only for a statute or a hold."


class KeyDestroyed(Refusal):
    """The key was destroyed; what it sealed cannot be read by anybody again."""

    code = "keys.destroyed"
    zh = "密钥已销毁，该信息无法恢复。"
    en = "The key has been destroyed. This cannot be recovered."


class SealBroken(NotAuthentic):
    """What is kept does not open at its place: it was changed, cut or moved. Facts say where."""

    code = "keys.seal-broken"
    zh = "这里保存的一项内容已损坏或被改动，因此没有显示任何内容。工作人员已收到告警。"
    en = "Something kept here is damaged or was changed, so nothing is shown. Our staff are told."


class WrongRoot(Refusal):
    """A root under which this database was sealed is not the keeper's, or not there any more."""

    code = "keys.wrong-root"
    zh = (
        "根密钥与数据库不符，缺少 {root}：请恢复原来的根密钥文件，或密钥服务及其设置"
        "（key_service），切勿另建。"
    )
    en = (
        "This is not the root key of this database: {root} is not there. Bring back the original "
        "file, or the key service and its setting (key_service). Never make a new one."
    )


class RootNeeded(Refusal):
    """A root version goes only when no key rests on it, the oldest first, never the newest."""

    code = "keys.root-needed"
    zh = "根密钥版本 {root} 仍在使用（{keys} 个密钥依赖它），或不是最旧的版本，不能销毁。"
    en = "Root {root} is still needed ({keys} keys rest on it), or is not the oldest. It stays."


class NoSuchCertificate(Refusal):
    """No key by this id was destroyed here."""

    code = "keys.no-such-certificate"
    zh = "没有这个密钥的销毁证明。"
    en = "There is no destruction certificate for this key."


class SamePerson(Refusal):
    """Who asked for a destruction cannot approve it."""

    code = "keys.same-person"
    zh = "申请人不能批准自己的申请，须由另一位同事批准。"
    en = "Who asked cannot approve. Another member of staff has to."


class NoSuchDestruction(Refusal):
    """No such request waits for an answer."""

    code = "keys.no-such-destruction"
    zh = "没有等待答复的销毁申请，可能已被处理。"
    en = "No such request waits for an answer. It may have had one."


class AlreadyAsked(Refusal):
    """A request for the same is open."""

    code = "keys.already-asked"
    zh = "同样的销毁申请尚未结束。"
    en = "A request to destroy the same is still open."


class UnknownTarget(Refusal):
    """There is no such root version and no such retention class."""

    code = "keys.unknown-target"
    zh = "没有这个根密钥版本或保存类别。"
    en = "There is no such root version or retention class."

"""The one refusal of this room."""

from shouyue.ground.kit.errors import Refusal


class Stale(Refusal):
    """What is held of apps and grants is too old to rely on."""

    code = "gateway.stale"
    zh = "授权信息暂时无法核实，请稍后重试。"
    en = "Authorisations cannot be verified now. Try again later."

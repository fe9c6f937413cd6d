"""Why nothing is subscribed, taken in or pushed again."""

from shouyue.ground.kit.errors import Refusal


class NotSubscribed(Refusal):
    """The app has no proved address yet."""

    code = "push.not-subscribed"
    zh = "该应用还没有通过验证的推送地址。"
    en = "The app has no proved address yet."


class AddressUnproved(Refusal):
    """The address did not answer the encrypted test message as it must; nothing was saved."""

    code = "push.address-unproved"
    zh = (
        "推送地址没有通过验证（{cause}），未保存。"
        '请在 3 秒内返回 HTTP 200 和 {{"result":1}}，不要重定向。'
    )
    en = (
        "The address was not proved ({cause}) and not saved. "
        'Answer HTTP 200 with {{"result":1}} within 3 seconds, without a redirect.'
    )


class AddressAbroad(Refusal):
    """The address lies outside the mainland; messages name people, so nothing was saved or sent."""

    code = "push.address-abroad"
    zh = (
        "推送地址的服务器不在中国大陆（港澳台同样视为境外），未保存：消息含个人信息，不得出境。"
        "如果服务器确在大陆，请联系我们核实后登记。"
    )
    en = (
        "The address is not in mainland China (Hong Kong, Macao and Taiwan count as outside) and "
        "was not saved: messages name people and may not leave. If it is inside, contact us."
    )


class EventNotHeld(Refusal):
    """The app does not hold the permission package of this event type."""

    code = "push.event-not-held"
    zh = "应用没有权限包 {scope}，不能订阅 {event}。"
    en = "The app does not hold {scope} and cannot subscribe to {event}."


class Unsigned(Refusal):
    """An incoming event has no good signature, or one that is more than ten minutes off."""

    code = "push.unsigned"
    zh = "事件签名无效，或时间相差超过 10 分钟。"
    en = "The event's signature is not good, or its time is more than 10 minutes off."


class EventMalformed(Refusal):
    """An incoming event is not what the catalogue describes; nothing of it was kept."""

    code = "push.event-malformed"
    zh = "事件格式不正确：{where}。"
    en = "The event is malformed: {where}."


class EventOversized(Refusal):
    """An incoming event is too large; nothing of it was kept."""

    code = "push.event-oversized"
    zh = "事件过大，上限为 {limit} 字节。"
    en = "The event is too large; the limit is {limit} bytes."


class NoDelivery(Refusal):
    """There is no such delivery, or it belongs to somebody else's app: the same answer."""

    code = "push.no-delivery"
    zh = "没有找到这条推送记录。"
    en = "There is no such delivery."


class ContentGone(Refusal):
    """The content is past its seven days and has been deleted."""

    code = "push.content-gone"
    zh = "消息内容已超过 7 天保存期并被删除，不能重推；请改用接口查询。"
    en = "The content was deleted after 7 days and cannot be pushed again. Ask the API instead."


class DeliveryStopped(Refusal):
    """The right to receive this message ended; it is not pushed again."""

    code = "push.delivery-stopped"
    zh = "订阅或授权已取消，这条消息不再推送。"
    en = "The subscription or the grant has ended; this message is not pushed any more."

"""Why a buyer's field stays closed. Each is the answer for one item of a batch."""

from shouyue.ground.kit.errors import Refusal


class ItemMalformed(Refusal):
    """An item of the batch lacks a field, or a field is of another kind."""

    code = "decryption.item"
    zh = "该条参数不正确：{name} 缺失或格式不符。"
    en = "This item is wrong: {name} is missing or malformed."


class CipherUnknown(Refusal):
    """Not a ciphertext of this order, shop and app; what of it is wrong, nobody is told."""

    code = "decryption.cipher"
    zh = "密文无效，或不属于这个订单、店铺或应用。"
    en = "Not a valid ciphertext of this order, shop and app."


class OrderUnknown(Refusal):
    """The order is not one of the shop that gave the token."""

    code = "decryption.order"
    zh = "订单不存在，或不属于授权店铺。"
    en = "There is no such order of the shop that gave the token."


class WindowOver(Refusal):
    """The order ended too long ago, also for a waybill or a text message."""

    code = "decryption.window"
    zh = "订单 {order} 结束已超过 {days} 天，其密文不再打开。"
    en = "Order {order} ended more than {days} days ago; its ciphertexts are not opened any more."


class LevelTooLow(Refusal):
    """Shops of this level do not decrypt by API."""

    code = "decryption.level"
    zh = "店铺等级不支持通过接口解密，请在商家后台查看。"
    en = "A shop of this level does not decrypt by API. See the shop's own console."


class QuotaSpent(Refusal):
    """The shop's quota of today is used up."""

    code = "decryption.quota"
    zh = "店铺今天的解密额度（{quota} 单）已用完；电子面单和短信可直接传密文。"
    en = "Today's quota of the shop ({quota} orders) is used; waybills and texts take ciphertext."


class RateExceeded(Refusal):
    """The app opens too large a share of what the shop ships."""

    code = "decryption.rate"
    zh = "应用近 30 天解密的订单已达店铺发货订单的 {percent}%，暂停解密。"
    en = "In 30 days the app opened {percent}% of what the shop shipped. Decryption is paused."


class IndexSpent(Refusal):
    """The app has had as many plain values of this shop indexed today as it may."""

    code = "decryption.index-spent"
    zh = "应用今天为该店铺由明文生成检索串或密文已达 {most} 个，明日零点（北京时间）恢复。"
    en = (
        "The app has had {most} plain values of this shop indexed or encrypted today. "
        "It starts anew at midnight in Beijing."
    )


class OrdersSilent(Refusal):
    """The operator's system did not tell of orders in the agreed form, so nothing is opened."""

    code = "decryption.orders-silent"
    zh = "订单状态暂时无法核实，数据未解密，请稍后重试。"
    en = "The state of the orders cannot be verified now; nothing was opened. Try again later."

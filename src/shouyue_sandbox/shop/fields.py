"""The anchor's shapes: how an order, an item, a refund and a shop look in an API answer."""

from shouyue_sandbox.shop.shelf import Document


def order(document: Document, item: Document, seller: Document) -> Document:
    """Return an order as `open.order.detail` shows it, personal fields in plain."""
    return {
        "orderBaseInfo": _base(document, seller),
        "orderItemInfo": _order_item(document, item),
        "orderRefundList": [
            {"refundId": refund["refundId"], "refundStatus": refund["status"]}
            for refund in document.get("refunds", [])
        ],
        "orderLogisticsInfo": [
            {name: one[name] for name in ("expressNo", "expressCode", "logisticsId")}
            for one in document["parcels"]
        ],
        "orderNote": {
            "sellerNote": [line["note"] for line in document["notes"]],
            "orderNoteInfo": document["notes"],
        },
        "orderAddress": _shown(document, address(document)),
        "orderFlag": flag(document),
        "orderDeliveryInfo": {
            "maxPackageNum": document["num"],
            "enableAppendPackage": document["status"] == 40,  # noqa: PLR2004 - shipped
            "totalPackageNum": len(document["parcels"]),
            "deliveryNum": sum(one["pieces"] for one in document["parcels"]),
            "packageNum": len(document["parcels"]),
        },
        "addressUpdateAuditInfo": _audit(document),
        "subOrderInfo": [],
    }


def flag(document: Document) -> Document:
    """Return the flags of an order."""
    return {"flag": [document["flag"]] if document["flag"] else []}


def _audit(document: Document) -> Document:
    asked = document["audit"]
    if not asked:
        return {}
    return {
        "addressBeforeUpdate": _shown(document, asked["before"]),
        "addressAfterUpdate": _shown(document, asked["after"]),
        "auditStatus": asked["status"],
        "timeoutOfAudit": asked["asked"] + 24 * 3_600_000,
        "auditTime": asked["at"],
    }


def _base(document: Document, seller: Document) -> Document:
    return {
        "oid": document["oid"],
        "status": document["status"],
        **{
            field: document[field]
            for field in (
                "createTime",
                "payTime",
                "sendTime",
                "recvTime",
                "refundTime",
                "updateTime",
                "totalFee",
                "remark",
            )
        },
        "expressFee": 0,
        "discountFee": discount(document),
        "buyerOpenId": document["buyer"],
        "buyerNick": document["buyerNick"],
        "buyerImage": "",
        "sellerNick": seller["nickname"],
        "payType": 1,
        "payChannel": "wechat",
        "cpsType": 0,
        "coType": 0,
        "preSale": 0,
        "riskCode": 0,
        "allActivityType": [],
        "commentStatus": document["commentStatus"],
        "remindShipmentSign": 0,
        "remindShipmentTime": 0,
        "priorityDelivery": False,
        "disableDeliveryReasonCode": document.get("held", []),
        "privacyInfoAuthStatus": word(document),
        "privacyInfoAuthTime": document.get("wordTime", 0),
        "validPromiseShipmentTimeStamp": 0 if document.get("held") else 1,
        "promiseTimeStampOfDelivery": document["createTime"] + 48 * 3_600_000,
    }


def _order_item(document: Document, item: Document) -> Document:
    sku = next(one for one in item["skus"] if one["skuId"] == document["skuId"])
    return {
        "itemId": item["itemId"],
        "skuId": sku["skuId"],
        "relItemId": item["relItemId"],
        "relSkuId": sku["relSkuId"],
        "orderItemId": document["oid"],
        "itemTitle": item["title"],
        "skuDesc": sku["kind"],
        "skuNick": sku["nick"],
        "itemPicUrl": f"https://img.example/{item['itemId']}.jpg",
        "itemLinkUrl": f"https://shop.example/item/{item['itemId']}",
        "num": document["num"],
        "price": document["price"],
        "originalPrice": document["price"],
        "discountFee": discount(document),
        "itemType": 1,
        "goodsCode": "",
        "warehouseCode": "",
    }


def word(document: Document) -> int:
    """Return 10 where the buyer let the seller see an order's fields in plain, else 0."""
    return 10 if document.get("wordTime") else 0


def discount(document: Document) -> int:
    """Return what the seller let the buyer off, in fen."""
    return int(document["price"] * document["num"] - document["totalFee"])


def _shown(document: Document, place: Document) -> Document:
    """Return an address of an order: empty while it is held (protocol, sections 1.7 and 5.1)."""
    if not document.get("held"):
        return place
    return {name: 0 if isinstance(value, int) else "" for name, value in place.items()}


def address(document: Document) -> Document:
    """Return where an order goes, personal fields in plain."""
    place = document["place"]
    return {
        "consignee": document["consignee"],
        "mobile": document["mobile"],
        "address": place["street"],
        "province": place["province"],
        "provinceCode": place["province_code"],
        "city": place["city"],
        "cityCode": place["city_code"],
        "district": place["district"],
        "districtCode": place["district_code"],
        "town": place["town"],
        "townCode": place["town_code"],
    }


def item(document: Document) -> Document:
    """Return an item as `open.item.get` shows it."""
    return {
        "itemId": document["itemId"],
        "relItemId": document["relItemId"],
        "categoryId": document["categoryId"],
        "categoryName": "",
        "title": document["title"],
        "details": document["details"],
        "imageUrls": document["images"],
        "detailImageUrls": document.get("detailImageUrls", []),
        "skuInfos": skus(document),
        "serviceRule": document.get("serviceRule", {"refundRule": "1", "servicePromise": {}}),
        "auditStatus": document["auditStatus"],
        "auditReason": "",
        "onOfflineStatus": document["onOfflineStatus"],
        "createdTime": document["createdTime"],
        "updateTime": document["updateTime"],
        "itemPropValues": document.get("itemPropValues", []),
        "expressTemplateId": document.get("expressTemplateId", 1),
        "purchaseLimit": document.get("purchaseLimit", False),
        "limitCount": document.get("limitCount", 0),
        "linkUrl": f"https://shop.example/item/{document['itemId']}",
        "duplicationStatus": 0,
    }


def item_in_list(document: Document) -> Document:
    """Return an item as a row of `open.item.list.get`."""
    return {
        "kwaiItemId": document["itemId"],
        "relItemId": document["relItemId"],
        "userId": document["sellerId"],
        "title": document["title"],
        "mainImageUrl": document["images"][0],
        "price": min(sku["price"] for sku in document["skus"]),
        "status": 1,
        "shelfStatus": document["onOfflineStatus"],
        "auditStatus": document["auditStatus"],
        "itemStatus": document["itemStatus"],
        "skuList": skus(document),
    }


def skus(document: Document) -> list[Document]:
    """Return the variants of an item."""
    return [
        {
            "kwaiSkuId": sku["skuId"],
            "relSkuId": sku["relSkuId"],
            "skuStock": sku["stock"],
            "skuSalePrice": sku["price"],
            "volume": 0,
            "isValid": 1,
            "specification": sku["kind"],
            "skuNick": sku["nick"],
            "skuProp": sku["props"],
        }
        for sku in document["skus"]
    ]


def refund(document: Document, order_document: Document) -> Document:
    """Return a refund as the refund APIs show it."""
    return {
        **{
            field: document[field]
            for field in (
                "oid",
                "refundId",
                "handlingWay",
                "negotiateStatus",
                "refundFee",
                "status",
                "refundReasonDesc",
                "itemId",
                "createTime",
                "updateTime",
            )
        },
        "refundType": 1,
        "refundReason": 1,
        "skuId": order_document["skuId"],
        "submitTime": document["createTime"],
        "expireTime": document["createTime"] + 48 * 3_600_000,
        "endTime": document["updateTime"] if document["status"] in {60, 70} else 0,
        "receiptStatus": document["receiptStatus"],
    }


def shop(seller: Document) -> Document:
    """Return a shop as `open.shop.info.get` shows it."""
    scores = (
        "shopExp",
        "productQuality",
        "contentQualify",
        "customerService",
        "logisticsService",
        "afterSalesService",
    )
    return {
        "shopName": seller["shopName"],
        "shopType": seller["shopType"],
        "shopScoreInfo": {f"{name}ScoreStr": "4.80" for name in scores},
    }

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
            {**express, "logisticsId": document["oid"] % 10**9}
            for express in [document["express"]]
            if express
        ],
        "orderNote": {"sellerNote": [], "orderNoteInfo": []},
        "orderAddress": _address(document),
        "orderFlag": {"flag": []},
        "subOrderInfo": [],
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
        "discountFee": 0,
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
        "commentStatus": 0,
        "remindShipmentSign": 0,
        "remindShipmentTime": 0,
        "priorityDelivery": False,
        "disableDeliveryReasonCode": [],
        "privacyInfoAuthStatus": 0,
        "privacyInfoAuthTime": 0,
        "validPromiseShipmentTimeStamp": 1,
        "promiseTimeStampOfDelivery": document["createTime"] + 48 * 3_600_000,
    }


def _order_item(document: Document, item: Document) -> Document:
    return {
        "itemId": item["itemId"],
        "skuId": item["skuId"],
        "relItemId": item["relItemId"],
        "relSkuId": item["relItemId"] * 10 + 1,
        "orderItemId": document["oid"],
        "itemTitle": item["title"],
        "skuDesc": item["kind"],
        "skuNick": "",
        "itemPicUrl": f"https://img.example/{item['itemId']}.jpg",
        "itemLinkUrl": f"https://shop.example/item/{item['itemId']}",
        "num": document["num"],
        "price": document["price"],
        "originalPrice": document["price"],
        "discountFee": 0,
        "itemType": 1,
        "goodsCode": "",
        "warehouseCode": "",
    }


def _address(document: Document) -> Document:
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
        "categoryId": 1302,
        "categoryName": "日用百货",
        "title": document["title"],
        "details": f"{document['title']}，{document['kind']}。",
        "imageUrls": [f"https://img.example/{document['itemId']}.jpg", *document["images"]],
        "detailImageUrls": [],
        "skuInfos": [_sku(document)],
        "serviceRule": {"refundRule": "1", "servicePromise": {}},
        "auditStatus": document["auditStatus"],
        "auditReason": "",
        "onOfflineStatus": document["onOfflineStatus"],
        "createdTime": document["createdTime"],
        "updateTime": document["updateTime"],
        "itemPropValues": [],
        "expressTemplateId": 1,
        "purchaseLimit": False,
        "limitCount": 0,
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
        "mainImageUrl": f"https://img.example/{document['itemId']}.jpg",
        "price": document["price"],
        "status": 1,
        "shelfStatus": document["onOfflineStatus"],
        "auditStatus": document["auditStatus"],
        "itemStatus": 1,
        "skuList": [_sku(document)],
    }


def _sku(document: Document) -> Document:
    return {
        "kwaiSkuId": document["skuId"],
        "relSkuId": document["relItemId"] * 10 + 1,
        "skuStock": document["stock"],
        "skuSalePrice": document["price"],
        "volume": 0,
        "isValid": 1,
        "specification": document["kind"],
        "skuNick": "",
        "skuProp": [],
    }


def refund(document: Document, item_document: Document) -> Document:
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
        "skuId": item_document["skuId"],
        "submitTime": document["createTime"],
        "expireTime": document["createTime"] + 48 * 3_600_000,
        "endTime": document["updateTime"] if document["status"] in {60, 70} else 0,
        "receiptStatus": 0,
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

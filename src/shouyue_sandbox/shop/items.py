"""Items and their variants as the item APIs show and change them."""

from typing import Any

from shouyue_sandbox.shop import fields
from shouyue_sandbox.shop.asking import Param, Refused, mine, own, seller
from shouyue_sandbox.shop.generate import FIRST_ITEM, MOST_SKUS, sku_id
from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Document

_CATEGORIES = (
    (1300, "家居生活", 0),
    (1302, "日用百货", 1300),
    (1303, "收纳整理", 1300),
    (1400, "食品饮料", 0),
    (1401, "茶叶", 1400),
    (1402, "咖啡", 1400),
)
_ADD, _SUBTRACT, _SET = 1, 2, 3
_KEPT = {"title", "details", "detailImageUrls", "serviceRule", "expressTemplateId"}
_KEPT |= {"itemPropValues", "purchaseLimit", "limitCount"}


def get(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.get."""
    return fields.item(own(shop, "item", param["kwaiItemId"], seller_id))


def listed(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.list.get: what was deleted is shown only when asked for."""
    size, number = int(param.get("pageSize") or 20), int(param.get("pageNumber") or 1)
    found = [one for one in mine(shop, "item", seller_id) if _wanted(one, param)]
    page = found[(number - 1) * size : number * size]
    return {
        "totalItemCount": len(found),
        "currentPageItemCount": len(page),
        "currentPageNumber": number,
        "totalPage": -(-len(found) // size),
        "items": [fields.item_in_list(document) for document in page],
    }


def skus(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.sku.list.get."""
    item = own(shop, "item", param["kwaiItemId"], seller_id)
    return {"skuCount": len(item["skus"]), "skuList": fields.skus(item)}


def new(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.new: one relItemId makes one item; it waits for review off the shelf."""
    seller(shop, seller_id)
    _category(param["categoryId"])
    rel = int(param["relItemId"])
    if any(one["relItemId"] == rel for one in mine(shop, "item", seller_id)):
        raise Refused("item.exists", "relItemId 已经用过")
    now = shop.now()
    with shop.shelf.change():
        number = shop.shelf.next_number("item", FIRST_ITEM)
        item = {
            "itemId": number,
            "sellerId": seller_id,
            "relItemId": rel,
            "categoryId": int(param["categoryId"]),
            "createdTime": now,
            "updateTime": now,
            "onOfflineStatus": 0,
            "auditStatus": 0,
            "itemStatus": 1,
            "images": list(param["imageUrls"]),
            "skus": [],
            **{name: param[name] for name in _KEPT if name in param},
        }
        for one in param["skuList"]:
            item["skus"].append(_sku(item, one))
        shop.keep("item", item)
    return _mapping(item)


def edit(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.edit and open.item.autopass.edit: only what is given changes."""
    item = _live(shop, param["itemId"], seller_id)
    item |= {name: param[name] for name in _KEPT if param.get(name) is not None}
    if param.get("imageUrls"):
        item["images"] = list(param["imageUrls"])
    for given in param.get("skuList") or ():
        _edit_sku(item, given)
    item["updateTime"] = shop.now()
    shop.keep("item", item)
    return _mapping(item)


def set_price(shop: Shop, seller_id: int, param: Param) -> None:
    """open.item.sku.price.update."""
    item = _live(shop, param["itemId"], seller_id)
    _find(item, param["skuId"])["price"] = int(param["price"])
    shop.keep("item", item | {"updateTime": shop.now()})


def set_stock(shop: Shop, seller_id: int, param: Param) -> None:
    """open.item.sku.stock.update."""
    item = _live(shop, param["kwaiItemId"], seller_id)
    sku = _find(item, param["skuId"])
    sku["stock"] = _stock(sku["stock"], int(param["changeType"]), int(param["skuChangeStock"]))
    shop.keep("item", item | {"updateTime": shop.now()})


def set_shelf(shop: Shop, seller_id: int, param: Param) -> None:
    """open.item.shelf.status.update: nothing goes on the shelf before its review."""
    item = _live(shop, param["kwaiItemId"], seller_id)
    wanted = int(param["shelfStatus"])
    if wanted and item["auditStatus"] != 2:  # noqa: PLR2004 - passed
        raise Refused("item.not-passed", "商品还没有通过审核")
    shop.keep("item", item | {"onOfflineStatus": wanted, "updateTime": shop.now()})


def delete(shop: Shop, seller_id: int, param: Param) -> None:
    """open.item.delete: it leaves the shelf, and stays readable for its old orders."""
    item = _live(shop, param["kwaiItemId"], seller_id)
    gone = {"itemStatus": 2, "onOfflineStatus": 0, "updateTime": shop.now()}
    shop.keep("item", item | gone)


def upload(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.image.upload."""
    seller(shop, seller_id)
    image, given = param.get("imgBytes"), str(param.get("imgUrl") or "")
    if not image and not given:
        raise Refused("image.missing", "请上传图片文件或给出图片地址", 12)
    number = shop.shelf.next_number("image", 1)
    shop.shelf.put("image", number, {"sellerId": seller_id, "bytes": len(image or b"")})
    kept = f"https://img.example/upload/{seller_id}/{number}.jpg"
    return {"originImgUrl": given or kept, "kwaiImgUrl": kept}


def categories(shop: Shop, seller_id: int, _param: Param) -> list[Document]:
    """open.item.category."""
    seller(shop, seller_id)
    names = ("categoryId", "categoryName", "categoryPid")
    return [dict(zip(names, one, strict=True)) for one in _CATEGORIES]


def category_config(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.item.category.config."""
    seller(shop, seller_id)
    number = _category(param["categoryId"])
    values = [{"propValueId": 1, "propValue": "中国"}]
    origin = {"propId": 1, "propName": "产地", "required": False, "propType": "select"}
    return {
        "categoryConfig": {"categoryId": number, "needQualification": False, "maxSkuCount": 100},
        "propConfigs": [origin | {"propValues": values}],
    }


def _wanted(item: Document, param: Param) -> bool:
    for name, field in (
        ("kwaiItemId", "itemId"),
        ("relItemId", "relItemId"),
        ("onOfflineStatus", "onOfflineStatus"),
    ):
        if param.get(name) is not None and item[field] != int(param[name]):
            return False
    return bool(item["itemStatus"] == int(param.get("itemStatus") or 1))


def _live(shop: Shop, number: Any, seller_id: int) -> Document:
    item = own(shop, "item", number, seller_id)
    if item["itemStatus"] != 1:
        raise Refused("item.deleted", "商品已删除")
    return item


def _find(item: Document, number: Any) -> Document:
    for sku in item["skus"]:
        if sku["skuId"] == int(number):
            found: Document = sku
            return found
    raise Refused("sku.not-found", "商品没有这个规格")


def _sku(item: Document, given: Param) -> Document:
    if len(item["skus"]) >= MOST_SKUS:
        raise Refused("sku.too-many", "规格过多")
    properties = list(given["skuProps"])
    return {
        "skuId": sku_id(item["itemId"], len(item["skus"])),
        "relSkuId": int(given["relSkuId"]),
        "kind": " ".join(str(one["propValueName"]) for one in properties),
        "price": int(given["skuSalePrice"]),
        "stock": int(given.get("skuStock") or given.get("skuChangeStock") or 0),
        "nick": str(given.get("skuNick") or ""),
        "props": properties,
    }


def _edit_sku(item: Document, given: Param) -> None:
    if not given.get("kwaiSkuId"):
        if not given.get("skuProps") or not given.get("skuSalePrice"):
            raise Refused("sku.incomplete", "新增规格需要属性和售价", 13)
        item["skus"].append(_sku(item, given))
        return
    sku = _find(item, given["kwaiSkuId"])
    sku["relSkuId"] = int(given["relSkuId"])
    sku["price"] = int(given.get("skuSalePrice") or sku["price"])
    sku["nick"] = str(given.get("skuNick") or sku["nick"])
    if given.get("skuStockChangeType") is not None:
        change = int(given["skuStockChangeType"]), int(given.get("skuChangeStock") or 0)
        sku["stock"] = _stock(sku["stock"], *change)


def _stock(held: int, change: int, by: int) -> int:
    stock = {_ADD: held + by, _SUBTRACT: held - by, _SET: by}[change]
    if stock < 0:
        raise Refused("sku.stock", "库存不足")
    return stock


def _category(number: Any) -> int:
    if int(number) not in {one for one, _, _ in _CATEGORIES}:
        raise Refused("category.not-found", "没有这个类目")
    return int(number)


def _mapping(item: Document) -> Document:
    return {
        "kwaiItemId": item["itemId"],
        "relItemId": item["relItemId"],
        "skuIdMapping": [
            {"kwaiSkuId": sku["skuId"], "relSkuId": sku["relSkuId"], "skuNick": sku["nick"]}
            for sku in item["skus"]
        ],
    }

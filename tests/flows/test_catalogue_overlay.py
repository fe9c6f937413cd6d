"""An operator opens an API by adding a file: a made-up one, answered by a made-up upstream."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouyue.assembly import wiring
from shouyue.assembly.settings import Settings
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.errors import CatalogueBroken
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing import service as sharing
from tests import shops
from tests.callers import Scene
from tests.house import House

PARCELS = """
name = "open.lockers.parcel.get"
verb = "GET"
zh = "柜中包裹"
en = "A parcel in a locker"
scope = "merchant_order"
token = "user"
result = "lockerId:int, oid:int, buyerOpenId, buyer{encryptedMobile, desensitiseMobile}"
param = [{ name = "oid", type = "int", required = true, least = 1, zh = "订单号", en = "Order id" }]
records = { buyer = "buyerOpenId", bound = "oid" }
personal = [
  { path = "buyer.mobile", item = "DI-66", whose = "buyer", guard = "phone" },
  { path = "buyerOpenId", item = "DI-66", whose = "buyer", guard = "open" },
]
example = [{ oid = 2632700000001 }]
"""
NAME = "open.lockers.parcel.get"
PHONE = "13812345678"


@pytest.fixture
def scene(house: House, tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / f"{NAME}.toml").write_text(PARCELS, "utf-8")
    catalogue.use(tmp_path)
    yield Scene(house)
    catalogue.use(None)


def test_the_added_api_is_routed_checked_and_asked_upstream(scene: Scene) -> None:
    scene.upstream.data = {"lockerId": 7, "oid": 1, "secret": "x"}
    assert scene.call(NAME, {})["sub_code"] == "catalogue.param-missing"
    assert scene.call(NAME, {"oid": 1})["data"] == {"lockerId": 7, "oid": 1}
    [(path, _, body)] = scene.upstream.asked
    assert (path, json.loads(body)["param"]) == (f"/api/{NAME}", {"oid": 1})


def test_the_personal_fields_of_an_added_api_are_veiled_and_written_down(scene: Scene) -> None:
    scene.upstream.data = {"oid": 1, "buyerOpenId": "b-1", "buyer": {"mobile": PHONE}}
    found = scene.call(NAME, {"oid": 1})
    assert PHONE not in json.dumps(found)
    assert set(found["data"]["buyer"]) == {"encryptedMobile", "desensitiseMobile"}
    with scene.house.store.read() as db:
        ref = sharing.buyer_ref(scene.house.store.keys, "b-1")
        [release] = sharing.releases_of_ref(db, ref)
    assert release.items == frozenset({Item.DI_66})


def test_the_added_api_has_a_page(scene: Scene) -> None:
    client = shops.nobody(scene.house)
    assert NAME in client.get("/docs/api").text
    assert "encryptedMobile" in client.get(f"/docs/api/{NAME}").text


def test_without_the_folder_nobody_knows_it(house: House) -> None:
    assert Scene(house).call(NAME, {"oid": 1})["sub_code"] == "catalogue.unknown-api"


def test_the_setting_names_the_folder_and_a_broken_file_stops_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "apis"
    folder.mkdir()
    (folder / f"{NAME}.toml").write_text(PARCELS, "utf-8")
    settings = Settings(home=tmp_path / "home", development=True, catalogue_overlay=folder)
    try:
        wiring.build(settings).store.close()
        assert catalogue.find(NAME).zh == "柜中包裹"
        (folder / f"{NAME}.toml").write_text(PARCELS.replace("DI-66", "DI-999"), "utf-8")
        with pytest.raises(CatalogueBroken):
            wiring.build(settings)
    finally:
        catalogue.use(None)

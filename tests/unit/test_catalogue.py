from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from shouyue.platform.catalogue import files, rules, service
from shouyue.platform.catalogue.errors import (
    CatalogueBroken,
    NotOpened,
    ParamInvalid,
    ParamMissing,
    Replaced,
    UnknownApi,
    UnknownEvent,
)
from shouyue.platform.catalogue.types import Api, Guard
from shouyue.privacy.policy.items import Item

ORDER = "open.order.detail"


def test_the_catalogue_agrees_with_itself() -> None:
    assert service.check() == []


def fits(api: Api, given: Mapping[str, Any]) -> bool:
    """Whether an API takes these parameters."""
    try:
        service.check_params(api, given)
    except (ParamMissing, ParamInvalid):
        return False
    return True


def test_every_example_is_accepted_by_its_own_api() -> None:
    examples = [(api, example) for api in service.apis().values() for example in api.examples]
    assert [api.name for api, example in examples if not fits(api, example)] == []
    assert len(examples) >= len(service.apis())


def test_every_event_example_names_the_fields_of_its_info() -> None:
    for event in service.events().values():
        assert set(event.example) <= set(event.info)
        assert event.biz_id in event.info


@pytest.mark.parametrize("path", ["/open/order/detail", "/open/open/order/detail"])
def test_a_path_finds_its_api_even_when_open_is_doubled(path: str) -> None:
    found = service.at_path(path)
    assert found is not None
    assert found.name == ORDER


def test_an_unknown_path_finds_nothing() -> None:
    assert service.at_path("/open/order/steal") is None


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(UnknownApi):
        service.find("open.order.steal")


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(UnknownEvent):
        service.event("kwaishop_order_steal")


def test_orders_release_buyer_fields_and_items_release_nothing() -> None:
    assert Item.DI_66 in service.items_of(frozenset({"merchant_order"}))
    assert service.items_of(frozenset({"merchant_item"})) == frozenset()


def test_a_protected_field_leaves_under_two_names() -> None:
    phone = next(f for f in service.find(ORDER).personal if f.guard is Guard.PHONE)
    assert service.leaving(phone) == ("encryptedMobile", "desensitiseMobile")


def test_only_two_packages_come_with_every_app() -> None:
    assert service.default_scopes() == ("user_base", "user_info")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, ParamMissing),
        ({"oid": None}, ParamMissing),
        ({"oid": "x"}, ParamInvalid),
        ({"oid": True}, ParamInvalid),
        ({"oid": 1.5}, ParamInvalid),
        ({"oid": 0}, ParamInvalid),
        ({"oid": 2**63}, ParamInvalid),
        ({"oid": [1]}, ParamInvalid),
    ],
)
def test_a_bad_parameter_is_refused(given: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        service.check_params(service.find(ORDER), given)


@pytest.mark.parametrize("oid", [1, "1", 2**53, "2632700000001"])
def test_a_number_may_come_as_text(oid: int | str) -> None:
    assert fits(service.find(ORDER), {"oid": oid})


def test_what_the_result_does_not_name_never_leaves() -> None:
    shape = rules.parse("a:int, b{c}, d[]{e:int}, me:self, by:giver", {})
    value = {"a": 1, "x": 2, "b": {"c": "t", "y": 1}, "d": [{"e": 1, "z": 2}]}
    kept = service.project(shape, value, {"self": "shop", "giver": "clerk"})
    plain = {"a": 1, "b": {"c": "t"}, "d": [{"e": 1}]}
    assert kept == plain | {"me": "shop", "by": "clerk"}


def test_an_object_in_the_place_of_a_leaf_is_dropped() -> None:
    assert service.project(rules.parse("a", {}), {"a": {"phone": "1"}}) == {"a": None}


@pytest.mark.parametrize("text", ["a{", "a:nothing", "a}", "a:", "!", "a{b:int"])
def test_a_broken_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rules.parse(text, {})


def test_a_message_says_what_a_parameter_takes() -> None:
    params = {param.name: param for param in service.find("open.order.cursor.list").params}
    assert service.wanted(params["pageSize"]) == "int 1..50"
    assert service.wanted(params["sort"]) == "int 1 | 2"


def test_every_name_of_the_protocol_is_known_and_says_whether_it_is_opened() -> None:
    verbs = service.names()
    assert (len(verbs), len(service.unopened())) == (393, 393 - len(service.apis()))
    for api in service.apis().values():
        assert verbs[api.name] == api.verb


def test_a_known_name_that_nobody_opens_is_refused_as_not_opened() -> None:
    with pytest.raises(NotOpened):
        service.find("open.funds.center.account.info")


def test_a_retired_name_is_refused_with_its_successor() -> None:
    for name, instead in files.instead().items():
        with pytest.raises(Replaced) as no:
            service.find(name)
        assert no.value.facts["instead"] == instead in service.apis()


@pytest.mark.parametrize(
    ("parcels", "named"),
    [
        ([], "deliveryItemInfoList"),
        (["x"], "deliveryItemInfoList"),
        ([{}], "deliveryItemInfoList[0].deliveryGoodsInfoList"),
        (
            [{"deliveryGoodsInfoList": [{"oid": 1}], "expressCode": 4, "expressNo": "S"}],
            "deliveryItemInfoList[0].deliveryGoodsInfoList[0].deliveryNum",
        ),
    ],
)
def test_a_field_inside_a_list_is_refused_by_its_place(parcels: list[Any], named: str) -> None:
    api = service.find("open.order.goods.split.deliver")
    with pytest.raises((ParamMissing, ParamInvalid)) as no:
        service.check_params(api, {"mainOrderId": 1, "deliveryItemInfoList": parcels})
    assert no.value.facts["name"] == named


def test_a_result_may_be_a_list() -> None:
    shape = rules.parse_result("[]{a:int}", {})
    assert service.project(shape, [{"a": 1, "b": 2}]) == [{"a": 1}]


def test_a_result_of_two_lists_is_refused() -> None:
    with pytest.raises(ValueError, match="left over"):
        rules.parse_result("[]{a} b", {})


HELLO = """
name = "open.greeting.say"
verb = "GET"
zh = "问候"
en = "Say hello"
scope = "merchant_user"
token = "user"
result = "hello, mine:self"
param = [{ name = "to", type = "text", required = true, zh = "对谁", en = "To whom" }]
example = [{ to = "world" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    service.use(None)


def test_an_operator_opens_an_api_by_adding_a_file(folder: Path) -> None:
    (folder / "open.greeting.say.toml").write_text(HELLO, "utf-8")
    service.use(folder)
    assert service.find("open.greeting.say").scope == "merchant_user"
    assert service.at_path("/open/greeting/say") is service.find("open.greeting.say")
    assert service.check() == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("open.greeting.say.toml", HELLO.replace("merchant_user", "everything"), "unknown scope"),
        ("open.greeting.say.toml", HELLO + "colour = 1\n", "colour"),
        ("open.greeting.say.toml", HELLO + "= \n", "nvalid"),
        ("open.greeting.say.toml", HELLO.replace('"text"', '"prose"'), "has no type prose"),
        ("open.greeting.say.toml", HELLO.replace("to = ", "for = "), "own example is refused"),
        ("open.greeting.say.toml", HELLO.replace('"GET"', '"PUT"'), "no such verb"),
        ("open.greeting.say.toml", HELLO.replace("en = ", "eng = ", 1), "eng"),
        ("hello.toml", HELLO, "named open.greeting.say"),
        ("open.shop.info.get.toml", HELLO.replace("greeting.say", "shop.info.get"), "already"),
        (
            "open.greeting.say.toml",
            HELLO + 'personal = [{ path = "mobile", item = "DI-66", whose = "buyer", '
            'guard = "phone" }]\n',
            "encryptedMobile is not in the result",
        ),
    ],
)
def test_a_file_that_does_not_agree_opens_nothing(
    folder: Path, name: str, text: str, why: str
) -> None:
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(CatalogueBroken) as no:
        service.use(folder)
    assert why in no.value.say("en")
    with pytest.raises(UnknownApi):
        service.find("open.greeting.say")


def test_an_empty_folder_is_a_mistake(folder: Path) -> None:
    with pytest.raises(CatalogueBroken):
        service.use(folder)

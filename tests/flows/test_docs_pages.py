"""The documentation: complete, read off what runs, and its programs work."""

import html
import os
import shutil
import subprocess

import pytest

from shouyue.doors.authority import results as authority
from shouyue.doors.gateway import errors as gateway_errors
from shouyue.doors.gateway import results as numbers
from shouyue.doors.portal import permits, snippets
from shouyue.doors.web import refusals
from shouyue.ground.hazmat import requests
from shouyue.ground.hazmat.requests import SignMethod
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.catalogue import service as catalogue
from tests import shops
from tests.house import House

APIS = sorted(catalogue.apis())
SECRET = "s3cret&with=signs"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_may_read_each_page(house: House, lang: str) -> None:
    client = shops.nobody(house)
    paths = ["/docs", "/docs/api", "/docs/events", "/docs/errors"]
    for path in [*paths, *(f"/docs/api/{name}" for name in APIS)]:
        assert client.get(path, params={"lang": lang}).status_code == 200


def test_an_api_that_is_not_opened_has_no_page(house: House) -> None:
    assert shops.nobody(house).get("/docs/api/open.order.decrypt").status_code == 404


def test_each_api_and_each_event_is_listed(house: House) -> None:
    client = shops.nobody(house)
    listed, events = client.get("/docs/api").text, client.get("/docs/events").text
    assert all(f'href="/docs/api/{name}"' in listed for name in APIS)
    assert all(f'id="{name}"' in events for name in catalogue.events())


def test_an_api_page_names_each_personal_field_as_it_leaves(house: House) -> None:
    client = shops.nobody(house)
    for api in catalogue.apis().values():
        html = client.get(f"/docs/api/{api.name}").text
        for field in api.personal:
            assert permits.word(field.path[-1], "zh") in html
            assert all(spelled in html for spelled in catalogue.leaving(field))
        assert ("不含个人信息" in html) is not bool(api.personal)


def test_a_package_with_messages_that_name_a_buyer_names_the_field_too() -> None:
    for permit in permits.opened("zh"):
        if any(event.items for event in permit.events):
            assert any("buyerOpenId" in line.names for line in permit.lines)


def test_each_number_of_the_gateway_is_explained_and_no_other() -> None:
    calls = {row["result"] for row in catalogue.results()["call"]}
    business = {row["result"] for row in catalogue.results()["business"]}
    tokens = {row["error"]: row["result"] for row in catalogue.results()["token"]}
    told = {catalogue.number(code) for code in refusals.STATUS} - {None}
    assert calls == {numbers.SUCCESS, numbers.INTERNAL, *told} - business
    assert tokens == authority.NUMBERS


def test_each_code_that_an_answer_can_name_has_a_page_in_both_languages(house: House) -> None:
    client = shops.nobody(house)
    listed = client.get("/docs/errors").text
    for code, row in catalogue.sub_codes().items():
        assert f'href="/docs/errors/{code}"' in listed
        for lang in ("zh", "en"):
            page = html.unescape(client.get(f"/docs/errors/{code}", params={"lang": lang}).text)
            assert row["cause"][lang] in page
            assert row["fix"][lang] in page


def test_each_number_has_a_page_that_names_its_codes(house: House) -> None:
    client = shops.nobody(house)
    rows = [row for rows in catalogue.results().values() for row in rows]
    assert len({row["result"] for row in rows}) == len(rows)
    for row in rows:
        page = html.unescape(client.get(f"/docs/errors/{row['result']}").text)
        assert row["cause"]["zh"] in page
        for code, sub in catalogue.sub_codes().items():
            assert (f'href="/docs/errors/{code}"' in page) is (sub["result"] == row["result"])


def test_a_code_that_nobody_says_has_no_page(house: House) -> None:
    for code in ("999", "gateway.nothing", "success"):
        assert shops.nobody(house).get(f"/docs/errors/{code}").status_code == 404


def test_every_refusal_of_the_gateway_has_a_row_with_its_number() -> None:
    said = {
        value.code
        for value in vars(gateway_errors).values()
        if isinstance(value, type) and issubclass(value, Refusal) and value is not Refusal
    }
    assert said <= set(catalogue.sub_codes())


def test_the_names_that_are_not_opened_are_listed(house: House) -> None:
    listed = shops.nobody(house).get("/docs/api").text
    assert all(f"<code>{name}</code>" in listed for name in catalogue.unopened())


def test_a_parameter_inside_another_is_shown_with_its_name_in_full(house: House) -> None:
    page = shops.nobody(house).get("/docs/api/open.order.goods.split.deliver").text
    assert "deliveryItemInfoList[].deliveryGoodsInfoList[].deliveryNum" in page


def test_a_result_that_is_a_list_is_shown_as_one(house: House) -> None:
    page = html.unescape(shops.nobody(house).get("/docs/api/open.item.category").text)
    assert "[] {\n  categoryId: int" in page


def test_the_guide_leads_to_the_openapi_document(house: House) -> None:
    assert 'href="/docs/openapi.json" download' in shops.nobody(house).get("/docs").text


def test_the_worked_signatures_are_those_that_the_gateway_makes() -> None:
    for api in catalogue.apis().values():
        worked = snippets.worked(api)
        pairs = [part.partition("=")[::2] for part in worked.base.split("&")]
        params = {key: value for key, value in pairs if key in requests.SIGNED}
        for method, given in (
            (SignMethod.HMAC_SHA256, worked.hmac),
            (SignMethod.MD5, worked.md5),
        ):
            signed = params | {"signMethod": method.value}
            assert given == requests.sign(method, signed, snippets.EXAMPLE_SECRET)
            requests.Verifier(snippets.EXAMPLE_SECRET).verify(method, signed, given)


@pytest.mark.parametrize("method", list(SignMethod))
@pytest.mark.parametrize("name", APIS)
def test_the_python_program_signs_as_the_gateway_does(
    monkeypatch: pytest.MonkeyPatch, name: str, method: SignMethod
) -> None:
    program = _programs(name).python.replace('"HMAC_SHA256"', f'"{method}"', 1)
    before_sending = program.replace("print(json.load(urlopen(request)))", "")
    given: dict[str, object] = {"__name__": "program"}
    for key, value in _ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    exec(compile(before_sending, name, "exec"), given)  # noqa: S102 - our own program
    params = given["params"]
    assert isinstance(params, dict)
    requests.Verifier(SECRET).verify(method, params, params["sign"])


@pytest.mark.parametrize("method", list(SignMethod))
@pytest.mark.parametrize("name", ["open.shop.info.get", "open.order.cursor.list"])
def test_the_shell_program_signs_as_the_gateway_does(name: str, method: SignMethod) -> None:
    shell, openssl = shutil.which("bash"), shutil.which("openssl")
    if shell is None or openssl is None:
        pytest.skip("no shell or no openssl: the program cannot run here")
    program = _programs(name).shell.replace("=HMAC_SHA256 ", f"={method} ", 1)
    told = program.replace("curl ", "printf '%s\\n' ", 1)
    environment = {"PATH": os.environ["PATH"], **_ENVIRONMENT}
    done = subprocess.run(
        [shell, "-euc", told], env=environment, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if "=" in line and "://" not in line]
    params = dict(line.split("=", 1) for line in lines)
    unsigned = {key: value for key, value in params.items() if key != "sign"}
    assert unsigned["signMethod"] == method
    requests.Verifier(SECRET).verify(method, unsigned, params["sign"])


_ENVIRONMENT = {"ACCESS_TOKEN": "token-1", "SIGN_SECRET": SECRET}


def _programs(name: str) -> snippets.Programs:
    api = catalogue.find(name)
    return snippets.programs(api, "ks1", "https://open.example.com", "or")

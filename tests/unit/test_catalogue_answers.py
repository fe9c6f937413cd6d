"""What is read of an upstream's answer is what the projection would leave of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.platform.catalogue import answers, rules
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Shape

PLAIN = [api for api in catalogue.apis().values() if not api.personal]
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=3)
OWN = {"self": "own", "giver": "clerk"}
ODD = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.text(max_size=3), LEAVES)


def like(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape, some of them odd, with fields that are not declared."""
    if isinstance(shape, str):
        return ODD
    if isinstance(shape, tuple):
        return st.lists(like(shape[0]), max_size=3) | ODD
    fields = {name: like(inner) for name, inner in shape.items()}
    whole = st.fixed_dictionaries({}, optional={**fields, "notDeclared": ODD})
    return whole | ODD


@given(st.sampled_from(PLAIN).flatmap(lambda api: st.tuples(st.just(api), like(api.result))))
def test_what_is_read_and_left_is_the_projection(drawn: tuple[Api, Any]) -> None:
    api, data = drawn
    text = json.dumps({"result": 1, "data": data}).encode()
    told = answers.read(api, text)
    assert told.result == 1
    left = answers.leave(api, told.data, OWN)
    assert left == rules.project(api.result, json.loads(text)["data"], OWN)


@pytest.mark.parametrize("api", [api for api in catalogue.apis().values() if api.personal])
def test_personal_fields_are_read_and_nothing_else_is(api: Api) -> None:
    record: dict[str, Any] = {"notDeclared": 1}
    for one in api.personal:
        inside = record
        for name in one.path[:-1]:
            inside = inside.setdefault(name, {"notDeclared": 1})
        inside[one.path[-1]] = "plain"
    whole: Any = [record] if isinstance(api.result, tuple) else record
    for name in reversed(api.records.each):
        whole = {name: [whole]}
    found = json.dumps(answers.read(api, json.dumps({"result": 1, "data": whole}).encode()).data)
    assert found.count("plain") == len(api.personal)
    assert "notDeclared" not in found


@pytest.mark.parametrize("text", [b"[]", b"1", b'"x"', b"null"])
def test_what_is_no_object_is_no_answer(text: bytes) -> None:
    with pytest.raises(TypeError):
        answers.read(PLAIN[0], text)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"result":NaN}'])
def test_what_is_no_json_is_no_answer(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        answers.read(PLAIN[0], text)


def test_a_number_beyond_64_bits_stays_what_it_is() -> None:
    api = catalogue.find("open.item.get")
    told = answers.read(api, b'{"result":1,"data":{"itemId":123456789012345678901234567890}}')
    assert told.data == {"itemId": 123456789012345678901234567890}

import base64
import hmac
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shouyue.ground.hazmat import fields
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.fields import FieldType
from shouyue.ground.hazmat.keyring import KeyRing
from tests.house import FakeRoot, SeededDice

DICE = SeededDice()
KEYS = KeyRing(FakeRoot(DICE), DICE)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
KINDS = st.sampled_from(list(FieldType))


def protect(plain: str, order: str = "order-1", scope: str = "seller-1") -> str:
    return fields.protect(KEYS, DICE, FieldType.NAME, [(plain, order)], scope)[0]


@example(FieldType.NAME, "\N{CJK COMPATIBILITY IDEOGRAPH-2F800}")
@given(KINDS, TEXTS)
@settings(max_examples=50)
def test_a_field_reads_as_it_was_written_and_keeps_the_grammar(kind: FieldType, plain: str) -> None:
    [text] = fields.protect(KEYS, DICE, kind, [(plain, "order-1")], "seller-1")
    d = re.escape(kind.value)
    assert re.fullmatch(f"{d}[^#$~]+{d}[^#$~]+{d}1{d}{d}", text)
    assert fields.unprotect(KEYS, text, scope="seller-1") == ("order-1", plain)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
@settings(max_examples=50)
def test_fields_of_a_page_are_each_as_if_alone(values: list[tuple[str, str]]) -> None:
    page = fields.protect(KEYS, DICE, FieldType.ADDRESS, values, "seller-1")
    opened = [fields.unprotect(KEYS, text, scope="seller-1") for text in page]
    assert opened == [(order, plain) for plain, order in values]
    marks = [fields.index(KEYS, FieldType.ADDRESS, plain, "seller-1") for plain, _ in values]
    assert [text.split("~")[1] for text in page] == marks


def test_the_cipher_is_never_the_same_twice() -> None:
    assert protect("王小明").split("#")[2] != protect("王小明").split("#")[2]


def test_no_nonce_is_used_twice_however_many_values_one_answer_has() -> None:
    page = fields.protect(KEYS, DICE, FieldType.NAME, [("王小明", "o")] * 200, "seller-1")
    assert len({text.split("#")[2][:16] for text in page}) == 200


def test_equal_values_share_an_index_within_a_scope() -> None:
    assert protect("王小明", "order-1").split("#")[1] == protect("王小明", "order-2").split("#")[1]
    message = '["NAME","seller-1","王小明"]'.encode()
    mark = hmac.digest(KEYS.named("field-index"), message, "sha256")[:16]
    assert protect("王小明").split("#")[1] == base64.urlsafe_b64encode(mark).decode().rstrip("=")


def test_equal_values_share_no_index_across_scopes_or_kinds() -> None:
    marks = {
        fields.protect(KEYS, DICE, kind, [("13800000000", "order-1")], scope)[0][1:23]
        for kind in FieldType
        for scope in ("seller-1", "seller-2")
    }
    assert len(marks) == 6


def test_a_field_says_of_which_order_it_is_and_shows_nothing_of_it() -> None:
    text = protect("王小明", "order-77")
    assert fields.unprotect(KEYS, text, scope="seller-1") == ("order-77", "王小明")
    assert "order-77" not in text


@pytest.mark.parametrize(
    ("text", "fits"),
    [("13800000000", False), ("#3号楼", False), ("", False), (f"#{'a' * 22}#b#1##", True)],
)
def test_a_field_is_told_from_plain_text_by_its_spelling(text: str, *, fits: bool) -> None:
    assert fields.is_protected(text) is fits
    assert fields.is_protected(protect("王小明"))


def test_a_field_of_another_seller_does_not_open() -> None:
    with pytest.raises(NotAuthentic):
        fields.unprotect(KEYS, protect("王小明"), scope="seller-2")


def test_a_cipher_under_another_index_does_not_open() -> None:
    index, cipher = protect("王小明").split("#")[1], protect("李四").split("#")[2]
    with pytest.raises(NotAuthentic):
        fields.unprotect(KEYS, f"#{index}#{cipher}#1##", scope="seller-1")


def test_no_character_of_a_field_can_change() -> None:
    text = protect("王小明")
    for at, char in enumerate(text):
        changed = text[:at] + ("A" if char != "A" else "B") + text[at + 1 :]
        with pytest.raises(NotAuthentic):
            fields.unprotect(KEYS, changed, scope="seller-1")


@pytest.mark.parametrize("text", ["", "王小明", "#a#b#1##", "###1##", protect("a") + "\n"])
def test_what_is_not_in_the_grammar_does_not_open(text: str) -> None:
    with pytest.raises(NotAuthentic):
        fields.unprotect(KEYS, text, scope="seller-1")

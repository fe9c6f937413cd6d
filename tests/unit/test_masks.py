import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.privacy.policy.types import Mask
from shouyue.privacy.shapes import masks
from shouyue.privacy.shapes.forms import normal
from shouyue.privacy.shapes.masks import HIDDEN, mask

_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Mask.PHONE, "13800001234", "138****1234"),
        (Mask.PHONE, "+86 138 0000 1234", "138****1234"),
        (Mask.PHONE, "１３８００００１２３４", "138****1234"),
        (Mask.PHONE, "+852 9123 4567", "****4567"),
        (Mask.PHONE, "10086", HIDDEN),
        (Mask.PHONE, "not a phone", HIDDEN),
        (Mask.NAME, "张三丰", "张**"),
        (Mask.NAME, "欧阳娜娜", "欧**"),
        (Mask.NAME, "张", HIDDEN),
        (Mask.ID_NUMBER, "11010519491231002X", "1****************X"),
        (Mask.ID_NUMBER, "12345", HIDDEN),
        (Mask.EMAIL, "zhang@corp.cn", "z***@corp.cn"),
        (Mask.EMAIL, "z@corp.cn", "***@corp.cn"),
        (Mask.EMAIL, "nobody", HIDDEN),
        (Mask.ADDRESS, "四川省成都市高新区天府大道1号", "四川省成都市***"),
        (Mask.ADDRESS, "北京市海淀区上地西路6号", "北京市***"),
        (Mask.ADDRESS, "内蒙古自治区呼和浩特市新城区1号", "内蒙古自治区呼和浩特市***"),
        (Mask.ADDRESS, "深圳市南山区1号", "深圳市***"),
        (Mask.ADDRESS, "somewhere", HIDDEN),
        (Mask.PREFIX, "ks_12345678", "ks***"),
        (Mask.PREFIX, "ks", HIDDEN),
        (Mask.YEAR, "2016.03.01-2036.03.01", "2016–2036"),
        (Mask.YEAR, "长期", HIDDEN),
        (Mask.IP, "1.2.3.4", "1.2.3.*"),
        (Mask.IP, "2001:db8:1:2::1", "2001:db8:1::/48"),
        (Mask.IP, "nowhere", HIDDEN),
        (Mask.LAST4, "https://example.cn/callback", "***back"),
        (Mask.LAST4, "short", HIDDEN),
        (Mask.FULL, "01J0000000", "01J0000000"),
        (Mask.HIDDEN, "123456", HIDDEN),
        (Mask.SCREENED, "小明", HIDDEN),
    ],
)
def test_a_mask_shows_what_the_inventory_allows(kind: Mask, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@given(st.sampled_from([kind for kind in Mask if kind is not Mask.FULL]), st.text(max_size=40))
def test_any_text_has_a_mask_and_it_does_not_contain_the_text(kind: Mask, value: str) -> None:
    shown = mask(kind, value)
    stripped = value.strip()
    if len(stripped) > 1 and set(stripped) - set("*@") and kind is not Mask.YEAR:
        assert stripped not in shown or shown == HIDDEN


@given(st.text(_HAN, min_size=2, max_size=12))
def test_the_mask_of_a_name_does_not_tell_its_length(value: str) -> None:
    assert masks.name(value) == value[0] + "**"


@given(st.text(string.digits, min_size=8, max_size=8))
def test_the_middle_of_a_phone_is_never_shown(tail: str) -> None:
    assert masks.phone("138" + tail) == f"138****{tail[-4:]}"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Mask.PHONE, "138 0000 1234", "+8613800001234"),
        (Mask.EMAIL, "Zhang@Corp.cn ", "zhang@corp.cn"),
        (Mask.ID_NUMBER, "11010519491231002x", "11010519491231002X"),
        (Mask.PREFIX, " ks_1", "ks_1"),
    ],
)
def test_two_spellings_of_one_value_have_one_normal_form(kind: Mask, one: str, other: str) -> None:
    assert normal(kind, one) == normal(kind, other)


@given(st.sampled_from(list(Mask)), st.text(max_size=30))
def test_a_normal_form_is_its_own_normal_form(kind: Mask, value: str) -> None:
    once = normal(kind, value)
    assert normal(kind, once) == once

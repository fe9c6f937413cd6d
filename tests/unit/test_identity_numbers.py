"""GB 11643 and GB 32100, with python-stdnum as oracle where it agrees."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from shouyue.ground.kit.calendar import BEIJING
from shouyue.platform.papers import company, identity
from shouyue.platform.papers.company import Licence
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Term

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_BIRTHS = st.dates(date(1900, 1, 1), date(2008, 11, 23))
_DIGITS = "0123456789"


@st.composite
def numbers(draw: st.DrawFn, regions: tuple[str, ...] = ("110105", "510104", "440305")) -> str:
    first = draw(st.sampled_from(regions)) + draw(_BIRTHS).strftime("%Y%m%d")
    first += f"{draw(st.integers(0, 999)):03d}"
    return first + identity.check_character(first)


@st.composite
def codes(draw: st.DrawFn) -> str:
    chars = st.sampled_from(company.ALPHABET)
    first = "91" + draw(st.text(_DIGITS, min_size=6, max_size=6))
    first += draw(st.text(chars, min_size=9, max_size=9))
    return first + company.check_character(first)


def cause(check: object, *given: object) -> str:
    with pytest.raises(FieldWrong) as wrong:
        check(*given)  # type: ignore[operator]  # the checks under test
    assert wrong.value.say("zh") != wrong.value.say("en")
    return str(wrong.value.facts["cause"])


@given(numbers(regions=("110101", "110105")))
def test_what_we_accept_the_oracle_accepts(number: str) -> None:
    assert identity.number(number) == number
    assert ric.is_valid(number)


@given(numbers())
def test_the_check_character_is_that_of_the_oracle(number: str) -> None:
    # The oracle also wants the county to have existed at birth; a card may have been issued later.
    assert ric.calc_check_digit(number) == number[-1]


@given(numbers(regions=("810000", "820000", "830000")))
def test_residence_permits_are_accepted_though_the_oracle_rejects_them(number: str) -> None:
    # python-stdnum 2.2 knows no region 83, and 81 and 82 only for births after the handovers:
    # it rejects most holders of a 港澳台居民居住证.
    assert identity.number(number) == number
    if number < "83" and identity.birth(number).year > 1996:
        return
    assert not ric.is_valid(number)


@given(numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_never_passes(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]
    if changed != number:
        with pytest.raises(FieldWrong):
            identity.number(changed)


@given(numbers(), st.integers(6, 15))
def test_two_neighbours_exchanged_never_pass(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    if a != b:
        with pytest.raises(FieldWrong):
            identity.number(number[:place] + b + a + number[place + 2 :])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "number-form"),
        ("11010519491231002", "number-form"),
        ("110105491231002", "number-form"),
        ("1101051949123A002X", "number-form"),
        ("110105194912310021", "number-check"),
        ("991105194912310029", "number-region"),
        ("110105194902300021", "number-birth"),
        ("110105189912310021", "number-birth"),
    ],
)
def test_each_fault_of_a_number_has_its_own_cause(text: str, why: str) -> None:
    assert cause(identity.number, text) == why


def test_full_width_and_small_letters_are_one_spelling() -> None:
    assert identity.number(" 11010519491231００２x ") == "11010519491231002X"


@given(numbers(), st.integers(0, 34 * 365 * 24))
def test_age_counts_birthdays_in_beijing(number: str, hours: int) -> None:
    at = NOW + timedelta(hours=hours)
    born, today = identity.birth(number), at.astimezone(BEIJING).date()
    passed = sum(
        (year, born.month, born.day) <= (today.year, today.month, today.day)
        for year in range(born.year + 1, today.year + 1)
    )
    assert identity.age(number, at) == passed


@pytest.mark.parametrize(("birth", "adult"), [("20081123", True), ("20081124", False)])
def test_the_eighteenth_birthday_counts(birth: str, *, adult: bool) -> None:
    first = f"110105{birth}000"
    number = first + identity.check_character(first)
    if adult:
        assert identity.adult(number, NOW) == number
    else:
        assert cause(identity.adult, number, NOW) == "under-age"


def test_midnight_is_that_of_beijing() -> None:
    first = "11010520081124000"
    number = first + identity.check_character(first)
    assert identity.age(number, datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == 17
    assert identity.age(number, datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == 18


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张三", "张三"),
        (" 𠮷野 ", "𠮷野"),
        ("买买提•阿不都拉", "买买提·阿不都拉"),
        ("㛃㛃", "㛃㛃"),
        ("欧阳 询", "欧阳询"),
    ],
)
def test_names_with_dots_and_rare_characters_are_names(typed: str, kept: str) -> None:
    assert identity.person(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "张", "Zhang", "张3", "·张三", "张··三", "张三😀", "张" * 31]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    assert cause(identity.person, typed) == "person"


@pytest.mark.parametrize(
    ("start", "until", "why"),
    [
        (date(2020, 1, 1), date(2019, 1, 1), "term-order"),
        (date(2026, 11, 24), date(2046, 11, 24), "term-future"),
        (date(2006, 11, 22), date(2026, 11, 22), "term-over"),
    ],
)
def test_a_term_that_is_not_running_is_refused(start: date, until: date, why: str) -> None:
    assert cause(identity.term, Term(start, until), NOW) == why


def test_the_last_day_still_counts() -> None:
    term = Term(date(2006, 11, 23), date(2026, 11, 23))
    assert identity.term(term, NOW) == term


@given(st.dates(), st.none() | st.dates())
def test_a_term_survives_its_spelling(start: date, until: date | None) -> None:
    assert Term.read(Term(start, until).spell()) == Term(start, until)


def test_a_term_without_end_says_so() -> None:
    term = Term(date(2020, 1, 1), None)
    assert term.spell() == "2020-01-01/长期"
    assert identity.term(term, NOW + timedelta(days=36500)) == term


@pytest.mark.parametrize("typed", ["13800001234", "+86 138 0000 1234", "138-0000-1234"])
def test_mobile_numbers_have_one_spelling(typed: str) -> None:
    assert identity.mobile(typed) == "+8613800001234"


@pytest.mark.parametrize("typed", ["", "010-12345678", "+1 202 555 0100", "abc"])
def test_what_is_no_mainland_mobile_is_refused(typed: str) -> None:
    assert cause(identity.mobile, typed) == "mobile"


def test_mail_addresses_have_one_spelling() -> None:
    assert identity.mail("Zhang@Corp.CN") == "Zhang@corp.cn"
    assert cause(identity.mail, "zhang.corp.cn") == "mail"


@given(codes())
def test_credit_codes_we_accept_have_the_check_of_the_oracle(code: str) -> None:
    assert company.code(code.lower()) == code
    assert uscc.calc_check_digit(code[:-1]) == code[-1]


@given(codes(), st.integers(0, 17), st.sampled_from(company.ALPHABET))
def test_one_wrong_character_of_a_code_never_passes(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(FieldWrong):
            company.code(changed)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "code-form"),
        ("91110000600037341O", "code-form"),
        ("9111A000600037341L", "code-form"),
        ("911100006000373410", "code-check"),
    ],
)
def test_each_fault_of_a_code_has_its_own_cause(text: str, why: str) -> None:
    assert cause(company.code, text) == why


def test_a_known_code_passes() -> None:
    assert company.code("91110000600037341L") == "91110000600037341L"


def test_words_of_a_company_are_one_line_within_bounds() -> None:
    assert company.title(" 成都示例\n软件有限公司 ") == "成都示例 软件有限公司"
    assert cause(company.title, "短") == "title"
    assert company.scope("") == ""
    assert cause(company.scope, "业" * 2001) == "scope"
    assert company.place("四川省成都市武侯区1号") == "四川省成都市武侯区1号"
    assert cause(company.place, "Somewhere 12") == "place"


def test_a_licence_survives_its_spelling() -> None:
    licence = Licence(
        "成都示例软件有限公司",
        "91110000600037341L",
        "软件开发",
        Term(date(2010, 1, 1), None),
        "张三",
    )
    assert Licence.read(licence.spell()) == licence

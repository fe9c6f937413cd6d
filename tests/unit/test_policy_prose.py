"""Bold that works in Chinese, and prose that cannot smuggle in HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.privacy.policy import prose


@pytest.mark.clause("0.2")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**重要条款。**后文", '<strong class="key">重要条款。</strong>后文'),
        ("前文**（括号）**后文", '前文<strong class="key">（括号）</strong>后文'),
        ("**一。****二。**", '<strong class="key">'),
        ("甲**乙**丙**丁**", '甲<strong class="key">乙</strong>丙<strong class="key">丁</strong>'),
        ("so **it is**, here", 'so <strong class="key">it is</strong>, here'),
        ("**“引文”**：后文", '<strong class="key">“引文”</strong>：后文'),
    ],
)
def test_bold_opens_and_closes_beside_chinese_punctuation(written: str, read: str) -> None:
    rendered = prose.render(written, full=False)

    assert read in rendered


@pytest.mark.clause("0.2")
@given(st.lists(st.sampled_from(["重要", "条款。", "（注）", "“说”", "A.", "、"]), min_size=1))
def test_a_bold_run_never_leaves_its_stars_behind(pieces: list[str]) -> None:
    written = "".join(f"前{index}**{piece}**" for index, piece in enumerate(pieces))

    assert "*" not in prose.render(written, full=False)


def test_full_emphasis_makes_every_paragraph_bold_once() -> None:
    rendered = prose.render("一**二**三\n\n- 四", full=True)

    assert rendered.count('<strong class="key">') == 2
    assert rendered.count("<strong") == 2


def test_html_in_prose_is_shown_and_not_obeyed() -> None:
    assert "<script" not in prose.render("<script>alert(1)</script>", full=False)


def test_the_operators_values_are_escaped_where_they_land() -> None:
    assert prose.fill("{{operator}}", {"operator": "A & <B>"}, escape=True) == "A &amp; &lt;B&gt;"


def test_a_variable_without_a_value_stays_to_be_found() -> None:
    assert prose.fill("{{nobody}}", {}, escape=True) == "{{nobody}}"

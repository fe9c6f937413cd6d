"""5.3: nothing is perfectly safe; we say so plainly, and excuse nothing with it."""

import re
from pathlib import Path

import pytest

from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from tests.house import MONDAY, House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("5.3")

_SRC = Path(__file__).parents[2] / "src"
_WAIVER = re.compile(
    r"概不负责|不承担.{0,6}责任|风险自负|自行承担|免责"
    r"|at your own risk|not (?:be )?(?:liable|responsible)|no liability|disclaim",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("lang", "limits", "hole"),
    [("zh", "没有绝对的安全", "报告漏洞"), ("en", "Nothing is perfectly safe", "Report a hole")],
)
def test_the_limits_stand_beside_the_measures(
    house: House, lang: str, limits: str, hole: str
) -> None:
    page = Visitor(house).page(f"/security?lang={lang}")
    assert limits in page
    assert hole in page
    assert policy.active().operator["support_email"].en in page


def test_a_finder_of_holes_is_told_where_to_write(house: House) -> None:
    text = Visitor(house).page("/.well-known/security.txt")
    said = dict(line.split(": ", 1) for line in text.strip().splitlines())
    assert said["Contact"].startswith("mailto:")
    assert said["Expires"] > MONDAY.isoformat()
    assert said["Canonical"].endswith("/.well-known/security.txt")


def test_neither_clause_nor_page_nor_letter_excuses_us_with_it() -> None:
    texts = {
        path.relative_to(_SRC): path.read_text("utf-8")
        for pattern in ("*.html", "*.txt", "*.toml", "*.md")
        for path in _SRC.rglob(pattern)
        if path.stat().st_size < 200_000
    }
    excused = {
        (str(path), found.group())
        for path, text in texts.items()
        for found in _WAIVER.finditer(text)
    }
    assert len(texts) > 100
    assert excused == set()


def test_the_clause_says_it_in_both_languages() -> None:
    clause = policy.active().clauses[Clause.C5_3]
    assert clause.title.zh
    assert clause.title.en

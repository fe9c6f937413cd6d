"""Invented people and places. Every phone begins with 199000, a range kept for the sandbox."""

from dataclasses import dataclass
from random import Random
from typing import Any

_FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗"
_GIVEN = "安宁文清思远明月书怀若谷知行佳禾子衿一诺景如松望舒乐山青"
_PLACES = (
    ("四川省", 510000, "成都市", 510100, "武侯区", 510107, "桂溪街道", 510107067),
    ("浙江省", 330000, "杭州市", 330100, "西湖区", 330106, "翠苑街道", 330106009),
    ("广东省", 440000, "广州市", 440100, "天河区", 440106, "石牌街道", 440106004),
    ("湖北省", 420000, "武汉市", 420100, "洪山区", 420111, "珞南街道", 420111002),
    ("山东省", 370000, "青岛市", 370200, "崂山区", 370212, "金家岭街道", 370212003),
    ("陕西省", 610000, "西安市", 610100, "雁塔区", 610113, "小寨路街道", 610113002),
)
_STREETS = ("春熙里", "梧桐路", "学府街", "长安巷", "海棠路", "书院街", "青云路", "石榴巷")


@dataclass(frozen=True, slots=True)
class Place:
    """A delivery address with the codes of its districts."""

    province: str
    province_code: int
    city: str
    city_code: int
    district: str
    district_code: int
    town: str
    town_code: int
    street: str


def name(dice: Random) -> str:
    """Return a made-up name of two or three characters."""
    given = dice.choice(_GIVEN) + (dice.choice(_GIVEN) if dice.random() > 0.3 else "")  # noqa: PLR2004 - a share
    return dice.choice(_FAMILY) + given


def phone(dice: Random) -> str:
    """Return a made-up phone number in the sandbox's range."""
    return f"199000{dice.randrange(100_000):05d}"


def place(dice: Random) -> Place:
    """Return a made-up address."""
    street = f"{dice.choice(_STREETS)}{dice.randrange(1, 300)}号{dice.randrange(1, 30)}栋"
    return Place(*dice.choice(_PLACES), f"{street}{dice.randrange(101, 2801)}室")


def districts() -> list[dict[str, Any]]:
    """Return the districts that addresses are made of: code, name, children."""
    tree = []
    for province, code, city, city_code, district, district_code, town, town_code in _PLACES:
        towns = [{"code": town_code, "name": town}]
        inner = [{"code": district_code, "name": district, "children": towns}]
        cities = [{"code": city_code, "name": city, "children": inner}]
        tree.append({"code": code, "name": province, "children": cities})
    return tree
